import { KeptLog } from '../../testkit/src/kept-log.ts';
import type { Random } from '../../testkit/src/random.ts';
import type { Clock, Ports, Scheduler } from '../src/ports.ts';
import { until } from './until.ts';

interface Timer {
  readonly atMs: number;
  readonly delayMs: number;
  readonly task: () => void;
}

/** A clock that stands still until the test moves it, and the timers that hang on it. */
export class ManualTime implements Clock, Scheduler {
  #nowMs = 1_000;
  readonly #timers = new Set<Timer>();
  /** How far this machine's time of day is off. */
  wallSkewMs = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs + this.wallSkewMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, delayMs, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get delays(): number[] {
    return [...this.#timers].map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  }

  /** How long until the timer that was set for `delayMs` is due. */
  leftOf(delayMs: number): number | undefined {
    const timer = [...this.#timers].find((candidate) => candidate.delayMs === delayMs);
    return timer && timer.atMs - this.#nowMs;
  }

  /** Moves on, and runs what is due in the order of its time. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.task();
    }
    this.#nowMs = untilMs;
  }

  /** Waits until somebody waits for exactly `delayMs`, then lets that time pass. */
  async pass(delayMs: number): Promise<void> {
    await until(() => this.delays.includes(delayMs), `a timer of ${delayMs} ms; there are ${this.delays}`);
    this.advance(delayMs);
  }
}

export type TestPorts = Ports & { readonly time: ManualTime; readonly log: KeptLog };

/** `random` draws the jitter: 0, unless the test gives a source. */
export function testPorts(random?: Pick<Random, 'next'>, time = new ManualTime()): TestPorts {
  const draw = (): number => random?.next() ?? 0;
  return { time, clock: time, scheduler: time, random: draw, log: new KeptLog() };
}
