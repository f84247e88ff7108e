import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy, HashAlgorithm } from '../src/ports/entropy.ts';
import type { Scheduler } from '../src/ports/scheduler.ts';
import type { Prng } from './prng.ts';
import type { VirtualTime } from './scheduler.ts';

/** The time of day at which every run begins: 2026-01-01 UTC. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** Longest time between a `defer` and its task: what the event loop takes in meanwhile belongs to the same turn. */
const MAX_TURN_MS = 0.2;

/** Work below this is not worth an event of its own; it adds up. */
const MIN_BUSY_MS = 0.2;

/** A clock of a virtual machine: it outlives processes, drifts, and its time of day may be set. */
export class MachineClock {
  readonly #time: VirtualTime;
  readonly #rate: number;
  #wallOffsetMs: number;

  /** `rate` is close to 1: how fast this machine's clock runs against virtual time. */
  constructor(time: VirtualTime, rate: number, wallOffsetMs: number) {
    this.#time = time;
    this.#rate = rate;
    this.#wallOffsetMs = wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#time.nowMs * this.#rate;
  }

  wallMs(): number {
    return Math.floor(EPOCH_MS + this.monotonicMs() + this.#wallOffsetMs);
  }

  jump(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }
}

export interface ProcessEvents {
  /** An event of the process is about to be handled. */
  begins(): void;
  /** An event of the process was handled. */
  ran(): void;
  /** It threw. */
  threw(error: unknown): void;
}

/**
 * One life of one process: its event loop, which may stall, and the end of it, after which nothing of that life happens any more.
 * Everything that reaches the member passes `post`.
 */
export class VirtualProcess implements Clock, Scheduler, Entropy {
  readonly #time: VirtualTime;
  readonly #clock: MachineClock;
  readonly #prng: Prng;
  readonly #events: ProcessEvents;
  #alive = true;
  #stalledUntilMs = 0;
  /** Work done that has not taken its time yet. */
  #owedMs = 0;
  /** Time that a byte takes which is read or written. */
  readonly #msPerByte: number;
  readonly bornMs: number;
  #runsSinceMs: number;
  /** What came during a stall and has not run yet; later arrivals queue behind it. */
  #waiting: (() => void)[] = [];

  constructor(time: VirtualTime, clock: MachineClock, prng: Prng, events: ProcessEvents, msPerByte = 0) {
    this.#time = time;
    this.#msPerByte = msPerByte;
    this.#clock = clock;
    this.#prng = prng;
    this.#events = events;
    this.bornMs = time.nowMs;
    this.#runsSinceMs = time.nowMs;
  }

  /** Since when it has run without a stall. */
  get runsSinceMs(): number {
    return this.#runsSinceMs;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stalled(): boolean {
    return this.#time.nowMs < this.#stalledUntilMs;
  }

  end(): void {
    this.#alive = false;
  }

  /** Nothing runs for a while (garbage collection, a stopped machine); what arrives meanwhile is taken in afterwards, in order. */
  stall(forMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#time.nowMs + forMs);
    this.#runsSinceMs = this.#stalledUntilMs;
  }

  /** The event under way reads or writes so many bytes: what comes next waits for as long as that takes. */
  spend(bytes: number): void {
    this.#owedMs += bytes * this.#msPerByte;
    if (this.#owedMs < MIN_BUSY_MS) return;
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#time.nowMs) + this.#owedMs;
    this.#owedMs = 0;
  }

  /** Runs `task` as an event of this process: at once, or in its turn after a stall, or never if the process has ended by then. */
  post(task: () => void): void {
    if (!this.#alive) return;
    if (!this.stalled && this.#waiting.length === 0) {
      this.#run(task);
      return;
    }
    this.#waiting.push(task);
    if (this.#waiting.length === 1) this.#time.at(this.#stalledUntilMs, () => this.#catchUp());
  }

  /** As `post`, after a delay. */
  later(delayMs: number, task: () => void): void {
    this.#time.after(delayMs, () => this.post(task));
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  defer(task: () => void): void {
    this.later(this.#prng.chance(0.5) ? 0 : this.#prng.between(0, MAX_TURN_MS), task);
  }

  every(periodMs: number, task: () => void): () => void {
    let running = true;
    const again = (): void => {
      this.later(periodMs + this.#prng.between(0, periodMs * 0.05), () => {
        if (!running) return;
        again();
        task();
      });
    };
    again();
    return () => {
      running = false;
    };
  }

  #catchUp(): void {
    if (!this.#alive) return;
    if (this.stalled) {
      this.#time.at(this.#stalledUntilMs, () => this.#catchUp());
      return;
    }
    const task = this.#waiting.shift();
    if (task !== undefined) this.#run(task);
    if (this.#waiting.length > 0) this.#time.after(0, () => this.#catchUp());
  }

  #run(task: () => void): void {
    this.#events.begins();
    try {
      task();
    } catch (error) {
      this.#events.threw(error);
    }
    this.#events.ran();
  }

  uint32(): number {
    return this.#prng.uint32();
  }

  bytes(length: number): Uint8Array {
    return this.#prng.bytes(length);
  }

  hmac(secret: Uint8Array, message: Uint8Array): Uint8Array {
    return createHmac('sha256', secret).update(message).digest();
  }

  hashBase64(algorithm: HashAlgorithm, message: Uint8Array): string {
    return createHash(algorithm).update(message).digest('base64');
  }

  md5(message: Uint8Array): Uint8Array {
    return createHash('md5').update(message).digest();
  }
}
