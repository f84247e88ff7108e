import { exponentialMs } from './backoff.ts';
import type { Scheduler } from './ports.ts';

/** As controller-runtime has it. */
export const ITEM_BACKOFF = { firstMs: 5, mostMs: 1_000_000 };

/**
 * Keys of work to be done. A key waits once however often it is added, and is handed out to one worker at a time: what is added
 * while a worker has it waits until that one is done.
 *
 *   add ──► waiting ──► take ──► taken ──► done
 *             ▲  added meanwhile: again ─────┘
 *             └── delayed, when its time has come
 */
export class WorkQueue {
  readonly #scheduler: Scheduler;
  readonly #nowMs: () => number;
  readonly #onAdded: () => void;
  readonly #waiting = new Set<string>();
  readonly #taken = new Set<string>();
  /** Taken, and added since. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, { readonly atMs: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;
  readonly #drained = Promise.withResolvers<void>();

  constructor(ports: { scheduler: Scheduler; clock: { monotonicMs(): number } }, onAdded = () => {}) {
    this.#scheduler = ports.scheduler;
    this.#nowMs = () => ports.clock.monotonicMs();
    this.#onAdded = onAdded;
  }

  /** Keys that a worker could take now or as soon as theirs is done. */
  get depth(): number {
    return this.#waiting.size + this.#again.size;
  }

  get delayed(): number {
    return this.#delayed.size;
  }

  get taken(): number {
    return this.#taken.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#onAdded();
    if (this.#taken.has(key)) this.#again.add(key);
    else this.#offer(key);
  }

  /** Adds the key after `delayMs`; of several delays of one key the one that ends first holds. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const atMs = this.#nowMs() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined && earlier.atMs <= atMs) return;
    earlier?.cancel();
    const cancel = this.#scheduler.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { atMs, cancel });
  }

  /** Adds the key after a delay that doubles with each call until `forget`, but not before `leastMs`. Returns the delay. */
  addFailed(key: string, leastMs = 0): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.max(exponentialMs(ITEM_BACKOFF, failures), leastMs);
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** Its last run went well: the next failure waits the shortest time again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, the longest waiting first; undefined once the queue is closed. Each key taken must be given back with `done`. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const [key] = this.#waiting;
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#waiting.delete(key);
    this.#taken.add(key);
    return Promise.resolve(key);
  }

  done(key: string): void {
    if (!this.#taken.delete(key))
      throw new Error(`${key} was given back to the queue and had not been taken`);
    if (this.#again.delete(key)) this.#offer(key);
    if (this.#closed && this.#taken.size === 0) this.#drained.resolve();
  }

  /**
   * Hands out no more keys and forgets those that wait: whoever comes next lists everything anyway. Resolves when all that were taken
   * are done.
   */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      for (const { cancel } of this.#delayed.values()) cancel();
      this.#delayed.clear();
      this.#waiting.clear();
      this.#again.clear();
      for (const taker of this.#takers.splice(0)) taker(undefined);
      if (this.#taken.size === 0) this.#drained.resolve();
    }
    return this.#drained.promise;
  }

  #offer(key: string): void {
    const taker = this.#takers.shift();
    if (taker === undefined) {
      this.#waiting.add(key);
      return;
    }
    this.#taken.add(key);
    taker(key);
  }
}
