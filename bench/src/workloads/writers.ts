import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { ClientSession, ConnectionLost, Refused, SessionRefused } from '../../../testkit/src/session.ts';
import { errorCode } from '../../../testkit/src/wire/replies.ts';
import type { SessionIdentity } from '../../../testkit/src/wire/requests.ts';
import { createIfMissing } from '../load/load.ts';

const ROOT = '/writers';
const SESSION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** Between two attempts to connect; small beside what is measured. */
const RETRY_MS = 5;
/** Without an answer for so long a client takes its member for dead: two thirds of the session's timeout, as in ZooKeeper's. */
const REQUEST_TIMEOUT_MS = (SESSION_TIMEOUT_MS * 2) / 3;
const PATIENCE_CHECK_MS = 100;
const HOME_CHECK_MS = 200;
const HOME_TIMEOUT_MS = 60_000;

/** When writes were acknowledged, over all writers together. */
export class AcknowledgementClock {
  #lastMs = performance.now();
  #longestMs = 0;
  #count = 0;

  acknowledged(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#count += 1;
  }

  /** Forgets the gaps so far; one that is under way counts from its beginning. */
  restart(): void {
    this.#longestMs = 0;
    this.#count = 0;
  }

  /** Acknowledgements since the last restart. */
  get count(): number {
    return this.#count;
  }

  /** The longest time without an acknowledgement since the last restart, up to now. */
  get longestGapMs(): number {
    return Math.max(this.#longestMs, performance.now() - this.#lastMs);
  }
}

/** One client that sets a node of its own, one write at a time. */
class Writer {
  readonly #path: string;
  readonly #endpoints: readonly Endpoint[];
  readonly #home: number;
  readonly #clock: AcknowledgementClock;
  #next: number;
  #session: ClientSession | undefined;
  #at: number | undefined;
  #askedAtMs = 0;
  #stopped = false;
  /** The version that its newest acknowledged write left. */
  acknowledgedVersion = 0;
  readonly #value: Buffer;

  constructor(index: number, endpoints: readonly Endpoint[], clock: AcknowledgementClock, value: Buffer) {
    this.#path = pathOf(index);
    this.#value = value;
    this.#endpoints = endpoints;
    this.#home = index % endpoints.length;
    this.#next = this.#home;
    this.#clock = clock;
  }

  /** Whether it is connected to the member that it belongs to. */
  get isHome(): boolean {
    return this.#at === this.#home;
  }

  /** Leaves another member for its own. */
  goHome(): void {
    if (this.isHome) return;
    this.#next = this.#home;
    this.#session?.drop();
  }

  /** Gives up a member that has not answered for too long, as every client does. */
  checkPatience(nowMs: number): void {
    if (this.#session !== undefined && nowMs - this.#askedAtMs > REQUEST_TIMEOUT_MS) this.#session.drop();
  }

  stop(): void {
    this.#stopped = true;
    this.#session?.drop();
  }

  /** Writes until it is stopped; rejects when a write was refused in a way that no failover explains. */
  async run(): Promise<void> {
    let identity: SessionIdentity | undefined;
    while (!this.#stopped) {
      const at = this.#next;
      this.#next = (at + 1) % this.#endpoints.length;
      try {
        const session = await ClientSession.connect(this.#endpoints[at]!, {
          timeoutMs: SESSION_TIMEOUT_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          ...(identity === undefined ? {} : { resume: identity }),
        });
        identity = session.identity;
        await this.#writeOn(session, at);
      } catch (error) {
        if (isSessionGone(error)) identity = undefined;
        else if (!isFailover(error)) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  async #writeOn(session: ClientSession, at: number): Promise<void> {
    this.#session = session;
    this.#at = at;
    try {
      while (!this.#stopped) {
        this.#askedAtMs = performance.now();
        const { version } = await session.set(this.#path, this.#value);
        this.acknowledgedVersion = version;
        this.#clock.acknowledged();
      }
    } finally {
      this.#session = undefined;
      this.#at = undefined;
      session.drop();
    }
  }
}

/**
 * Writers spread evenly over the members. One whose connection breaks goes on to the next member with the same session
 * at once, as the best clients do, so that what is measured is the servers' interruption. They have to be sent home
 * before each fault: were all of them on the member that falls silent, nobody would be left to notice that writes go on.
 */
export class Writers {
  readonly clock = new AcknowledgementClock();
  readonly #writers: readonly Writer[];
  readonly #running: Promise<void>;
  readonly #patience: NodeJS.Timeout;
  #failure: Error | undefined;

  /** Made by its static functions alone. */
  constructor(endpoints: readonly Endpoint[], count: number, value: Buffer) {
    this.#writers = Array.from({ length: count }, (_, i) => new Writer(i, endpoints, this.clock, value));
    const runs = this.#writers.map((writer) => writer.run().catch((error: unknown) => this.#fail(error)));
    this.#running = Promise.all(runs).then(() => undefined);
    this.#patience = setInterval(() => {
      const nowMs = performance.now();
      for (const writer of this.#writers) writer.checkPatience(nowMs);
    }, PATIENCE_CHECK_MS);
  }

  /** Resolves once every writer has its node. */
  static async start(endpoints: readonly Endpoint[], count: number, valueBytes = 256): Promise<Writers> {
    const value = Buffer.alloc(valueBytes, 'x');
    const session = await ClientSession.connect(endpoints[0]!);
    await createIfMissing(session, ROOT, value);
    for (let i = 0; i < count; i++) await createIfMissing(session, pathOf(i), value);
    await session.close();
    return new Writers(endpoints, count, value);
  }

  /** By path, the version below which no member may show the node once it has caught up. */
  get acknowledged(): ReadonlyMap<string, number> {
    return new Map(this.#writers.map((writer, i) => [pathOf(i), writer.acknowledgedVersion]));
  }

  /** Resolves when every writer is on the member that it belongs to; rejects when they do not get there in time. */
  async goHome(): Promise<void> {
    const deadlineMs = performance.now() + HOME_TIMEOUT_MS;
    while (!this.#writers.every((writer) => writer.isHome)) {
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() > deadlineMs)
        throw new Error(`a member takes no writers after ${HOME_TIMEOUT_MS} ms`);
      for (const writer of this.#writers) writer.goHome();
      await pause(HOME_CHECK_MS);
    }
  }

  /** Rejects when a write was refused in a way that no failover explains. */
  async stop(): Promise<void> {
    clearInterval(this.#patience);
    for (const writer of this.#writers) writer.stop();
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

function pathOf(index: number): string {
  return `${ROOT}/w${index}`;
}

function isFailover(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  return error instanceof Refused && error.code === errorCode.sessionMoved;
}

function isSessionGone(error: unknown): boolean {
  if (error instanceof SessionRefused) return true;
  return error instanceof Refused && error.code === errorCode.sessionExpired;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
