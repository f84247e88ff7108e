import type { Endpoint } from '../../../testkit/src/endpoint.ts';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession, ConnectionLost, Refused, SessionRefused } from '../../../testkit/src/session.ts';
import { errorCode } from '../../../testkit/src/wire/replies.ts';
import type { SessionIdentity } from '../../../testkit/src/wire/requests.ts';
import type { Tally } from './tally.ts';

/** Longer than any fault of the plan together with the election behind it, so that no session has a reason to end. */
const SESSION_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 50;
/** A member that says nothing for so long is left for the next one. */
const PATIENCE_MS = 6_000;

/** How a client does what it is there for, once connected; rejects when its connection has gone. */
export type Work = (session: ClientSession, isNew: boolean) => Promise<void>;

/**
 * One client as good libraries are: it keeps its session over connections, and leaves a member that does not answer for any of the others. If
 * all went to the next one, they would soon be together at one member.
 */
export class Client {
  readonly #endpoints: readonly Endpoint[];
  readonly #tally: Tally;
  readonly #random: Random;
  #next: number;
  #endpoint: Endpoint | undefined;
  #session: ClientSession | undefined;
  #stopped = false;

  constructor(index: number, endpoints: readonly Endpoint[], tally: Tally) {
    this.#endpoints = endpoints;
    this.#random = new Random(index);
    this.#next = index % endpoints.length;
    this.#tally = tally;
  }

  /** The member that it is connected to. */
  get endpoint(): Endpoint | undefined {
    return this.#endpoint;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
    this.#session?.drop();
  }

  #another(): number {
    const { length } = this.#endpoints;
    return (this.#next + this.#random.between(1, length - 1)) % length;
  }

  /** Until it is stopped. `onEvent` is told of watches. Rejects where `work` fails in a way that no fault explains. */
  async run(work: Work, onEvent?: () => void): Promise<void> {
    let identity: SessionIdentity | undefined;
    while (!this.#stopped) {
      const endpoint = this.#endpoints[this.#next]!;
      this.#next = this.#another();
      try {
        const session = await ClientSession.connect(endpoint, {
          timeoutMs: SESSION_TIMEOUT_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          ...(identity === undefined ? {} : { resume: identity }),
          ...(onEvent === undefined ? {} : { onEvent }),
        });
        const isNew = identity === undefined;
        identity = session.identity;
        this.#session = session;
        this.#endpoint = endpoint;
        await work(session, isNew);
      } catch (error) {
        if (isSessionGone(error)) {
          if (identity !== undefined) this.#tally.sessionsLost += 1;
          identity = undefined;
        } else if (!(error instanceof ConnectionLost || isNotNow(error))) {
          throw error;
        }
        await pause(RETRY_MS);
      } finally {
        this.#session?.drop();
        this.#session = undefined;
        this.#endpoint = undefined;
      }
    }
  }
}

/** Resolves as `reply` does; a session whose member does not answer in time is dropped, which rejects it. */
export async function inTime<T>(session: ClientSession, reply: Promise<T>): Promise<T> {
  const impatience = setTimeout(() => session.drop(), PATIENCE_MS);
  try {
    return await reply;
  } finally {
    clearTimeout(impatience);
  }
}

/** An answer that says that nothing was done: there is no room, or the session has moved. */
export function isNotNow(error: unknown): boolean {
  return (
    error instanceof Refused &&
    (error.code === errorCode.systemError || error.code === errorCode.sessionMoved)
  );
}

export function isSessionGone(error: unknown): boolean {
  if (error instanceof SessionRefused) return true;
  return error instanceof Refused && error.code === errorCode.sessionExpired;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
