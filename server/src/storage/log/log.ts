import type { Entry, Write } from 'raft-ts-lite';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk, DiskFile } from '../../ports/disk.ts';
import { isShortage } from '../../ports/disk.ts';
import { HARD_STATE_NAME, type HardStateFile } from '../member/hard-state-file.ts';
import type { MemberIdentity } from '../recovered.ts';
import {
  diskFailed,
  diskFull,
  isDiskFull,
  type StorageError,
  StorageInvariantViolation,
} from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import {
  encodeEntries,
  endOfRecord,
  entriesRecordBytes,
  INSTALLED_RECORD_BYTES,
  LogRecord,
  SEGMENT_HEADER_BYTES,
  SUSPICION_RECORD_BYTES,
} from './log-format.ts';
import { LogState } from './log-state.ts';
import { beginRecord, endRecord, FIRST_OF_WRITE } from './record.ts';
import { FIRST_SEQUENCE, LOG_FOLDER, nameSegment, PREPARED_NAME, type SegmentName } from './segment-file.ts';
import { type PreparedSegment, SegmentPreparer, segmentBytesAtStart } from './segment-preparer.ts';

export type PersistDone = (error?: StorageError) => void;

/** The segment that records are appended to. */
export interface OpenSegment extends SegmentName {
  readonly file: DiskFile;
  /** Preallocated size. */
  readonly sizeBytes: number;
  /** End of the last record. */
  readonly position: number;
  /** Checksum of the last record. */
  readonly chain: number;
}

/**
 * Appends Writes: one buffer, one write, one sync each. Its state is that of the last durable Write. Where term or vote changed they are
 * synced first, in a file of their own: what a Write promises, and what may be answered once it is durable, is never ahead of them.
 */
export class Log {
  readonly state: LogState;
  readonly #disk: Disk;
  readonly clusterId: string;
  readonly #votes: HardStateFile;
  /** Oldest first; the last one is appended to. */
  #segments: SegmentName[];
  readonly #preparer: SegmentPreparer;
  readonly #writer = new FieldWriter(storedFormat, 256 * 1024);

  #file: DiskFile;
  #sizeBytes: number;
  #position: number;
  #chain: number;

  /** The Write that the disk is working on. */
  #write: Write | undefined;
  #done: PersistDone | undefined;
  #nextChain = 0;
  /** Of its records of entries, three numbers each: position in the Write after the last entry, offset in the file, checksum before. */
  readonly #records: number[] = [];

  constructor(
    disk: Disk,
    clusterId: string,
    votes: HardStateFile,
    segmentBytes: number,
    state: LogState,
    sealed: readonly SegmentName[],
    open: OpenSegment,
  ) {
    this.#disk = disk;
    this.clusterId = clusterId;
    this.#votes = votes;
    this.state = state;
    this.#segments = [...sealed, { name: open.name, sequence: open.sequence, firstIndex: open.firstIndex }];
    this.#preparer = new SegmentPreparer(disk, segmentBytes);
    this.#file = open.file;
    this.#sizeBytes = open.sizeBytes;
    this.#position = open.position;
    this.#chain = open.chain;
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  /** Before the log takes so many bytes more of its disk it waits for `wait`. */
  growAfter(wait: (bytes: number) => Promise<void>): void {
    this.#preparer.waitForRoom = wait;
  }

  segmentNameOf(sequence: number): string | undefined {
    return this.#segments.find((segment) => segment.sequence === sequence)?.name;
  }

  /** Throws StorageInvariantViolation where the Write does not continue the log. */
  check(write: Write): void {
    const { state } = this;
    const { entries, hardState, snapshot } = write;
    const { term } = this.#votes.hardState;
    if (hardState !== undefined && hardState.term < term) {
      throw new StorageInvariantViolation(`term ${hardState.term} after term ${term}`);
    }
    if (entries.length === 0) return;
    const last = snapshot === undefined ? state.lastIndex : snapshot.index;
    const first = entries[0]!.index;
    if (first > last + 1 || (snapshot !== undefined && first <= last)) {
      throw new StorageInvariantViolation(`entries from ${first} do not continue a log that ends at ${last}`);
    }
    checkConsecutive(entries, first);
  }

  /**
   * A Write that was checked. `done` gets `full` (at most term and vote were made durable, the Write may come again) or `failed`.
   */
  append(write: Write, done: PersistDone): void {
    this.#write = write;
    this.#done = done;
    if (write.hardState === undefined) this.#appendRecords();
    else this.#votes.write(write.hardState, this.#voted);
  }

  /**
   * Removes the segments whose entries all are at or below `index`, which a durable snapshot holds. A crash may undo any of the removals:
   * what stands before a gap then is removed at the next start (`log-leftovers.ts`).
   *
   * @param takeAway in place of the removal
   */
  async purge(
    index: number,
    takeAway: (segment: SegmentName) => Promise<void> = ({ name }) => this.#disk.remove(name),
  ): Promise<void> {
    const purged: SegmentName[] = [];
    while (this.#segments.length > 1 && this.#segments[1]!.firstIndex <= index + 1) {
      const next = this.#segments[1]!;
      this.state.purgedBefore(next.sequence, next.firstIndex);
      purged.push(this.#segments[0]!);
      this.#segments = this.#segments.slice(1);
    }
    for (const segment of purged) await takeAway(segment);
    if (purged.length > 0) await this.#disk.syncFolder(LOG_FOLDER);
  }

  async close(): Promise<void> {
    await this.#preparer.close();
    await this.#file.close();
    await this.#votes.close();
  }

  readonly #voted = (error: Error | undefined): void => {
    if (error === undefined) this.#appendRecords();
    else this.#done!(diskFailed('writing term and vote', HARD_STATE_NAME, error));
  };

  #appendRecords(): void {
    const bytes = encodedBytes(this.#write!);
    if (bytes === 0) {
      this.#finish();
      return;
    }
    if (this.#position + bytes > this.#sizeBytes) {
      this.#roll(SEGMENT_HEADER_BYTES + bytes).then(this.#appendEncoded, this.#rollFailed);
    } else {
      this.#appendEncoded();
    }
  }

  readonly #appendEncoded = (): void => {
    this.#encode(this.#write!);
    this.#file.append(this.#writer.bytes, this.#writer.length, this.#position, this.#appended);
  };

  readonly #appended = (error: Error | undefined): void => {
    if (error !== undefined) {
      // The Write stays: the log takes no other one after this.
      this.#done!(diskFailed('appending to the log', this.#segments.at(-1)!.name, error));
      return;
    }
    const write = this.#write!;
    const { state } = this;
    if (write.snapshot !== undefined) state.installed(write.snapshot.index, write.snapshot.term);
    this.#noteRecords(write.entries);
    if (write.clearSuspect) state.suspect = false;
    this.#position += this.#writer.length;
    this.#chain = this.#nextChain;
    this.#writer.clear();
    if (this.#position > this.#sizeBytes / 2) this.#preparer.start();
    this.#finish();
  };

  /** They are durable: from now on entries are read from there. */
  #noteRecords(entries: readonly Entry[]): void {
    const records = this.#records;
    const { state } = this;
    const { sequence } = this.#segments.at(-1)!;
    for (let i = 0, from = 0; i < records.length; i += 3) {
      const end = records[i]!;
      const last = entries[end - 1]!;
      state.appended(entries[from]!.index, last.index, last.term, sequence, records[i + 1]!, records[i + 2]!);
      from = end;
    }
  }

  #finish(error?: StorageError): void {
    const done = this.#done!;
    this.#write = undefined;
    this.#done = undefined;
    done(error);
  }

  #encode(write: Write): void {
    const writer = this.#writer;
    let chain = this.#chain;
    let mark: number = FIRST_OF_WRITE;
    this.#records.length = 0;
    if (write.snapshot !== undefined) {
      const start = beginRecord(writer, LogRecord.installed | mark);
      writer.f64(write.snapshot.index);
      writer.f64(write.snapshot.term);
      chain = endRecord(writer, start, chain);
      mark = 0;
    }
    const { entries } = write;
    for (let from = 0, end = 0; from < entries.length; from = end) {
      end = endOfRecord(entries, from);
      this.#records.push(end, this.#position + writer.length, chain);
      const start = beginRecord(writer, LogRecord.entries | mark);
      encodeEntries(writer, entries, from, end);
      chain = endRecord(writer, start, chain);
      mark = 0;
    }
    // Last: were the Write torn, the suspicion must not be gone while the entries that end it are.
    if (write.clearSuspect) {
      const start = beginRecord(writer, LogRecord.suspicion | mark);
      writer.u8(0);
      chain = endRecord(writer, start, chain);
    }
    this.#nextChain = chain;
  }

  /** Goes on in a new segment with room for `minBytes`. */
  async #roll(minBytes: number): Promise<void> {
    const { state } = this;
    let prepared: PreparedSegment;
    try {
      prepared = await this.#preparer.take(minBytes);
    } catch (error) {
      // Only here: nothing of the log was touched yet. A full disk further down leaves unknown what was done.
      throw isShortage(error) ? diskFull('a log segment', LOG_FOLDER, error) : error;
    }
    const sequence = this.#segments.at(-1)!.sequence + 1;
    const firstIndex = state.lastIndex + 1;
    const { name, chain } = await nameSegment(this.#disk, prepared.file, {
      clusterId: this.clusterId,
      sequence,
      firstIndex,
      previousTerm: state.lastTerm,
      previousEnd: this.#position,
      previousChain: this.#chain,
      suspect: state.suspect,
    });
    await this.#votes.beganSegment(sequence);
    const sealed = this.#file;
    this.#segments.push({ name, sequence, firstIndex });
    this.#file = prepared.file;
    this.#sizeBytes = prepared.sizeBytes;
    this.#position = SEGMENT_HEADER_BYTES;
    this.#chain = chain;
    await sealed.close();
  }

  readonly #rollFailed = (error: unknown): void => {
    if (isDiskFull(error)) this.#finish(error);
    else this.#done!(diskFailed('beginning a log segment', LOG_FOLDER, error));
  };
}

function checkConsecutive(entries: readonly Entry[], first: number): void {
  for (let i = 1; i < entries.length; i++) {
    if (entries[i]!.index !== first + i) {
      throw new StorageInvariantViolation(`entry ${entries[i]!.index} where ${first + i} was to come`);
    }
  }
}

function encodedBytes(write: Write): number {
  let bytes = 0;
  if (write.snapshot !== undefined) bytes += INSTALLED_RECORD_BYTES;
  bytes += entriesRecordBytes(write.entries);
  if (write.clearSuspect) bytes += SUSPICION_RECORD_BYTES;
  return bytes;
}

/** The log of a new member, durable and empty. */
export async function createFirstSegment(
  disk: Disk,
  identity: MemberIdentity,
  votes: HardStateFile,
  segmentBytes: number,
): Promise<Log> {
  const { clusterId, genesis } = identity;
  const position = SEGMENT_HEADER_BYTES;
  const sizeBytes = segmentBytesAtStart(position, segmentBytes);
  const file = await disk.create(PREPARED_NAME);
  try {
    await file.allocate(sizeBytes);
    const sequence = FIRST_SEQUENCE;
    const firstIndex = genesis.index + 1;
    const { name, chain } = await nameSegment(disk, file, {
      clusterId,
      sequence,
      firstIndex,
      previousTerm: 0,
      previousEnd: 0,
      previousChain: 0,
      suspect: false,
    });
    const state = new LogState(firstIndex, 0, false);
    const open = { name, sequence, firstIndex, file, sizeBytes, position, chain };
    return new Log(disk, clusterId, votes, segmentBytes, state, [], open);
  } catch (error) {
    await file.close();
    throw error;
  }
}
