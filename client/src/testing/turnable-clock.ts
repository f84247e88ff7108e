import type { Timer } from '../ports.ts';

/** The time of day at which every test begins. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

interface Task {
  readonly atMs: number;
  readonly number: number;
  run: (() => void) | undefined;
}

/**
 * The time of everything that runs in a test server's world, clients included. It goes on with the machine's, or not at all if it is held, and
 * `advance` makes it go by at once: what becomes due meanwhile happens in its order, each thing with all that follows from it before the next.
 */
export class TurnableClock {
  readonly #isHeld: boolean;
  readonly #startedAtMs = performance.now();
  /** What was advanced. */
  #turnedMs = 0;
  /** In the order in which they are due. */
  #tasks: Task[] = [];
  #number = 0;
  #underWay = 0;
  #advancing = false;
  #real: { readonly timer: NodeJS.Timeout; readonly atMs: number } | undefined;
  #stopped = false;

  constructor(isHeld: boolean) {
    this.#isHeld = isHeld;
  }

  nowMs(): number {
    return this.#isHeld ? this.#turnedMs : performance.now() - this.#startedAtMs + this.#turnedMs;
  }

  wallMs(): number {
    return EPOCH_MS + Math.floor(this.nowMs());
  }

  after(delayMs: number, run: () => void): Timer {
    const task: Task = { atMs: this.nowMs() + Math.max(0, delayMs), number: this.#number++, run };
    this.#insert(task);
    this.#arm();
    return {
      cancel: () => {
        task.run = undefined;
      },
    };
  }

  every(periodMs: number, run: () => void): () => void {
    let running = true;
    const again = (): void => {
      this.after(periodMs, () => {
        if (!running) return;
        again();
        run();
      });
    };
    again();
    return () => {
      running = false;
    };
  }

  /** Once what is under way has been taken in; takes no time. */
  soon(run: () => void): void {
    this.#underWay++;
    setImmediate(() => {
      this.#underWay--;
      if (!this.#stopped) run();
    });
  }

  /** Resolves when `ms` have gone by here and nothing that follows from it is under way any more. */
  async advance(ms: number): Promise<void> {
    if (this.#advancing) throw new Error('the clock is being turned already: await the first advance');
    this.#advancing = true;
    const untilMs = this.nowMs() + ms;
    try {
      await this.settle();
      for (let task = this.#next(untilMs); task !== undefined; task = this.#next(untilMs)) {
        this.#turnTo(task.atMs);
        const { run } = task;
        task.run = undefined;
        run?.();
        await this.settle();
      }
      this.#turnTo(untilMs);
    } finally {
      this.#advancing = false;
      this.#arm();
    }
  }

  /** Lets `ms` go by without anything of what becomes due, as for a process that was stopped. */
  jump(ms: number): void {
    this.#turnedMs += ms;
  }

  /** Resolves when nothing happens any more that takes no time. */
  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#underWay > 0);
  }

  /** Nothing runs any more. */
  stop(): void {
    this.#stopped = true;
    this.#tasks = [];
    clearTimeout(this.#real?.timer);
  }

  #turnTo(atMs: number): void {
    this.#turnedMs += Math.max(0, atMs - this.nowMs());
  }

  #insert(task: Task): void {
    let at = this.#tasks.length;
    while (at > 0 && this.#tasks[at - 1]!.atMs > task.atMs) at--;
    this.#tasks.splice(at, 0, task);
  }

  /** The next one that is due by then, taken out. */
  #next(untilMs: number): Task | undefined {
    for (;;) {
      const task = this.#tasks[0];
      if (task === undefined || task.atMs > untilMs) return undefined;
      this.#tasks.shift();
      if (task.run !== undefined) return task;
    }
  }

  /** Has the machine's clock run what is due, where time goes by itself. */
  #arm(): void {
    const task = this.#tasks[0];
    if (task === undefined || this.#isHeld || this.#advancing || this.#stopped) return;
    if (this.#real !== undefined && this.#real.atMs <= task.atMs) return;
    clearTimeout(this.#real?.timer);
    const timer = setTimeout(() => this.#runDue(), Math.max(0, task.atMs - this.nowMs()));
    this.#real = { timer, atMs: task.atMs };
  }

  #runDue(): void {
    this.#real = undefined;
    if (this.#advancing) return;
    const now = this.nowMs();
    for (let task = this.#next(now); task !== undefined; task = this.#next(now)) task.run?.();
    this.#arm();
  }
}
