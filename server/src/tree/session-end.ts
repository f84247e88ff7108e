import { NO_SLOT, type Slot } from '@rookery/protocol';
import type { NodeTable } from './node-table.ts';

/** Sorted by path; `first` is the path of what stands at `at`. */
interface Run {
  readonly slots: readonly Slot[];
  at: number;
  first: string;
}

/**
 * The nodes that go with a session, in the order of their paths, put in order a piece at a time: a session may have a million of them.
 *
 *   gather(n): n of them, sorted, are a run ──► … ──► isGathered ──► take(): the least of the runs' first ones
 *
 * The runs are a heap by their first paths. Between the calls nothing may happen to the session's nodes but that those taken go.
 */
export class SessionEnd {
  readonly #nodes: NodeTable;
  readonly #slots: Iterator<Slot>;
  readonly #runs: Run[] = [];
  /** No node is left that is in no run. */
  isGathered = false;

  constructor(nodes: NodeTable, slots: Iterator<Slot>) {
    this.#nodes = nodes;
    this.#slots = slots;
  }

  /** Every node was taken. */
  get isOver(): boolean {
    return this.isGathered && this.#runs.length === 0;
  }

  /** Puts at most `count` more nodes in order among themselves. */
  gather(count: number): void {
    const found: { readonly slot: Slot; readonly path: string }[] = [];
    while (found.length < count && !this.isGathered) {
      const next = this.#slots.next();
      if (next.done === true) this.isGathered = true;
      else found.push({ slot: next.value, path: this.#nodes.path(next.value) });
    }
    const [first] = found.sort((a, b) => (a.path < b.path ? -1 : 1));
    if (first === undefined) return;
    this.#runs.push({ slots: found.map(({ slot }) => slot), at: 0, first: first.path });
    this.#raise(this.#runs.length - 1);
  }

  /** The next node, or NO_SLOT where there is none; only once all are gathered. */
  nextNode(): Slot {
    const run = this.#runs[0];
    if (run === undefined) return NO_SLOT;
    const slot = run.slots[run.at++]!;
    if (run.at < run.slots.length) run.first = this.#nodes.path(run.slots[run.at]!);
    else {
      const last = this.#runs.pop()!;
      if (last !== run) this.#runs[0] = last;
    }
    this.#lower();
    return slot;
  }

  #raise(from: number): void {
    const runs = this.#runs;
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (runs[above]!.first < runs[at]!.first) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #lower(): void {
    const runs = this.#runs;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= runs.length) return;
      const right = left + 1;
      const least = right < runs.length && runs[right]!.first < runs[left]!.first ? right : left;
      if (runs[at]!.first < runs[least]!.first) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const runs = this.#runs;
    const run = runs[a]!;
    runs[a] = runs[b]!;
    runs[b] = run;
  }
}
