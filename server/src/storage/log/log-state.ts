import { LogIndex } from './log-index.ts';

/** What the durable log amounts to: the same whether it was just written or read back. */
export class LogState {
  /** Lowest index in the log; lastIndex + 1 where it is empty. */
  firstIndex: number;
  /** Term of the entry before firstIndex; -1 where it is not known any more. */
  previousTerm: number;
  lastIndex: number;
  lastTerm: number;
  suspect: boolean;
  readonly index = new LogIndex();
  /** Raised whenever entries went away; a read that was under way looks again. */
  generation = 0;

  constructor(firstIndex: number, previousTerm: number, suspect: boolean) {
    this.firstIndex = firstIndex;
    this.previousTerm = previousTerm;
    this.lastIndex = firstIndex - 1;
    this.lastTerm = previousTerm;
    this.suspect = suspect;
  }

  appended(
    first: number,
    last: number,
    lastTerm: number,
    sequence: number,
    offset: number,
    chain: number,
  ): void {
    const truncates = first <= this.lastIndex;
    if (truncates) this.generation++;
    this.index.appended(first, truncates, sequence, offset, chain);
    this.lastIndex = last;
    this.lastTerm = lastTerm;
  }

  /** A snapshot took the place of the whole log. */
  installed(index: number, term: number): void {
    this.generation++;
    this.index.clear();
    this.firstIndex = index + 1;
    this.previousTerm = term;
    this.lastIndex = index;
    this.lastTerm = term;
  }

  /** The segments before `sequence` are about to go; the one of that sequence began with `firstIndex`. */
  purgedBefore(sequence: number, firstIndex: number): void {
    this.generation++;
    this.index.dropBefore(sequence);
    if (firstIndex > this.firstIndex) {
      this.firstIndex = firstIndex;
      this.previousTerm = -1;
    }
  }
}
