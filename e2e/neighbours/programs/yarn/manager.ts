import { awaited } from '../../awaited.ts';
import type { Daemon } from '../../daemon.ts';
import { USER } from './site.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const AS_USER = `user.name=${USER}`;

/** What the REST API says of an application. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** A ResourceManager's process, asked by its REST API. */
export class Manager {
  readonly id: string;
  readonly #daemon: Daemon;
  readonly #root: string;

  constructor(id: string, daemon: Daemon, webPort: number) {
    this.id = id;
    this.#daemon = daemon;
    this.#root = `http://127.0.0.1:${webPort}/ws/v1/cluster`;
  }

  start(): void {
    this.#daemon.start();
  }

  kill(): Promise<void> {
    return this.#daemon.kill();
  }

  /** ACTIVE or STANDBY; undefined where it does not answer. */
  async role(): Promise<string | undefined> {
    try {
      const { clusterInfo } = await this.#ask<{ clusterInfo: { haState: string; state: string } }>('info');
      return clusterInfo.state === 'STARTED' ? clusterInfo.haState : undefined;
    } catch {
      return undefined;
    }
  }

  async becomes(role: string, timeoutMs: number): Promise<void> {
    await until(`${this.id} to be ${role}`, timeoutMs, async () => (await this.role()) === role);
  }

  async applications(): Promise<Application[]> {
    const { apps } = await this.#ask<{ apps: { app?: Application[] } | null }>('apps');
    return apps?.app ?? [];
  }

  /** Submits one that has no container, and waits until it is accepted. Resolves with its id. */
  async submit(name: string, timeoutMs: number): Promise<string> {
    const made = await this.#ask<{ 'application-id': string }>(`apps/new-application?${AS_USER}`, 'POST', {});
    const id = made['application-id'];
    const submission = {
      'application-id': id,
      'application-name': name,
      'unmanaged-AM': true,
      'max-app-attempts': 2,
      'am-container-spec': {},
      resource: { memory: 128, vCores: 1 },
    };
    await this.#ask(`apps?${AS_USER}`, 'POST', submission);
    await this.#reaches(id, 'ACCEPTED', timeoutMs);
    return id;
  }

  async killApplication(id: string, timeoutMs: number): Promise<void> {
    await this.#ask(`apps/${id}/state?${AS_USER}`, 'PUT', { state: 'KILLED' });
    await this.#reaches(id, 'KILLED', timeoutMs);
  }

  #reaches(id: string, state: string, timeoutMs: number): Promise<void> {
    return until(`${id} to be ${state}`, timeoutMs, async () => {
      const told = await this.#ask<{ state: string }>(`apps/${id}/state`);
      return told.state === state;
    });
  }

  async #ask<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const response = await fetch(`${this.#root}/${path}`, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      // A standby sends its callers to the active one.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${this.id} answered ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

export async function until(what: string, timeoutMs: number, isSo: () => Promise<boolean>): Promise<void> {
  await awaited(
    timeoutMs,
    async () => (await isSo()) || undefined,
    () => `waited for ${what}`,
  );
}
