import type { Scheduler } from './scheduler.ts';

/** Resolves after about `ms`. */
export function pause(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = scheduler.every(ms, () => {
      stop();
      resolve();
    });
  });
}
