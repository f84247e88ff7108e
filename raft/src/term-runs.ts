import type { TermRun } from './options.ts';

/**
 * The term of every index of the log in the space of one pair per change of term, so that entries themselves can
 * leave memory.
 *
 *   index  5 6 7 8 9 10 11        starts 5 7 11
 *   term   2 2 4 4 4  4  5   →    terms  2 4  5      base 5: the entry before the first that can be read
 */
export class TermRuns {
  readonly #starts: number[] = [];
  readonly #terms: number[] = [];

  constructor(runs: readonly TermRun[]) {
    for (const run of runs) this.append(run.firstIndex, run.term);
  }

  get base(): number {
    return this.#starts[0] as number;
  }

  append(index: number, term: number): void {
    const length = this.#terms.length;
    if (length > 0 && this.#terms[length - 1] === term) return;
    this.#starts.push(index);
    this.#terms.push(term);
  }

  #runOf(index: number): number {
    const starts = this.#starts;
    let high = starts.length - 1;
    if ((starts[high] as number) <= index) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** `index` is at or above the base; past the log's end it answers the last term. */
  termAt(index: number): number {
    return this.#terms[this.#runOf(index)] as number;
  }

  /** The greatest index at or below `index` whose term is at most `term`; the base where there is none. */
  lastWithTermAtMost(index: number, term: number): number {
    let run = this.#runOf(index);
    if ((this.#terms[run] as number) <= term) return index;
    while (run > 0 && (this.#terms[run] as number) > term) run -= 1;
    return (this.#terms[run] as number) <= term ? (this.#starts[run + 1] as number) - 1 : this.base;
  }

  /** Forgets every index from `index` on, which is above the base. */
  truncateFrom(index: number): void {
    while ((this.#starts[this.#starts.length - 1] as number) >= index) {
      this.#starts.pop();
      this.#terms.pop();
    }
  }

  /** Makes `index`, at or above the base, the new base. */
  compact(index: number): void {
    const run = this.#runOf(index);
    this.#starts.splice(0, run);
    this.#terms.splice(0, run);
    this.#starts[0] = index;
  }

  reset(index: number, term: number): void {
    this.#starts.length = 0;
    this.#terms.length = 0;
    this.append(index, term);
  }
}
