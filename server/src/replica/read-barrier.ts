import type { ReadState } from 'raft-ts-lite';
import type { NumberRange } from './number-range.ts';

/** Somebody who waits until this member's tree holds all that was committed when they asked (`sync`). */
export interface BarrierWaiter {
  reached(): void;
}

/** Ticks after which an unanswered round is asked again: its message may have been lost with a link. */
const RETRY_TICKS = 50;

/**
 * ReadIndex for many at once: all who ask in one turn share one round, and who asks while a round is under way joins the next one
 * (a round confirms only what was committed before it began).
 */
export class ReadBarrier {
  readonly #askRaft: (token: number) => void;
  readonly #numbers: NumberRange;
  #token: number;
  #asking: BarrierWaiter[] = [];
  #underway: BarrierWaiter[] = [];
  #ticksLeft = 0;
  #confirmedWaiters: { readonly index: number; readonly waiters: readonly BarrierWaiter[] }[] = [];

  /** Of `numbers` are the tokens: unlike those of earlier lives. */
  constructor(numbers: NumberRange, askRaft: (token: number) => void) {
    this.#numbers = numbers;
    this.#token = numbers.before;
    this.#askRaft = askRaft;
  }

  /** The token used last. */
  get last(): number {
    return this.#token;
  }

  /** Who waits to be confirmed. */
  get waiting(): number {
    return this.#asking.length + this.#underway.length;
  }

  wait(waiter: BarrierWaiter): void {
    this.#asking.push(waiter);
  }

  /** Begins a round where one is wanted and none is under way. */
  ask(): void {
    if (this.#underway.length > 0 || this.#asking.length === 0) return;
    this.#underway = this.#asking;
    this.#asking = [];
    this.#round();
  }

  tick(): void {
    if (this.#underway.length > 0 && --this.#ticksLeft <= 0) this.#round();
  }

  confirmed(state: ReadState): void {
    // Refused (no leader yet): the tick asks again.
    if (state.token !== this.#token || state.index < 0 || this.#underway.length === 0) return;
    this.#confirmedWaiters.push({ index: state.index, waiters: this.#underway });
    this.#underway = [];
    this.ask();
  }

  /** Lets go all whose index the tree holds now. */
  release(appliedIndex: number): void {
    while (this.#confirmedWaiters.length > 0 && this.#confirmedWaiters[0]!.index <= appliedIndex) {
      for (const waiter of this.#confirmedWaiters.shift()!.waiters) waiter.reached();
    }
  }

  #round(): void {
    this.#ticksLeft = RETRY_TICKS;
    // Tried again by the tick: more numbers are being reserved.
    if (!this.#numbers.isUsedUp(this.#token)) this.#askRaft(++this.#token);
  }
}
