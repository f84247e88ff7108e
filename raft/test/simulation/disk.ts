import type { Random } from '../../../testkit/src/random.ts';
import {
  type Configuration,
  type Entry,
  EntryKind,
  type HardState,
  type RaftOptions,
  type SnapshotMeta,
  type SnapshotWrite,
  type StoredEntries,
  type TermRun,
  type Write,
} from '../../src/index.ts';

/** A snapshot's content: the state is one number, blown up to several pieces. */
export interface StoredSnapshot {
  readonly meta: SnapshotMeta;
  readonly data: Uint8Array;
}

/** What a member has durably, and the one write that is under way. */
export class SimulatedDisk {
  hardState: HardState = { term: 0, vote: 0 };
  snapshot: StoredSnapshot;
  /** Entries from `entries[0].index` on, some of which may lie below the snapshot. */
  entries: Entry[] = [];
  /** Index and term of the entry before `entries[0]`. */
  baseIndex: number;
  baseTerm: number;
  suspect = false;
  writing: Write | undefined;
  #aside: { meta: SnapshotMeta; pieces: Uint8Array[]; done: boolean } | undefined;
  readonly #onDurable: (entry: Entry, previousTerm: number) => void;
  truncations = 0;

  constructor(
    first: SnapshotMeta,
    data: Uint8Array,
    onDurable: (entry: Entry, previousTerm: number) => void,
  ) {
    this.snapshot = { meta: first, data };
    this.baseIndex = first.index;
    this.baseTerm = first.term;
    this.#onDurable = onDurable;
  }

  get lastIndex(): number {
    return this.baseIndex + this.entries.length;
  }

  termAt(index: number): number {
    if (index === this.baseIndex) return this.baseTerm;
    return this.entries[index - this.baseIndex - 1]?.term ?? -1;
  }

  entry(index: number): Entry | undefined {
    return this.entries[index - this.baseIndex - 1];
  }

  get configuration(): Configuration {
    return this.snapshot.meta.configuration;
  }

  /** Makes the write durable, or its beginning: `steps` counts snapshot, hard state and each entry. */
  apply(write: Write, steps = Number.POSITIVE_INFINITY): void {
    let left = steps;
    if (write.snapshot !== undefined && left > 0) {
      left -= 1;
      this.#install(write.snapshot);
    }
    if (write.hardState !== undefined && left > 0) {
      left -= 1;
      this.hardState = write.hardState;
    }
    for (const entry of write.entries) {
      if (left <= 0) return;
      left -= 1;
      this.#append(entry);
    }
    if (write.clearSuspect && left > 0) this.suspect = false;
  }

  #install(meta: SnapshotMeta): void {
    const aside = this.#aside;
    if (aside === undefined || aside.meta !== meta || !aside.done)
      throw new Error(`snapshot ${meta.index} installed without all of its pieces`);
    let length = 0;
    for (const piece of aside.pieces) length += piece.length;
    const data = new Uint8Array(length);
    let at = 0;
    for (const piece of aside.pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    this.snapshot = { meta, data };
    this.entries = [];
    this.baseIndex = meta.index;
    this.baseTerm = meta.term;
    this.#aside = undefined;
  }

  #append(entry: Entry): void {
    if (entry.index <= this.baseIndex || entry.index > this.lastIndex + 1)
      throw new Error(`entry ${entry.index} does not join a log of ${this.baseIndex}..${this.lastIndex}`);
    if (entry.index <= this.lastIndex) {
      this.truncations += 1;
      this.entries.length = entry.index - this.baseIndex - 1;
    }
    this.#onDurable(entry, this.termAt(entry.index - 1));
    this.entries.push(entry);
  }

  /** A power cut: of the write under way nothing, a part, or all is found afterwards. */
  crash(random: Random): void {
    const { writing } = this;
    this.writing = undefined;
    if (writing !== undefined) this.apply(writing, random.below(writing.entries.length + 4));
    this.#aside = undefined;
  }

  /** Cuts off the newest entries, as recovery does with a damaged tail, after the durable mark. */
  damage(count: number): void {
    this.suspect = true;
    const least = this.snapshot.meta.index - this.baseIndex;
    this.entries.length = Math.max(Math.min(least, this.entries.length), this.entries.length - count);
  }

  writeAside(piece: SnapshotWrite): void {
    if (piece.offset === 0) this.#aside = { meta: piece.snapshot, pieces: [], done: false };
    const aside = this.#aside;
    if (aside === undefined || aside.meta !== piece.snapshot) return;
    const written = aside.pieces.reduce((sum, each) => sum + each.length, 0);
    if (written !== piece.offset) throw new Error(`piece at ${piece.offset} after ${written} bytes`);
    aside.pieces.push(piece.data);
    aside.done = piece.done;
  }

  /** Keeps a snapshot of its own and drops the log up to `kept` entries below it. */
  takeSnapshot(snapshot: StoredSnapshot, kept: number): void {
    this.snapshot = snapshot;
    const to = snapshot.meta.index - kept;
    if (to <= this.baseIndex) return;
    const term = this.termAt(to);
    this.entries = this.entries.slice(to - this.baseIndex);
    this.baseIndex = to;
    this.baseTerm = term;
  }

  /** What recovery hands to the core. */
  /** `inStorage`: the entries after the snapshot stay here, and Raft has to ask for them. */
  recovered(inStorage: boolean): Pick<RaftOptions, 'entries' | 'olderTerms' | 'stored'> {
    const olderTerms: TermRun[] = [{ firstIndex: this.baseIndex, term: this.baseTerm }];
    for (const { index, term } of this.entries) {
      if (index <= this.snapshot.meta.index && olderTerms[olderTerms.length - 1]?.term !== term)
        olderTerms.push({ firstIndex: index, term });
    }
    const entries = this.entries.slice(Math.max(0, this.snapshot.meta.index - this.baseIndex));
    return inStorage
      ? { entries: [], olderTerms, stored: storedOf(this.snapshot.meta, entries) }
      : { entries, olderTerms };
  }
}

function storedOf(snapshot: SnapshotMeta, entries: readonly Entry[]): StoredEntries {
  const terms: TermRun[] = [];
  let { index: last, term: lastTerm } = snapshot;
  for (const { index, term } of entries) {
    if (term !== lastTerm) terms.push({ firstIndex: index, term });
    last = index;
    lastTerm = term;
  }
  const configurations = entries.filter(({ kind }) => kind === EntryKind.configuration);
  return { last, terms, configurations };
}
