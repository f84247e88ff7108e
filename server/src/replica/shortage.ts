import { isShortage } from '../ports/disk.ts';
import type { Logger } from '../ports/logger.ts';
import { pause } from '../ports/pause.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { isDiskFull } from '../storage/storage-error.ts';

/** Between two attempts, longer each time: one at a long log may read all of it. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Want of room on the disk, or of file descriptors, for a step without which the member cannot go on. It is outlasted: neither ends a member. */
export class Shortage {
  /** What is wanting now, for people; empty where nothing is. */
  reason = '';
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #isOver: () => boolean;

  /** `isOver`: the member stops, and no step is wanted any more. */
  constructor(parts: { readonly scheduler: Scheduler; readonly log: Logger }, isOver: () => boolean) {
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#isOver = isOver;
  }

  /** Does the step again and again until nothing is wanting for it. Undefined once it is over; rejects with whatever else goes wrong. */
  async outlast<T>(failing: string, step: () => Promise<T>): Promise<T | undefined> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#isOver(); pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const result = await step();
        this.reason = '';
        return result;
      } catch (error) {
        if (!isShortage(error) && !isDiskFull(error)) throw error;
        this.#note(failing, (error as Error).message);
      }
      await pause(this.#scheduler, pauseMs);
    }
    return undefined;
  }

  #note(failing: string, reason: string): void {
    if (reason !== this.reason) this.#log.warn({ reason }, `${failing}; it is tried again until it can`);
    this.reason = reason;
  }
}
