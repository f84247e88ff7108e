import { WindowRefusal } from '../../errors/error-codes.ts';
import { HttpError } from '../errors.ts';

/** Of requests for which other members are asked: so many at a time. */
export class Places {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws HttpError where none is left. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#most)
      throw new HttpError(
        WindowRefusal.tooManyRequests,
        `${this.#most} requests for the other members are under way here`,
        'ask again in a moment',
      );
    this.#taken++;
    try {
      return await work();
    } finally {
      this.#taken--;
    }
  }
}
