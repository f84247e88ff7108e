import type { Client } from '../client.ts';
import { join } from '../paths.ts';
import { Presence } from './presence.ts';
import { SubtreeCache } from './subtree-cache.ts';

/** One instance of a service, as Curator's discovery writes it: JSON in the node `<path>/<service>/<id>`. Times are ms since 1970. */
export interface ServiceInstance {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly port: number | null;
  readonly sslPort: number | null;
  /** The program's own. Programs in Java read one only where its class is named in it. */
  readonly payload: unknown;
  readonly registrationTimeUTC: number;
  readonly serviceType: 'DYNAMIC' | 'STATIC' | 'PERMANENT' | 'DYNAMIC_SEQUENTIAL';
  readonly uriSpec: unknown;
  readonly enabled: boolean;
}

export interface Registration {
  readonly address: string;
  readonly port?: number | undefined;
  readonly sslPort?: number | undefined;
  readonly payload?: unknown;
  /** Made up where it is not said. */
  readonly id?: string | undefined;
}

/** What one service's instances are, kept up to date. */
export class ServiceInstances implements AsyncDisposable {
  readonly #cache: SubtreeCache;
  #turn = 0;

  constructor(cache: SubtreeCache) {
    this.#cache = cache;
  }

  /** Those that are enabled; a node that cannot be read as one is left out. */
  get all(): ServiceInstance[] {
    return this.#cache
      .children(this.#cache.path)
      .sort()
      .map((name) => instanceOf(this.#cache.get(join(this.#cache.path, name))?.data))
      .filter((instance) => instance?.enabled === true) as ServiceInstance[];
  }

  /** One after the other; undefined where there is none. */
  next(): ServiceInstance | undefined {
    const { all } = this;
    return all[this.#turn++ % Math.max(1, all.length)];
  }

  /** Returns what ends that. */
  onChange(listener: (instances: ServiceInstance[]) => void): () => void {
    return this.#cache.onChange(() => listener(this.all));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cache.close();
  }
}

/** Services that are found by name, shared with Curator's service discovery. */
export class ServiceDiscovery {
  readonly path: string;
  readonly #zk: Client;

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
  }

  /** It is found from when this resolves until it leaves, or its process is gone. */
  register(service: string, registration: Registration): Promise<Presence> {
    const instance: ServiceInstance = {
      name: service,
      id: registration.id ?? this.#zk.uniqueId(),
      address: registration.address,
      port: registration.port ?? null,
      sslPort: registration.sslPort ?? null,
      payload: registration.payload ?? null,
      registrationTimeUTC: this.#zk.wallMs(),
      serviceType: 'DYNAMIC',
      uriSpec: null,
      enabled: true,
    };
    return Presence.announce(this.#zk, join(join(this.path, service), instance.id), JSON.stringify(instance));
  }

  /** The instances of a service, from now on. */
  async follow(service: string): Promise<ServiceInstances> {
    return new ServiceInstances(await SubtreeCache.open(this.#zk, join(this.path, service)));
  }
}

function instanceOf(data: Buffer | undefined): ServiceInstance | undefined {
  if (data === undefined) return undefined;
  try {
    const found = JSON.parse(data.toString()) as Partial<ServiceInstance> | null;
    if (typeof found !== 'object' || found === null || typeof found.address !== 'string') return undefined;
    return { enabled: true, ...found } as ServiceInstance;
  } catch {
    return undefined;
  }
}
