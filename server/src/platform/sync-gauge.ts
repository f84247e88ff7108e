import type { DiskStats } from '../ports/disk.ts';

/** Weight of the newest duration in the moving average. */
const NEWEST_WEIGHT = 1 / 8;

/** Up to this average a small append blocks the loop for less time than the way through the thread pool takes. */
const PROMPT_MS = 1;
/** An append that takes so long shows a disk that others keep busy: blocking on it could stall a leader for seconds. */
const SLOW_MS = 20;
const SLOW_SETTLE_MS = 10_000;
const SETTLE_MS = 1_000;

/** What a disk has done, and how long its syncs take. */
export class SyncGauge implements DiskStats {
  bytesWritten = 0;
  syncs = 0;
  lastSyncMs = 0;
  maxSyncMs = 0;
  /** Moving average of append durations. Begins high: the first append must not block on a slow disk. */
  averageMs = 2;
  /** Calls of this disk that the thread pool is working on, the appends excepted. */
  #busy = 0;
  /** Until then (`performance.now()`) the loop does not wait for this disk itself. */
  #uncertainUntilMs = 0;
  readonly #observe: ((durationMs: number) => void) | undefined;

  constructor(observe: ((durationMs: number) => void) | undefined) {
    this.#observe = observe;
  }

  /** Whether an append may be expected to take less time than the way through the thread pool, and has nothing to queue behind. */
  get isPrompt(): boolean {
    return this.#busy === 0 && this.averageMs < PROMPT_MS && performance.now() >= this.#uncertainUntilMs;
  }

  /** Another call begins: a snapshot is written, a segment prepared. The disk may be busy with it for a while after it returned. */
  began(): void {
    this.#busy++;
  }

  ended(): void {
    this.#busy--;
    this.#distrust(SETTLE_MS);
  }

  #distrust(forMs: number): void {
    this.#uncertainUntilMs = Math.max(this.#uncertainUntilMs, performance.now() + forMs);
  }

  appended(bytes: number, durationMs: number): void {
    this.bytesWritten += bytes;
    this.syncs++;
    this.lastSyncMs = durationMs;
    if (durationMs > SLOW_MS) this.#distrust(SLOW_SETTLE_MS);
    if (durationMs > this.maxSyncMs) this.maxSyncMs = durationMs;
    this.averageMs += (durationMs - this.averageMs) * NEWEST_WEIGHT;
    this.#observe?.(durationMs);
  }
}
