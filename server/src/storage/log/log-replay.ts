import { type Entry, EntryKind, type HardState, type TermRun } from 'raft-ts-lite';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldError, storedFormat } from '../stored-format.ts';
import { decodeEntries, LogRecord, type ReadSegmentHeader } from './log-format.ts';
import { LogState } from './log-state.ts';
import { FIRST_OF_WRITE } from './record.ts';

/** Builds the state of a log from its records, in the order in which they were appended. No I/O. */
export class LogReplay {
  readonly state: LogState;
  /** What an earlier release left in the log; since then term and vote are in the hard state file alone. */
  hardState: HardState;
  /** The entries above `keepAbove` that hold a configuration. All others are read when they are wanted: the log may be far larger than memory. */
  configurations: Entry[] = [];
  /** Where each term begins, from state.firstIndex on. */
  termRuns: TermRun[] = [];
  readonly #keepAbove: number;

  /** Begins with the oldest segment's header. */
  constructor(oldest: ReadSegmentHeader, keepAbove: number) {
    this.state = new LogState(oldest.firstIndex, oldest.previousTerm, oldest.suspect);
    this.hardState = oldest.hardState;
    this.#keepAbove = keepAbove;
  }

  /** Throws FieldError where the record makes no sense. Of the payload nothing is kept but copies. */
  apply(type: number, payload: Uint8Array, sequence: number, offset: number, chainBefore: number): void {
    switch (type & ~FIRST_OF_WRITE) {
      case LogRecord.entries:
        this.#applyEntries(payload, sequence, offset, chainBefore);
        return;
      case LogRecord.hardState: {
        const reader = new FieldReader(payload, storedFormat);
        this.hardState = { term: reader.f64(), vote: reader.f64() };
        return;
      }
      case LogRecord.installed: {
        const reader = new FieldReader(payload, storedFormat);
        this.install(reader.f64(), reader.f64());
        return;
      }
      case LogRecord.suspicion:
        this.state.suspect = new FieldReader(payload, storedFormat).u8() === 1;
        return;
      default:
        throw new FieldError(`a record of type ${type}`);
    }
  }

  install(index: number, term: number): void {
    this.state.installed(index, term);
    this.configurations = [];
    this.termRuns = [];
  }

  /** The term at `index`; undefined where the log does not reach there. */
  termAt(index: number): number | undefined {
    const { state } = this;
    if (index > state.lastIndex || index < state.firstIndex - 1) return undefined;
    let term = state.previousTerm;
    for (const run of this.termRuns) if (run.firstIndex <= index) term = run.term;
    return term === -1 ? undefined : term;
  }

  /**
   * Where a tail was replaced from below the oldest segment's first index on, the term before the first entry left with a purged
   * segment. Then the first entry serves as the one before the first.
   */
  settleFirst(): void {
    const { state, termRuns } = this;
    if (state.previousTerm !== -1 || termRuns.length === 0) return;
    state.previousTerm = termRuns[0]!.term;
    state.firstIndex++;
    const isRunOver = (termRuns[1]?.firstIndex ?? state.lastIndex + 1) === state.firstIndex;
    if (isRunOver) termRuns.shift();
    else termRuns[0] = { firstIndex: state.firstIndex, term: state.previousTerm };
  }

  #applyEntries(payload: Uint8Array, sequence: number, offset: number, chainBefore: number): void {
    const { state } = this;
    const batch: Entry[] = [];
    decodeEntries(payload, 0, Number.POSITIVE_INFINITY, batch);
    const first = batch[0]?.index;
    const last = batch.at(-1);
    if (first === undefined || last === undefined) throw new FieldError('a record of no entries');
    if (first > state.lastIndex + 1) {
      throw new FieldError(`entries from ${first} after entry ${state.lastIndex}`);
    }
    this.#cutFrom(first);
    state.appended(first, last.index, last.term, sequence, offset, chainBefore);
    for (const entry of batch) {
      if (this.termRuns.at(-1)?.term !== entry.term) {
        this.termRuns.push({ firstIndex: entry.index, term: entry.term });
      }
      if (entry.kind === EntryKind.configuration && entry.index > this.#keepAbove)
        this.configurations.push({ ...entry, data: entry.data.slice() });
    }
  }

  #cutFrom(first: number): void {
    while (this.termRuns.length > 0 && this.termRuns.at(-1)!.firstIndex >= first) this.termRuns.pop();
    while (this.configurations.length > 0 && this.configurations.at(-1)!.index >= first)
      this.configurations.pop();
    if (first < this.state.firstIndex) {
      this.state.firstIndex = first;
      this.state.previousTerm = -1;
    }
  }
}
