import type { Storage } from '../storage/storage.ts';
import { isDiskFull } from '../storage/storage-error.ts';
import type { NumberRange } from './number-range.ts';

/** Ticks between two attempts where the disk had no room: half a boot's numbers last for hours. */
const TICKS_BETWEEN_ATTEMPTS = 500;

/** Reserves the numbers of the next boot, durably, before those of this one are used up. */
export class NumberReserve {
  readonly #numbers: NumberRange;
  readonly #storage: Pick<Storage, 'reserveBoot'>;
  readonly #fail: (error: Error) => void;
  #isReserving = false;
  #ticksToWait = 0;

  constructor(numbers: NumberRange, storage: Pick<Storage, 'reserveBoot'>, fail: (error: Error) => void) {
    this.#numbers = numbers;
    this.#storage = storage;
    this.#fail = fail;
  }

  /** `lastUsed`: the highest number given so far. */
  tick(lastUsed: number): void {
    if (this.#isReserving || !this.#numbers.isShort(lastUsed)) return;
    if (this.#ticksToWait-- > 0) return;
    this.#isReserving = true;
    this.#storage.reserveBoot().then(
      (boot) => {
        this.#isReserving = false;
        this.#numbers.extend(boot);
      },
      (error: Error) => {
        this.#isReserving = false;
        this.#ticksToWait = TICKS_BETWEEN_ATTEMPTS;
        if (!isDiskFull(error)) this.#fail(error);
      },
    );
  }
}
