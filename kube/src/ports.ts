/**
 * What the runtime needs of the machine besides the API server. `machine.ts` adapts these ports; tests drive them by hand. Nothing else
 * in this folder reads a clock, sets a timer or draws randomness.
 */

export interface Clock {
  /** Never goes back; for timeouts, back-off and the lease. */
  monotonicMs(): number;
  /** The time of day that objects carry; may jump, and differs from machine to machine. */
  wallMs(): number;
}

export interface Scheduler {
  /** Runs `task` once after `delayMs`, unless the returned function is called first. */
  after(delayMs: number, task: () => void): () => void;
}

/** A number in [0, 1). */
export type Random = () => number;

/** Structured log; `pino` fits it. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The ports that most parts take together. */
export interface Ports {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** Resolves after `delayMs`, or as soon as `signal` is aborted: whoever waits looks at the signal afterwards. */
export function pause(scheduler: Scheduler, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = scheduler.after(delayMs, finish);
    signal.addEventListener('abort', finish);
  });
}
