import { awaited } from '../../awaited.ts';
import type { Daemon } from '../../daemon.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** What a master tells of itself, of what concerns us. */
export interface MasterState {
  /** STANDBY, RECOVERING, COMPLETING_RECOVERY, ALIVE. */
  readonly status: string;
  readonly workers: readonly { readonly id: string; readonly state: string }[];
  readonly activeapps: readonly { readonly name: string; readonly state: string }[];
  readonly activedrivers: readonly {
    readonly id: string;
    readonly mainclass: string;
    readonly state: string;
  }[];
}

/** A master's process, asked by its pages and by its REST server for submissions. */
export class Master {
  readonly name: string;
  readonly #daemon: Daemon;
  readonly #pages: string;
  readonly #submissions: string;

  constructor(name: string, daemon: Daemon, webPort: number, restPort: number) {
    this.name = name;
    this.#daemon = daemon;
    this.#pages = `http://127.0.0.1:${webPort}`;
    this.#submissions = `http://127.0.0.1:${restPort}/v1/submissions`;
  }

  start(): void {
    this.#daemon.start();
  }

  kill(): Promise<void> {
    return this.#daemon.kill();
  }

  /** undefined where it does not answer. */
  async state(): Promise<MasterState | undefined> {
    try {
      return await ask<MasterState>(`${this.#pages}/json/`);
    } catch {
      return undefined;
    }
  }

  /** Submits a driver that asks for more memory than there is, and is to be kept by the masters while it waits. */
  async submit(mainClass: string): Promise<void> {
    const told = await ask<Submitted>(`${this.#submissions}/create`, {
      action: 'CreateSubmissionRequest',
      clientSparkVersion: 'any',
      appResource: 'file:/none.jar',
      mainClass,
      appArgs: [],
      environmentVariables: {},
      sparkProperties: {
        'spark.app.name': mainClass,
        'spark.driver.memory': '64g',
        'spark.driver.supervise': 'true',
      },
    });
    if (told.success !== true) throw new Error(`${this.name} refused ${mainClass}: ${told.message}`);
  }

  async killDriver(id: string): Promise<void> {
    const told = await ask<Submitted>(`${this.#submissions}/kill/${id}`, {});
    if (told.success !== true) throw new Error(`${this.name} did not kill ${id}: ${told.message}`);
  }
}

interface Submitted {
  readonly success?: boolean;
  readonly message?: string;
}

async function ask<T>(url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered with ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

/** Resolves with the one master that leads, and what it says, once that `isSo`. */
export function leading(
  masters: readonly Master[],
  what: string,
  timeoutMs: number,
  isSo: (state: MasterState) => boolean = () => true,
): Promise<{ leader: Master; state: MasterState }> {
  let states: readonly (MasterState | undefined)[] = [];
  return awaited(
    timeoutMs,
    async () => {
      states = await Promise.all(masters.map((master) => master.state()));
      const leaders = masters.filter((_, i) => states[i]?.status === 'ALIVE');
      if (leaders.length > 1) throw new Error('both masters lead');
      const leader = leaders[0];
      const state = leader && states[masters.indexOf(leader)];
      return leader !== undefined && state !== undefined && isSo(state) ? { leader, state } : undefined;
    },
    () => `waited for ${what}; masters: ${JSON.stringify(states).slice(0, 1000)}`,
  );
}
