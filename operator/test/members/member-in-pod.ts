import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeObject } from '@rookery/kube/objects';
import { parse, stringify } from 'yaml';
import { MountedFolder } from '../../../testkit/src/mounted-folder.ts';
import { isReadOrdinal } from '../../src/model/cluster-names.ts';
import type { StatefulSet } from '../../src/model/observed.ts';
import { type TlsSecret, textIn } from '../../src/observe/tls-secrets.ts';

const MAIN = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url));
const NAMES = fileURLToPath(new URL('./pod-names.ts', import.meta.url));
const LOOPBACK = '127.0.0.1';

export interface MemberPorts {
  readonly client: number;
  readonly peer: number;
  readonly http: number;
}

interface MemberYaml {
  readonly members: readonly { readonly id: number }[];
  readonly client: object;
  readonly http: object;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** A real member as the template of its pods starts it: its variables, its settings, its folders. Only addresses and ports are this machine's. */
export class MemberInPod {
  readonly ordinal: number;
  readonly ports: MemberPorts;
  /** Everything that it said. */
  output = '';
  /** Taken by the world of tests, which gives it to its fakes. */
  token: string | undefined;
  answer: unknown;
  readonly #folder: string;
  readonly #mounts = new Map<string, MountedFolder>();
  #child: ChildProcess | undefined;

  /** @param folder of its own; it is made */
  constructor(ordinal: number, folder: string, ports: MemberPorts) {
    this.ordinal = ordinal;
    this.ports = ports;
    this.#folder = folder;
    mkdirSync(join(folder, 'data'), { recursive: true });
  }

  /** host:port of its HTTP */
  get address(): string {
    return `${LOOPBACK}:${this.ports.http}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** As the kubelet does once in a while: what has changed in a Secret is swapped for what was mounted. */
  mount(path: string, secret: KubeObject): void {
    const folder = this.#mounts.get(path) ?? new MountedFolder(join(this.#folder, path));
    this.#mounts.set(path, folder);
    const keys = Object.keys((secret as TlsSecret).data ?? {});
    folder.replace(Object.fromEntries(keys.map((key) => [key, textIn(secret, key)])));
  }

  /** @param portsOf by their ordinals. Read replicas have the peer port of every pod: the operator adds them with it. */
  start(set: StatefulSet, config: string, portsOf: (ordinal: number) => MemberPorts): void {
    const file = join(this.#folder, 'rookery.yaml');
    writeFileSync(file, this.#settings(config, portsOf));
    const child = spawn(process.execPath, ['--import', NAMES, MAIN, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...this.#variables(set), ROOKERY_DATA_DIR: join(this.#folder, 'data') },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  #settings(config: string, portsOf: (ordinal: number) => MemberPorts): string {
    const yaml = parse(config) as MemberYaml;
    return stringify({
      ...yaml,
      members: yaml.members.map((member) => {
        const ports = portsOf(member.id - 1);
        const own = { ...member, clientHost: LOOPBACK, clientPort: ports.client };
        return isReadOrdinal(member.id - 1) ? own : { ...own, peerPort: ports.peer };
      }),
      client: { ...yaml.client, host: LOOPBACK, port: this.ports.client },
      peer: { host: isReadOrdinal(this.ordinal) ? `127.77.0.${this.ordinal}` : LOOPBACK },
      http: { ...yaml.http, host: LOOPBACK, port: this.ports.http },
    });
  }

  /** Those that come before stand for `$(NAME)`. */
  #variables(set: StatefulSet): Record<string, string> {
    const [container] = set.spec.template?.spec?.containers ?? [];
    const filled: Record<string, string> = {};
    for (const { name, value } of (container?.env ?? []) as readonly Variable[]) {
      const text = value?.replaceAll(/\$\(([A-Z_]+)\)/g, (all, other: string) => filled[other] ?? all);
      // The one that Kubernetes takes from a label of the pod.
      filled[name] = text === undefined ? String(this.ordinal) : this.#within(text);
    }
    return filled;
  }

  /** Folders of the pod are folders of its own. */
  #within(text: string): string {
    const mount = [...this.#mounts.keys()].find((path) => text === path || text.startsWith(`${path}/`));
    return mount === undefined ? text : join(this.#folder, text);
  }
}
