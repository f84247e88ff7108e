import { pause } from '../ports/pause.ts';
import type { Scheduler } from '../ports/scheduler.ts';

/** What is made once for all who ask at about the same time: while it is under way, and for a while after. */
export class SharedAnswer<T> {
  readonly #scheduler: Scheduler;
  readonly #freshMs: number;
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  constructor(scheduler: Scheduler, freshMs: number, make: () => Promise<T>) {
    this.#scheduler = scheduler;
    this.#freshMs = freshMs;
    this.#make = make;
  }

  /** One that fails is not kept: who asks next has it made anew. */
  get(): Promise<T> {
    if (this.#made !== undefined) return this.#made;
    const made = this.#make();
    this.#made = made;
    const forget = (): void => {
      if (this.#made === made) this.#made = undefined;
    };
    made.then(() => pause(this.#scheduler, this.#freshMs).then(forget), forget);
    return made;
  }
}
