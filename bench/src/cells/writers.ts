import type { Endpoint } from '../endpoint.ts';
import { createIfMissing } from '../load/load.ts';
import { ConnectionLost, Refused, Session, SessionRefused } from '../session.ts';
import { errorCode } from '../wire/replies.ts';
import type { SessionIdentity } from '../wire/requests.ts';

const ROOT = '/writers';
const VALUE = Buffer.alloc(256, 'x');
const SESSION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** Between two attempts to connect; small beside what is measured. */
const RETRY_MS = 5;

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

/**
 * Clients that each set a node of their own, one write at a time. One whose connection breaks goes on to the next
 * member with the same session at once, as the best clients do, so that what is measured is the servers' interruption.
 */
export class Writers {
  readonly clock = new AcknowledgementClock();
  readonly #endpoints: readonly Endpoint[];
  readonly #running: Promise<void>[] = [];
  readonly #sessions = new Set<Session>();
  #stopped = false;
  #failure: Error | undefined;

  private constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** Resolves once every writer has its node. */
  static async start(endpoints: readonly Endpoint[], count: number): Promise<Writers> {
    const session = await Session.connect(endpoints[0]!);
    await createIfMissing(session, ROOT, VALUE);
    for (let i = 0; i < count; i++) await createIfMissing(session, `${ROOT}/w${i}`, VALUE);
    await session.close();
    const writers = new Writers(endpoints);
    for (let i = 0; i < count; i++) writers.#running.push(writers.#write(i));
    return writers;
  }

  /** Rejects when a write was refused in a way that no failover explains. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const session of this.#sessions) session.drop();
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(index: number): Promise<void> {
    let identity: SessionIdentity | undefined;
    for (let attempt = index; !this.#stopped; attempt++) {
      try {
        const endpoint = this.#endpoints[attempt % this.#endpoints.length]!;
        const session = await Session.connect(endpoint, {
          timeoutMs: SESSION_TIMEOUT_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          ...(identity === undefined ? {} : { resume: identity }),
        });
        identity = session.identity;
        await this.#writeOn(session, `${ROOT}/w${index}`);
      } catch (error) {
        if (error instanceof SessionRefused) identity = undefined;
        else if (!isFailover(error)) this.#fail(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #writeOn(session: Session, path: string): Promise<void> {
    this.#sessions.add(session);
    try {
      while (!this.#stopped) {
        await session.set(path, VALUE);
        this.clock.acknowledged();
      }
    } finally {
      this.#sessions.delete(session);
      session.drop();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#stopped = true;
  }
}

function isFailover(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  return error instanceof Refused && error.code === errorCode.sessionMoved;
}
