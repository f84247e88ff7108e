import type { Prng } from '../prng.ts';

/** How bytes fare from one place to another: how long they take, and whether they get through at all. */
export class Route {
  readonly #prng: Prng;
  readonly #baseMs: number;
  readonly #jitterMs: number;
  #slowdown = 1;
  #blocked = false;
  #waiting: (() => void)[] = [];

  constructor(prng: Prng, baseMs: number, jitterMs: number) {
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

  /** 1 is the normal pace. */
  slowDown(factor: number): void {
    this.#slowdown = factor;
  }

  block(): void {
    this.#blocked = true;
  }

  open(): void {
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
