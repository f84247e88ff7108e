import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';

/** With less, what the members tell each other about their clients may wait for what is before it in line. */
const CLEAR_BYTES_PER_MS = 1_000;

/** How bytes fare from one place to another: how long they take, and whether they get through at all. */
export class Route {
  readonly #prng: Prng;
  readonly #baseMs: number;
  readonly #jitterMs: number;
  readonly #time: VirtualTime;
  #slowdown = 1;
  #bytesPerMs = Number.POSITIVE_INFINITY;
  /** What was sent before is through by then. */
  #freeAtMs = 0;
  #blocked = false;
  #clearSinceMs = 0;
  #waiting: (() => void)[] = [];

  constructor(time: VirtualTime, prng: Prng, baseMs: number, jitterMs: number) {
    this.#time = time;
    this.#prng = prng;
    this.#baseMs = baseMs;
    this.#jitterMs = jitterMs;
  }

  /** Blocked: bytes vanish without a sign; TCP sends them again once the route is open. */
  get blocked(): boolean {
    return this.#blocked;
  }

  latencyMs(): number {
    return (this.#baseMs + this.#prng.fraction() * this.#jitterMs) * this.#slowdown;
  }

  /** So many bytes pass in a millisecond and no more, of all streams together. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  /** Also of what waits already. */
  limit(bytesPerMs: number): void {
    if (bytesPerMs !== this.#bytesPerMs) this.#clearSinceMs = this.#time.nowMs;
    this.#bytesPerMs = bytesPerMs;
    this.#freeAtMs = 0;
  }

  /** Takes the time on the line that so many bytes need; returns when they are through. */
  transmit(bytes: number): number {
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#time.nowMs) + bytes / this.#bytesPerMs;
    return this.#freeAtMs;
  }

  /** Since when bytes have passed at the normal pace; Infinity while they do not. */
  get clearSinceMs(): number {
    const disturbed = this.#blocked || this.#slowdown > 1 || this.#bytesPerMs < CLEAR_BYTES_PER_MS;
    return disturbed ? Number.POSITIVE_INFINITY : this.#clearSinceMs;
  }

  /** 1 is the normal pace. */
  slowDown(factor: number): void {
    if (factor !== this.#slowdown) this.#clearSinceMs = this.#time.nowMs;
    this.#slowdown = factor;
  }

  block(): void {
    this.#blocked = true;
  }

  open(): void {
    if (this.#blocked) this.#clearSinceMs = this.#time.nowMs;
    this.#blocked = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** Calls back, once, when the route opens. */
  whenOpen(resume: () => void): void {
    this.#waiting.push(resume);
  }
}
