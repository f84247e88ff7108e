import { InvariantViolation } from './errors.ts';
import type { RaftOptions, StoredEntries } from './options.ts';
import { TermRuns } from './term-runs.ts';
import type { Entry, SnapshotMeta } from './types.ts';

type RecoveredLog = Pick<RaftOptions, 'snapshot' | 'stored' | 'entries' | 'olderTerms' | 'maxLogBytes'>;

/** What an entry costs in memory besides its data, roughly. */
const ENTRY_OVERHEAD_BYTES = 64;
/** The array's dead front is cut off once it is at least this long and half of the array. */
const MIN_DEAD_SLOTS = 1_024;
const freed: Entry = { index: 0, term: 0, kind: 2, data: new Uint8Array(0) };

export function entryBytes(entry: Entry): number {
  return entry.data.length + ENTRY_OVERHEAD_BYTES;
}

/** The position after the last, of those before `limit`, up to which the entries since `from` stay within maxBytes; at least `from + 1`. */
export function endOfBatch(entries: readonly Entry[], from: number, limit: number, maxBytes: number): number {
  let bytes = entryBytes(entries[from] as Entry);
  let end = from + 1;
  for (; end < limit; end += 1) {
    bytes += entryBytes(entries[end] as Entry);
    if (bytes > maxBytes) break;
  }
  return end;
}

/**
 * The log, of which only a window is in memory.
 *
 *        base             first        applied   commit       persisted  handed   last
 *   ──────┴────────────────┴──────────────┴─────────┴────────────┴──────────┴───────┴──
 *    gone │ in storage only │ in memory: up to maxBytes below min(applied, persisted), and all above
 *
 * applied ≤ commit ≤ last and persisted ≤ handed ≤ last always; commit may pass persisted (a majority without
 * this member), never the other way round on a leader's say-so.
 */
export class RaftLog {
  /** Last entry, or the snapshot's index where no entry follows it. */
  last: number;
  /** Durable here, and still part of this log. */
  persisted: number;
  /** Given out in a Write, durable or under way. */
  handed: number;
  commit: number;
  /** Applied by the program. */
  applied: number;
  /** First index in memory. */
  first: number;
  readonly #runs: TermRuns;
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  /** Position of entry `first` within #entries. */
  #head = 0;
  /** Entries from `first` to this index are applied and durable: droppable. */
  #droppableTo: number;
  #droppableBytes = 0;
  /** Sums over all that was ever appended, handed out and found durable. */
  #appendedBytes = 0;
  #handedBytes = 0;
  #persistedBytes = 0;

  /** @throws InvariantViolation where the recovered pieces do not join. */
  constructor({ snapshot, stored, entries, olderTerms, maxLogBytes }: RecoveredLog) {
    this.#runs = new TermRuns(olderTerms ?? [{ firstIndex: snapshot.index, term: snapshot.term }]);
    if (this.#runs.base > snapshot.index || this.#runs.termAt(snapshot.index) !== snapshot.term)
      throw new InvariantViolation('recovered-log-gap', `older terms end before snapshot ${snapshot.index}`);
    this.#maxBytes = maxLogBytes;
    this.last = this.commit = this.applied = this.persisted = this.handed = snapshot.index;
    if (stored !== undefined) this.#recoverStored(stored);
    this.first = this.last + 1;
    this.#droppableTo = this.last;
    for (const entry of entries) {
      if (entry.index !== this.last + 1 || entry.term < this.termAt(this.last))
        throw new InvariantViolation('recovered-log-gap', `entry ${entry.index} after ${this.last}`);
      this.append(entry);
    }
    this.handOut();
    this.persisted = this.handed;
    this.#persistedBytes = this.#handedBytes;
  }

  #recoverStored({ last, terms }: StoredEntries): void {
    if (last < this.last)
      throw new InvariantViolation('recovered-log-gap', `last ${last} below ${this.last}`);
    for (const { firstIndex, term } of terms) {
      if (firstIndex <= this.last || firstIndex > last || term < this.#runs.termAt(firstIndex))
        throw new InvariantViolation('recovered-log-gap', `term ${term} from ${firstIndex} on, last ${last}`);
      this.#runs.append(firstIndex, term);
    }
    this.last = last;
  }

  /** The entry before the first that storage holds. */
  get base(): number {
    return this.#runs.base;
  }

  get lastTerm(): number {
    return this.#runs.termAt(this.last);
  }

  /** -1 where the index is below the base or above the last. */
  termAt(index: number): number {
    return index < this.#runs.base || index > this.last ? -1 : this.#runs.termAt(index);
  }

  /** Raft's "at least as up-to-date" (paper, 5.4.1) of a log that ends so, compared with this one. */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    const own = this.lastTerm;
    return lastTerm > own || (lastTerm === own && lastIndex >= this.last);
  }

  /** The greatest index at or below `index` whose term is at most `term`: where two logs may still agree. */
  lastWithTermAtMost(index: number, term: number): number {
    return index <= this.base ? this.base : this.#runs.lastWithTermAtMost(Math.min(index, this.last), term);
  }

  /** `index` from [first, last]. */
  entry(index: number): Entry {
    return this.#entries[this.#head + index - this.first] as Entry;
  }

  append(entry: Entry): void {
    if (entry.index !== this.last + 1)
      throw new InvariantViolation('log-gap', `entry ${entry.index} after ${this.last}`);
    this.#entries.push(entry);
    this.#appendedBytes += entryBytes(entry);
    this.last = entry.index;
    this.#runs.append(entry.index, entry.term);
  }

  /** Drops all from `index` on: they conflict with the leader's. */
  truncateFrom(index: number): void {
    if (index <= this.commit)
      throw new InvariantViolation('committed-entry-conflict', `index ${index}, committed to ${this.commit}`);
    if (index < this.first) this.#forgetWindow(index);
    else this.#entries.length = this.#head + index - this.first;
    this.#runs.truncateFrom(index);
    this.last = index - 1;
    if (this.handed >= index) this.handed = index - 1;
    if (this.persisted >= index) this.persisted = index - 1;
  }

  /** What is in memory is cut off, too: nothing of it is applied, or it would be committed. */
  #forgetWindow(index: number): void {
    this.#entries = [];
    this.#head = 0;
    this.first = index;
    this.#droppableTo = index - 1;
  }

  /** A new array of the entries from `from` to `to`, both in memory. */
  slice(from: number, to: number): Entry[] {
    const start = this.#head + from - this.first;
    return this.#entries.slice(start, start + to - from + 1);
  }

  /** The last index up to `to` at which the entries since `from` stay within maxBytes; at least `from`. */
  endWithin(from: number, to: number, maxBytes: number): number {
    const start = this.#head + from - this.first;
    const end = endOfBatch(this.#entries, start, start + to - from + 1, maxBytes);
    return from + end - start - 1;
  }

  bytesBetween(from: number, to: number): number {
    let bytes = 0;
    for (let index = Math.max(from, this.first); index <= to; index += 1)
      bytes += entryBytes(this.entry(index));
    return bytes;
  }

  /** Whether it moved. Never goes back. */
  commitTo(index: number): boolean {
    if (index <= this.commit) return false;
    if (index > this.last)
      throw new InvariantViolation('committed-entry-missing', `index ${index}, last ${this.last}`);
    this.commit = index;
    return true;
  }

  appliedTo(index: number): void {
    if (index <= this.applied) return;
    this.applied = index;
    this.#trim();
  }

  /** All that there is goes into a Write. */
  handOut(): void {
    this.handed = this.last;
    this.#handedBytes = this.#appendedBytes;
  }

  /** Nothing of what was handed out is durable. */
  takeBack(): void {
    this.handed = this.persisted;
    this.#handedBytes = this.#persistedBytes;
  }

  /** All that was handed out, and not cut off since, is durable. */
  persistedToHanded(): void {
    this.persisted = this.handed;
    this.#persistedBytes = this.#handedBytes;
    this.#trim();
  }

  /** An upper bound of what is appended and not durable here: what was cut off since the last Write counts, too. */
  get unpersistedBytes(): number {
    return this.#appendedBytes - this.#persistedBytes;
  }

  /** Storage may hold nothing at or below `index` any more. */
  compact(index: number): void {
    if (index <= this.base) return;
    this.#runs.compact(index);
    while (this.first <= index) this.#dropFirst();
  }

  /** Begins again after a snapshot that the log does not reach. Nothing is durable until a Write has installed it. */
  restore(snapshot: SnapshotMeta): void {
    this.#entries = [];
    this.#head = 0;
    this.#runs.reset(snapshot.index, snapshot.term);
    this.first = snapshot.index + 1;
    this.last = this.commit = this.applied = this.#droppableTo = snapshot.index;
    this.#droppableBytes = 0;
    this.handed = this.persisted = 0;
  }

  #trim(): void {
    const to = Math.min(this.applied, this.persisted);
    while (this.#droppableTo < to) {
      this.#droppableTo += 1;
      this.#droppableBytes += entryBytes(this.entry(this.#droppableTo));
    }
    while (this.#droppableBytes > this.#maxBytes) this.#dropFirst();
  }

  #dropFirst(): void {
    const entry = this.entry(this.first);
    if (this.first <= this.#droppableTo) this.#droppableBytes -= entryBytes(entry);
    else this.#droppableTo = this.first;
    this.#entries[this.#head] = freed;
    this.#head += 1;
    this.first += 1;
    if (this.#head >= MIN_DEAD_SLOTS && this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
