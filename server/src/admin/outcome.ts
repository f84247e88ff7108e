import type { Scheduler } from '../ports/scheduler.ts';

const POLL_MS = 5;

/** What came of something that Raft has begun: what `look` says, asked again and again until it knows; undefined where it does not within `giveUpMs`. */
export function outcomeOf<T>(
  scheduler: Scheduler,
  giveUpMs: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    let waitedMs = 0;
    const stop = scheduler.every(POLL_MS, () => {
      waitedMs += POLL_MS;
      const outcome = look();
      if (outcome === undefined && waitedMs < giveUpMs) return;
      stop();
      resolve(outcome);
    });
  });
}
