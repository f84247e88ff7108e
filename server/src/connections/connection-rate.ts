import type { Config } from '../config/config.ts';

/**
 * How fast clients may come: a bucket of tokens, of which each client that connects takes one, as ZooKeeper's connectionMaxTokens has it. `fillCount`
 * come back every `fillMs`. Without tokens (0) it is off.
 */
export class ConnectionRate {
  readonly #rate: Config['client']['connectionRate'];
  #tokens: number;
  /** When they were counted last, monotonic. */
  #sinceMs = 0;

  constructor(rate: Config['client']['connectionRate']) {
    this.#rate = rate;
    this.#tokens = rate.tokens;
  }

  /** Whether one more may come at this time, monotonic. */
  takes(nowMs: number): boolean {
    const { tokens, fillMs, fillCount } = this.#rate;
    if (tokens === 0) return true;
    const periods = Math.floor((nowMs - this.#sinceMs) / fillMs);
    if (periods > 0) {
      this.#tokens = Math.min(tokens, this.#tokens + periods * fillCount);
      this.#sinceMs += periods * fillMs;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
