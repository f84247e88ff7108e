import type { Call } from '../calls/call.ts';
import type { World } from '../ports.ts';

/** What one call may be told besides its arguments. */
export interface CallOptions {
  /** Gives it up: an answer that comes all the same is dropped. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, waiting for a connection included. The client's `callTimeoutMs` where it is not said. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Holds a call to limits of its own. The client's own timeout needs none of this: calls that have it become due in the order in which they were asked
 * for, and the session looks after them together.
 */
export function limit(call: Call<unknown>, { signal, timeoutMs }: CallOptions, world: World): void {
  if (signal === undefined && timeoutMs === undefined) return;
  const abort = (): void => call.failBecause('ABORTED', 'it was given up', signal?.reason);
  if (signal?.aborted === true) {
    abort();
    return;
  }
  const timer =
    timeoutMs === undefined
      ? undefined
      : world.after(timeoutMs, () =>
          call.failBecause('DEADLINE_EXCEEDED', `no answer within ${timeoutMs} ms`),
        );
  signal?.addEventListener('abort', abort, { once: true });
  const release = (): void => {
    timer?.cancel();
    signal?.removeEventListener('abort', abort);
  };
  call.promise.then(release, release);
}
