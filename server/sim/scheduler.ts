/** One thing that will happen. `cancelled` events stay in the heap and are skipped. */
export interface SimEvent {
  readonly atMs: number;
  readonly sequence: number;
  task: (() => void) | undefined;
}

/**
 * Virtual time: a heap of events by time, equal times in the order in which they were scheduled, so that a run is a function of its
 * seed. After each event the microtask queue is emptied before the next one: promises that settle from a disk callback have
 * done all that they can do at that instant.
 */
export class VirtualTime {
  #heap: SimEvent[] = [];
  #sequence = 0;
  #nowMs = 0;
  #executed = 0;
  #fingerprint = 0;
  #stopped = false;

  /** Virtual milliseconds since the run began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get executed(): number {
    return this.#executed;
  }

  /** A hash over the times and numbers of all executed events: two runs of one seed must end with the same. */
  get fingerprint(): number {
    return this.#fingerprint;
  }

  after(delayMs: number, task: () => void): SimEvent {
    return this.at(this.#nowMs + delayMs, task);
  }

  /** A time that has passed means now, after what is due already. */
  at(timeMs: number, task: () => void): SimEvent {
    const atMs = Math.max(timeMs, this.#nowMs);
    const event: SimEvent = { atMs, sequence: this.#sequence++, task };
    this.#push(event);
    return event;
  }

  cancel(event: SimEvent): void {
    event.task = undefined;
  }

  /** Ends `runUntil` after the event under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs what is due up to and including `untilMs`, or until `done` holds, which is asked after each event. */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await settled();
    while (!this.#stopped && !done()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) {
        if (untilMs > this.#nowMs) this.#nowMs = untilMs;
        return;
      }
      this.#pop();
      const task = next.task;
      if (task === undefined) continue;
      this.#nowMs = next.atMs;
      this.#executed++;
      this.#fingerprint =
        (Math.imul(this.#fingerprint ^ next.sequence, 0x01000193) ^ Math.round(next.atMs * 1000)) >>> 0;
      task();
      await settled();
    }
  }

  #push(event: SimEvent): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as SimEvent;
      if (!earlier(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as SimEvent;
    const size = heap.length;
    if (size === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && earlier(heap[child + 1] as SimEvent, heap[child] as SimEvent)) child++;
      const below = heap[child] as SimEvent;
      if (!earlier(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function earlier(a: SimEvent, b: SimEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

/**
 * Settles once the microtask queue is empty: Node takes the next-tick queue only after all microtasks, also those that microtasks add.
 * The caller is itself a microtask (an async function), which is what makes that order hold.
 */
function settled(): Promise<void> {
  return new Promise(nextTick);
}

function nextTick(resolve: () => void): void {
  process.nextTick(resolve);
}
