import type { Client } from '../client.ts';
import { CoordinationError, isCoordinationError } from '../errors.ts';

/** Before a call is made again that was refused at once. */
const PAUSE_MS = 50;

/** How long a recipe may wait, and what gives it up. */
export interface WaitOptions {
  /** Gives it up, with the signal's reason; whatever was made on the way is taken back. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does `work`, and again for as long as it fails in a way that is `safe` to be tried again. What is lost with the session is none of it: whoever holds
 * something by the session has to know.
 */
export async function persist<T>(
  zk: Client,
  work: () => Promise<T>,
  signal?: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await zk.delay(PAUSE_MS, signal);
  }
}

/** As `persist`, for what may be done twice: where it is unknown whether it was done, it is done again. */
export async function insist<T>(
  zk: Client,
  work: () => Promise<T>,
  signal?: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    try {
      return await persist(zk, work, signal);
    } catch (error) {
      if (!isInDoubt(error)) throw error;
    }
  }
}

/**
 * Does `work`, and again from the start in the next session where its own is lost on the way. What the former one had goes with it: `work` must not rely
 * on any of that. Rejects where no session follows.
 */
export async function acrossSessions<T>(
  zk: Client,
  work: () => Promise<T>,
  signal?: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isCoordinationError(error, 'SESSION_LOST') || zk.session.signal.aborted) throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof CoordinationError && error.retry === 'safe' && goesOn(error);
}

/** It may have been done, and the session goes on. */
export function isInDoubt(error: unknown): boolean {
  return error instanceof CoordinationError && error.retry === 'in-doubt' && goesOn(error);
}

/** No other try of a client that was closed would ever be answered. */
function goesOn({ code }: CoordinationError): boolean {
  return code !== 'SESSION_LOST' && code !== 'CLOSED';
}
