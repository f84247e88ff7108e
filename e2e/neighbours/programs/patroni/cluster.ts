import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HOST } from '../../../../testkit/src/endpoint.ts';
import { awaited } from '../../awaited.ts';
import type { Daemon } from '../../daemon.ts';
import { SCOPE } from './node-config.ts';

const SETTLED_TIMEOUT_MS = 90_000;
const COMMAND_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 5_000;

const execute = promisify(execFile);

export interface PatroniNode {
  readonly name: string;
  readonly restPort: number;
  readonly postgresPort: number;
  /** Where its `patroni.yml` is. */
  readonly config: string;
  readonly daemon: Daemon;
}

export interface Settled {
  readonly primary: PatroniNode;
  /** Whom Patroni would promote. */
  readonly synchronous: PatroniNode;
  /** One more for each promotion. */
  readonly timeline: number;
}

/** As Patroni's REST API tells it; `cluster` is in ZooKeeper. */
interface ClusterAnswer {
  readonly members: readonly {
    readonly name: string;
    readonly role: string;
    readonly state: string;
    readonly timeline?: number;
  }[];
}

export class PatroniCluster {
  readonly #nodes: readonly PatroniNode[];
  readonly #python: string;

  constructor(nodes: readonly PatroniNode[], python: string) {
    this.#nodes = nodes;
    this.#python = python;
  }

  /** Resolves once there is one primary, whom all others follow, one of them synchronously. */
  async settled(): Promise<Settled> {
    let told = 'nothing';
    return await awaited(
      SETTLED_TIMEOUT_MS,
      async () => {
        this.#refuseEnded();
        const answer = await this.#answer();
        told = JSON.stringify(answer);
        return answer === undefined ? undefined : this.#settledBy(answer);
      },
      () => `Patroni's nodes do not follow one primary; they say: ${told}`,
    );
  }

  #refuseEnded(): void {
    for (const { daemon } of this.#nodes) if (daemon.crash !== undefined) throw new Error(daemon.crash);
  }

  #settledBy({ members }: ClusterAnswer): Settled | undefined {
    const primary = members.find(({ role, state }) => role === 'leader' && state === 'running');
    const synchronous = members.find(({ role }) => role === 'sync_standby');
    if (primary?.timeline === undefined || synchronous === undefined) return undefined;
    const following = members.filter(
      ({ state, timeline }) => state === 'streaming' && timeline === primary.timeline,
    );
    if (following.length !== this.#nodes.length - 1) return undefined;
    return {
      primary: this.#node(primary.name),
      synchronous: this.#node(synchronous.name),
      timeline: primary.timeline,
    };
  }

  /** By `patronictl edit-config`, which writes it to ZooKeeper. */
  async setParameter(name: string, value: string): Promise<void> {
    await this.#patronictl('edit-config', SCOPE, '--force', '--quiet', '--pg', `${name}=${value}`);
  }

  /** By `patronictl switchover`. */
  async switchOver({ primary, synchronous }: Settled): Promise<void> {
    const who = ['--leader', primary.name, '--candidate', synchronous.name];
    await this.#patronictl('switchover', SCOPE, '--force', ...who);
  }

  /** Kills Patroni and PostgreSQL of the primary, and starts them again once another is the primary: after so many seconds. */
  async failOver({ primary }: Settled): Promise<number> {
    const beganMs = performance.now();
    await primary.daemon.kill();
    await awaited(
      SETTLED_TIMEOUT_MS,
      () => this.#otherPrimary(primary),
      () => `${primary.name} was killed, and no other node was promoted`,
    );
    const seconds = (performance.now() - beganMs) / 1_000;
    primary.daemon.start();
    return seconds;
  }

  async #otherPrimary(former: PatroniNode): Promise<PatroniNode | undefined> {
    for (const node of this.#nodes)
      if (node !== former && (await answerOf(node, 'primary'))?.ok === true) return node;
    return undefined;
  }

  async #answer(): Promise<ClusterAnswer | undefined> {
    for (const node of this.#nodes) {
      const answer = await answerOf(node, 'cluster');
      if (answer?.ok === true) return (await answer.json()) as ClusterAnswer;
    }
    return undefined;
  }

  #node(name: string): PatroniNode {
    const node = this.#nodes.find((each) => each.name === name);
    if (node === undefined) throw new Error(`Patroni tells of a node ${name}, which nobody started`);
    return node;
  }

  async #patronictl(...args: readonly string[]): Promise<void> {
    const run = ['-c', 'from patroni.ctl import ctl; ctl(prog_name="patronictl")'];
    const config = ['--config-file', this.#nodes[0]!.config];
    await execute(this.#python, [...run, ...config, ...args], { timeout: COMMAND_TIMEOUT_MS });
  }
}

async function answerOf({ restPort }: PatroniNode, path: string): Promise<Response | undefined> {
  try {
    return await fetch(`http://${HOST}:${restPort}/${path}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  } catch {
    // It is being started, or was killed.
    return undefined;
  }
}
