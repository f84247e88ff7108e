import type { Client } from '../client.ts';
import type { Watcher } from '../watches/one-shot.ts';
import { persist } from './retry.ts';

/** A watcher to be left by one read, and a promise of what it is told. */
export interface NextChange {
  readonly watcher: Watcher;
  /** Resolves with the change; rejects with the signal's reason, or where the session is lost. */
  orAborted(signal: AbortSignal | undefined): Promise<void>;
  /** It is waited for no more. */
  forget(): void;
}

/** @param session aborted once the session is over, with the reason */
export function nextChange(zk: Client, path: string, session: AbortSignal): NextChange {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever stops waiting before it came is not asked to handle it.
  promise.catch(() => undefined);
  const watcher: Watcher = { changed: () => resolve(), lost: () => reject(session.reason as Error) };
  return {
    watcher,
    orAborted: async (signal) => {
      signal?.throwIfAborted();
      const abort = (): void => reject(signal?.reason as Error);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await promise;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    forget: () => zk.forgetWatcher(path, watcher),
  };
}

/**
 * Resolves at once to false where there is no such node, and to true when the one that is there has changed or gone. Rejects with the signal's reason, or
 * where `session` is over: the watch would be another session's.
 */
export async function awaitChange(
  zk: Client,
  path: string,
  session: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const changed = nextChange(zk, path, session);
  try {
    const stat = await persist(zk, () => zk.exists(path, { watcher: changed.watcher }), signal);
    if (stat === undefined) return false;
    session.throwIfAborted();
    await changed.orAborted(signal);
    return true;
  } finally {
    changed.forget();
  }
}
