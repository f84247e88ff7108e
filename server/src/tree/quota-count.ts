import { NO_SLOT, type Slot } from '@rookery/protocol';
import { Int } from './node-table.ts';
import type { Uncounted } from './quota-index.ts';
import { topOf, writeStats } from './quota-rules.ts';
import { writeQuotaText } from './quota-text.ts';
import type { Znodes } from './znodes.ts';

/** A node and all below it. */
interface Total {
  readonly of: Uncounted;
  count: number;
  bytes: number;
}

/**
 * Counts what is below the paths that stats nodes are about, and writes it into them: in pieces, between which nothing else may happen to the tree.
 *
 *   gather ──► each stats node's path is a top ──► walk ──► each top's nodes, those of tops within it too ──► tell
 *
 * However many there are, and within one another: each node is met once.
 */
export class QuotaCount {
  readonly #znodes: Znodes;
  readonly #uncounted: Iterator<Uncounted>;
  readonly #tops = new Map<Slot, Total>();
  #isGathered = false;
  #outermost: Iterator<[Slot, Total]> | undefined;
  #telling: Iterator<Total> | undefined;
  /** The top that is being walked, and where the walk is. */
  #top: Slot = NO_SLOT;
  #at: Slot = NO_SLOT;
  /** Tops that the walk is in, the innermost one last. */
  readonly #within: Total[] = [];

  constructor(znodes: Znodes, uncounted: Iterator<Uncounted>) {
    this.#znodes = znodes;
    this.#uncounted = uncounted;
  }

  /** Looks at about `count` nodes; true once all is told. */
  step(count: number): boolean {
    let left = count;
    while (left > 0 && !this.#isGathered) {
      this.#gather();
      left--;
    }
    if (!this.#isGathered) return false;
    this.#outermost ??= this.#tops.entries();
    while (left > 0 && this.#telling === undefined)
      left -= this.#at === NO_SLOT ? this.#nextTop() : this.#visit();
    if (this.#telling === undefined) return false;
    for (; left > 0; left--) {
      const { done, value } = this.#telling.next();
      if (done === true) return true;
      this.#tell(value);
    }
    return false;
  }

  #tell({ of: { stats, elsewhereCount, elsewhereBytes }, count, bytes }: Total): void {
    const text = writeQuotaText(count - elsewhereCount, bytes - elsewhereBytes, undefined);
    writeStats(this.#znodes, stats, text);
  }

  #gather(): void {
    const { done, value: uncounted } = this.#uncounted.next();
    if (done === true) {
      this.#isGathered = true;
      return;
    }
    const top = topOf(this.#znodes, uncounted.stats);
    if (top === NO_SLOT) writeStats(this.#znodes, uncounted.stats, writeQuotaText(0, 0, undefined));
    else this.#tops.set(top, { of: uncounted, count: 0, bytes: 0 });
  }

  /** Begins the walk of a top that is in no other one. Returns the looks at nodes that it took. */
  #nextTop(): number {
    const { done, value } = this.#outermost!.next();
    if (done === true) {
      this.#telling = this.#tops.values();
      return 1;
    }
    const [top] = value;
    const { nodes } = this.#znodes;
    let looks = 1;
    let above = nodes.int(top, Int.parent) as Slot;
    for (; above !== NO_SLOT && !this.#tops.has(above); looks++) above = nodes.int(above, Int.parent) as Slot;
    if (above === NO_SLOT) {
      this.#top = top;
      this.#at = top;
    }
    return looks;
  }

  /** Counts the node at which the walk is, and goes on to the next one. Returns the looks at nodes that it took. */
  #visit(): number {
    const { nodes } = this.#znodes;
    const slot = this.#at;
    const total = this.#tops.get(slot);
    if (total !== undefined) this.#within.push(total);
    const innermost = this.#within.at(-1)!;
    innermost.count++;
    innermost.bytes += Math.max(0, nodes.int(slot, Int.dataLength));
    this.#at = nodes.int(slot, Int.firstChild) as Slot;
    let looks = 1;
    for (let leaving = slot; this.#at === NO_SLOT; looks++) {
      if (this.#tops.has(leaving)) this.#leave();
      if (leaving === this.#top) break;
      this.#at = nodes.int(leaving, Int.next) as Slot;
      leaving = nodes.int(leaving, Int.parent) as Slot;
    }
    return looks;
  }

  #leave(): void {
    const { count, bytes } = this.#within.pop()!;
    const around = this.#within.at(-1);
    if (around === undefined) return;
    around.count += count;
    around.bytes += bytes;
  }
}
