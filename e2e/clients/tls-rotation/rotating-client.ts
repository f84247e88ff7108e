import { Program } from '../program.ts';

/** It has to go on by so much before it counts as going on. */
const MORE = 20;
const STEP_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** Clients are not told that they are refused: they try again for as long as one lets them. */
const REFUSED_AFTER_MS = 2_000;
const LOOK_MS = 20;

/** What a program counts from its start on. */
export interface Progress {
  readonly writes: number;
  readonly reads: number;
  readonly connectionsLost: number;
  readonly sessionsLost: number;
  /** Between two writes that were acknowledged. */
  readonly longestGapMs: number;
}

/**
 * One of the programs that speak with members over TLS in the languages of ZooKeeper's clients. All do the same. Of their environment they take HOSTS,
 * NAME, and CERTIFICATES, a folder with tls.key, tls.crt, tls.pem and ca.pem. Below /tls-rotation they make the ephemeral node NAME and the lasting node
 * NAME-writes, write the latter and read it back without end, and keep a watch on the node `step`.
 *
 * They print `ready`; `step <what the node step holds>` at first and whenever the watch has fired; `lost the connection` and `lost the session`; and, often,
 * `progress` with a Progress in JSON. Told `connect <number> <milliseconds> <folder>` they open one more session with the certificates of that folder, write
 * and read by it, and print `verdict <number> connected`, or `verdict <number> refused` where there was no session in that time. When their standard input
 * ends they print their progress, close their session and end.
 */
export class RotatingClient {
  readonly name: string;
  readonly #command: readonly [string, ...string[]];
  #started: Program | undefined;
  #connects = 0;

  constructor(name: string, command: readonly [string, ...string[]]) {
    this.name = name;
    this.#command = command;
  }

  /** Resolves once its session, its nodes and its watch are there. */
  async start(hosts: string, certificates: string): Promise<void> {
    const [command, ...args] = this.#command;
    const environment = { HOSTS: hosts, NAME: this.name, CERTIFICATES: certificates };
    this.#started = new Program(command, args, environment);
    await this.#started.line('ready', STEP_TIMEOUT_MS);
  }

  kill(): void {
    this.#started?.kill();
  }

  get progress(): Progress {
    const line = this.#program.latest('progress ');
    if (line === undefined) throw new Error(`${this.name} tells no progress:\n${this.#program.output}`);
    return JSON.parse(line) as Progress;
  }

  /** Resolves once it has written and read as much again as shows that it goes on. Rejects when it has lost anything. */
  async goesOn(): Promise<void> {
    await this.#program.line('progress ', STEP_TIMEOUT_MS);
    const before = this.progress;
    const deadlineMs = performance.now() + STEP_TIMEOUT_MS;
    for (;;) {
      const { writes, reads } = this.progress;
      if (writes >= before.writes + MORE && reads >= before.reads + MORE) break;
      if (performance.now() > deadlineMs) throw new Error(`${this.name} is stuck:\n${this.#program.output}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.#refuseLosses();
  }

  /** Its watch has fired, and it has read what the node holds since then. */
  async hasSeen(step: string): Promise<void> {
    await this.#program.line(`step ${step}`, STEP_TIMEOUT_MS);
  }

  /** Opens a new connection with what the folder holds. */
  async connects(folder: string): Promise<void> {
    const verdict = await this.#connect(folder, CONNECT_TIMEOUT_MS);
    if (verdict !== 'connected')
      throw new Error(`${this.name} got no new session with ${folder}:\n${this.#program.output}`);
  }

  async isRefused(folder: string): Promise<void> {
    const verdict = await this.#connect(folder, REFUSED_AFTER_MS);
    if (verdict !== 'refused') throw new Error(`${this.name} got a session with ${folder}`);
  }

  /** Ends it. Resolves with what it has counted in all. */
  async end(): Promise<Progress> {
    this.#program.end();
    await this.#program.success(STEP_TIMEOUT_MS);
    this.#refuseLosses();
    return this.progress;
  }

  async #connect(folder: string, timeoutMs: number): Promise<string> {
    this.#connects += 1;
    const number = this.#connects;
    this.#program.write(`connect ${number} ${timeoutMs} ${folder}`);
    return this.#program.line(`verdict ${number} `, timeoutMs + STEP_TIMEOUT_MS);
  }

  get #program(): Program {
    if (this.#started === undefined) throw new Error(`${this.name} was not started`);
    return this.#started;
  }

  #refuseLosses(): void {
    const { connectionsLost, sessionsLost } = this.progress;
    if (connectionsLost === 0 && sessionsLost === 0) return;
    throw new Error(
      `${this.name} lost ${connectionsLost} connections and ${sessionsLost} sessions:\n${this.#program.output}`,
    );
  }
}
