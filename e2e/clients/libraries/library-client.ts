import { Program } from '../program.ts';
import { type ClientKind, EVERYBODYS_GROUPS } from './client-kinds.ts';

/** All that the programs make lies beneath it. */
export const ROOT = '/libraries';

export interface Progress {
  /** The nodes 1 to so many of `writes` were acknowledged. */
  readonly writes: number;
  readonly connectionsLost: number;
  readonly sessionsLost: number;
  /** The longest time between two writes that were acknowledged. */
  readonly longestGapMs: number;
}

const STEP_TIMEOUT_MS = 30_000;
const MORE_WRITES = 20;
const LOOK_MS = 20;

/**
 * A library of clients in a process of its own. Its program finds the members in HOSTS, its name in NAME and, where it speaks TLS, its certificates in the
 * folder CERTIFICATES. Beneath ROOT/NAME it goes through its groups of checks, and prints `checked <group> <how many>` for each of them; the first that is
 * wrong ends it with `failed <group>: <what>`. Then it makes `data`, `listed`, `writes` and an ephemeral `own`, watches the data of `data`, the children of
 * `listed`, whether there is `absent` and, where its library has that, all beneath `tree`; prints `session <id in hexadecimal>` and `ready`; and makes the
 * nodes 1, 2, 3 … of `writes`, each once it is sure of the one before. Each watch that fires it prints with how often it has by now and what it found when
 * it left the watch again (`event data 2 text`, `event listed 2 <children>`, `event absent 2 there`, `event tree 2 <path>`), and `progress` with a Progress
 * in JSON ever so often. When its standard input ends it prints its progress and `ended <id of its session>`, closes its session, and ends.
 */
export class LibraryClient {
  readonly kind: ClientKind;
  readonly name: string;
  readonly #program: Program;

  constructor(
    kind: ClientKind,
    name: string,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.kind = kind;
    this.name = name;
    this.#program = new Program(command[0]!, command.slice(1), { ...env, NAME: name });
  }

  get path(): string {
    return `${ROOT}/${this.name}`;
  }

  kill(): void {
    this.#program.kill();
  }

  /** Resolves with the number of checks that were right, and its session's id, once it writes. Rejects where a group of its library is missing. */
  async ready(): Promise<{ readonly checks: number; readonly session: string }> {
    await this.#program.line('ready', STEP_TIMEOUT_MS);
    const counts = new Map<string, number>();
    for (const [, group = '', count] of this.#program.output.matchAll(/^checked (\S+) (\d+)$/gm))
      counts.set(group, Number(count));
    for (const group of [...EVERYBODYS_GROUPS, ...this.kind.groups]) {
      if (!counts.get(group))
        throw new Error(`${this.name} checked nothing of ${group}:\n${this.#program.output}`);
    }
    const checks = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return { checks, session: await this.#program.line('session ', STEP_TIMEOUT_MS) };
  }

  /** Resolves once it has found this group wrong. Rejects where it found nothing wrong, or something else. */
  async finds(group: string): Promise<void> {
    const output = await this.#program.failure(STEP_TIMEOUT_MS);
    if (!output.split('\n').some((line) => line.startsWith(`failed ${group}: `)))
      throw new Error(`${this.name} did not find ${group} wrong:\n${output}`);
  }

  get progress(): Progress {
    return JSON.parse(this.#program.latest('progress ') ?? '{"writes":0,"connectionsLost":0}') as Progress;
  }

  /** Resolves once it has written so much more as shows that it goes on. */
  async goesOn(): Promise<void> {
    const before = this.progress.writes;
    const deadlineMs = performance.now() + STEP_TIMEOUT_MS;
    while (this.progress.writes < before + MORE_WRITES) {
      if (performance.now() > deadlineMs)
        throw new Error(`${this.name} is stuck after ${before} writes:\n${this.#program.output}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Resolves once its watch has fired so often, and it has found `what` then. Rejects where it found something else. */
  async hears(watch: string, times: number, what: string): Promise<void> {
    const found = await this.#program.line(`event ${watch} ${times} `, STEP_TIMEOUT_MS);
    if (found !== what) throw new Error(`${this.name} found ${found} at ${watch}, not ${what}`);
  }

  /** How often the watch has fired. */
  heard(watch: string): number {
    return Number(this.#program.latest(`event ${watch} `)?.split(' ', 1)[0] ?? 0);
  }

  /** Ends it. Resolves with its progress in all, and the id of its session at the end. */
  async end(): Promise<Progress & { readonly session: string }> {
    this.#program.end();
    await this.#program.success(STEP_TIMEOUT_MS);
    return { ...this.progress, session: await this.#program.line('ended ', STEP_TIMEOUT_MS) };
  }
}
