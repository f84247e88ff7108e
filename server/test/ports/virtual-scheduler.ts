import type { Scheduler } from '../../src/ports/scheduler.ts';

interface Periodic {
  readonly periodMs: number;
  readonly task: () => void;
  nextMs: number;
}

/** A scheduler whose time is turned by hand. */
export class VirtualScheduler implements Scheduler {
  nowMs = 0;
  /** Turns of the loop that were asked for. */
  turns = 0;
  #deferred: (() => void)[] = [];
  readonly #periodic = new Set<Periodic>();

  defer(task: () => void): void {
    this.turns++;
    this.#deferred.push(task);
  }

  every(periodMs: number, task: () => void): () => void {
    const periodic = { periodMs, task, nextMs: this.nowMs + periodMs };
    this.#periodic.add(periodic);
    return () => this.#periodic.delete(periodic);
  }

  /** What waits for time to pass. */
  get timers(): number {
    return this.#periodic.size;
  }

  /** Lets all that is deferred, and what comes of it, happen now. */
  async settle(): Promise<void> {
    do {
      for (const task of this.#deferred.splice(0)) task();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    } while (this.#deferred.length > 0);
  }

  /** Time passes, millisecond by millisecond. */
  async advance(ms: number): Promise<void> {
    await this.settle();
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs++;
      for (const periodic of [...this.#periodic]) {
        if (periodic.nextMs > this.nowMs) continue;
        periodic.nextMs += periodic.periodMs;
        periodic.task();
      }
      await this.settle();
    }
  }
}
