import type { Prng } from '../prng.ts';
import type { VirtualTime } from '../scheduler.ts';

/** How bytes fare from one place to another: how long they take, and whether they get through at all. */
export class Route {
  readonly #prng: Prng;
  readonly #baseMs: number;
  readonly #jitterMs: number;
  readonly #time: VirtualTime;
  #slowdown = 1;
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

  /** Since when bytes have passed at the normal pace; Infinity while they do not. */
  get clearSinceMs(): number {
    return this.#blocked || this.#slowdown > 1 ? Number.POSITIVE_INFINITY : this.#clearSinceMs;
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
