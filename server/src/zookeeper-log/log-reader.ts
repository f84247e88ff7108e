import { Reader } from '@rookery/protocol';
import { MAX_FRAME_BYTES } from '../bounds/limits.ts';
import { ADLER32_OF_NOTHING, adler32 } from '../codec/adler32.ts';
import { PieceBuffer } from '../codec/piece-buffer.ts';
import {
  CHECKSUM_BYTES,
  END_OF_RECORD,
  LENGTH_BYTES,
  LOG_HEADER_BYTES,
  LOG_MAGIC,
  LOG_VERSION,
} from './format.ts';
import { type LoggedTxn, readLoggedTxn } from './txn.ts';

/** What may be wrong with what is to be a transaction log of ZooKeeper's. */
export const LogFault = {
  /** It does not begin as one. */
  noLog: 'no-log',
  unknownVersion: 'unknown-version',
  /** A transaction that is none, or one that is known nowhere here. */
  malformed: 'malformed',
  wrongChecksum: 'wrong-checksum',
  /** Something was overwritten: behind a record that is not whole there are others. */
  damaged: 'damaged',
} as const;
export type LogFault = (typeof LogFault)[keyof typeof LogFault];

export interface LogEnd {
  /** Bytes of a last record of which the rest is missing: nobody was told that it was written, so it is none. */
  readonly tornBytes: number;
}

const FIRST_BUFFER_BYTES = 64 * 1024;
const PREFIX_BYTES = CHECKSUM_BYTES + LENGTH_BYTES;

/**
 * Reads a transaction log in pieces, cut anywhere. Whatever the bytes are, the answer is a fault's code, never an exception; no more is held than one
 * transaction, or what may be the beginning of one.
 *
 *   header ──► record ──┬─► zeros: only zeros may follow
 *                 ▲─────┘
 *                 └──► torn: it is held to its end, for it may not be followed by a record that is whole
 */
export class ZookeeperLogReader {
  readonly #sink: (txn: LoggedTxn) => void;
  readonly #reader = new Reader();
  readonly #buffer = new PieceBuffer(FIRST_BUFFER_BYTES);
  #step: 'header' | 'record' | 'zeros' = 'header';
  #tornBytes = 0;
  #fault: LogFault | undefined;

  /** @param sink is told each transaction; its ranges are valid until it returns */
  constructor(sink: (txn: LoggedTxn) => void) {
    this.#sink = sink;
  }

  /** Takes the next piece. The first fault found stays the answer. */
  feed(piece: Uint8Array): LogFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    this.#buffer.append(piece);
    while (this.#fault === undefined && this.#takeOne());
    return this.#fault;
  }

  /** All pieces were fed. */
  finish(): LogEnd | { readonly fault: LogFault } {
    if (this.#fault === undefined) this.#takeEnd();
    return this.#fault === undefined ? { tornBytes: this.#tornBytes } : { fault: this.#fault };
  }

  /** Whether something was taken; false: more has to come. */
  #takeOne(): boolean {
    if (this.#buffer.length === 0) return false;
    if (this.#step === 'header') return this.#takeHeader();
    return this.#step === 'record' ? this.#takeRecord() : this.#takeZeros();
  }

  #takeHeader(): boolean {
    if (!this.#has(LENGTH_BYTES)) return false;
    if (this.#intAt(0) !== LOG_MAGIC) return this.#fail(LogFault.noLog);
    if (!this.#has(LOG_HEADER_BYTES)) return false;
    if (this.#intAt(LENGTH_BYTES) !== LOG_VERSION) return this.#fail(LogFault.unknownVersion);
    this.#step = 'record';
    return this.#skip(LOG_HEADER_BYTES);
  }

  #takeRecord(): boolean {
    if (!this.#has(PREFIX_BYTES)) return false;
    const length = this.#intAt(CHECKSUM_BYTES);
    if (length === 0) {
      // The file was made longer before the next record came, of which there may be some of the checksum.
      if (!this.#isZero(0, CHECKSUM_BYTES)) this.#tornBytes = PREFIX_BYTES;
      this.#step = 'zeros';
      return this.#skip(PREFIX_BYTES);
    }
    if (length < 0 || length > MAX_FRAME_BYTES) return this.#fail(LogFault.malformed);
    // The checksum comes first, and is 0 of nothing that there is.
    if (this.#isZero(0, CHECKSUM_BYTES)) return this.#fail(LogFault.damaged);
    if (!this.#has(PREFIX_BYTES + length + 1)) return false;
    const { bytes, at } = this.#buffer;
    const start = at + PREFIX_BYTES;
    const end = start + length;
    if (bytes[end] !== END_OF_RECORD) return this.#takeTorn(bytes[end]!);
    if (!this.#isRight(start, end)) return this.#fail(LogFault.wrongChecksum);
    const txn = readLoggedTxn(this.#reader.reset(bytes, start, end));
    if (txn === undefined) return this.#fail(LogFault.malformed);
    this.#sink(txn);
    return this.#skip(PREFIX_BYTES + length + 1);
  }

  /** The mark is missing behind a record in a file that had been made longer: it was written in part, and zeros follow what there is of it. */
  #takeTorn(mark: number): boolean {
    if (mark !== 0) return this.#fail(LogFault.damaged);
    const { at } = this.#buffer;
    const end = at + PREFIX_BYTES + this.#intAt(CHECKSUM_BYTES);
    this.#tear(end);
    this.#step = 'zeros';
    return this.#skip(end - at);
  }

  #takeZeros(): boolean {
    if (!this.#isZero(0, this.#buffer.length)) return this.#fail(LogFault.damaged);
    return this.#skip(this.#buffer.length);
  }

  /** The file ends amid a record. */
  #takeEnd(): void {
    const { length, end } = this.#buffer;
    if (this.#step === 'header') this.#fail(LogFault.noLog);
    else if (length > 0 && !this.#isZero(0, length)) this.#tear(end);
  }

  /** A record that was not written in whole, as far as `until`; unless its length was overwritten, or its mark. */
  #tear(until: number): void {
    const { at } = this.#buffer;
    this.#tornBytes = until - at;
    if (this.#isShorter(until) || this.#holdsRecord(until)) this.#fail(LogFault.damaged);
  }

  /** Whether its checksum is that of fewer bytes than it says. */
  #isShorter(until: number): boolean {
    const { bytes, at } = this.#buffer;
    if (until - at <= PREFIX_BYTES) return false;
    const told = this.#intAt(LENGTH_BYTES) >>> 0;
    let checksum = ADLER32_OF_NOTHING;
    for (let from = at + PREFIX_BYTES; ; ) {
      const mark = bytes.indexOf(END_OF_RECORD, from);
      if (mark < 0 || mark >= until) return false;
      checksum = adler32(bytes, from, mark, checksum);
      if (checksum === told) return true;
      checksum = adler32(bytes, mark, mark + 1, checksum);
      from = mark + 1;
    }
  }

  /** Whether a whole record begins anywhere within it. */
  #holdsRecord(until: number): boolean {
    const { bytes, at: from } = this.#buffer;
    const reader = this.#reader;
    for (let at = from + 1; at + PREFIX_BYTES < until; at++) {
      // The checksum has 32 bits of the 64.
      if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) continue;
      const length = reader.reset(bytes, at + CHECKSUM_BYTES, until).readInt();
      const start = at + PREFIX_BYTES;
      if (length <= 0 || start + length >= until || bytes[start + length] !== END_OF_RECORD) continue;
      const told = reader.reset(bytes, at + LENGTH_BYTES, until).readInt() >>> 0;
      if (adler32(bytes, start, start + length, ADLER32_OF_NOTHING) === told) return true;
    }
    return false;
  }

  #isRight(start: number, end: number): boolean {
    const { bytes } = this.#buffer;
    return this.#intAt(0) === 0 && this.#intAt(4) >>> 0 === adler32(bytes, start, end, ADLER32_OF_NOTHING);
  }

  #fail(fault: LogFault): boolean {
    this.#fault ??= fault;
    return true;
  }

  #has(count: number): boolean {
    return this.#buffer.length >= count;
  }

  #intAt(offset: number): number {
    const { bytes, at, end } = this.#buffer;
    return this.#reader.reset(bytes, at + offset, end).readInt();
  }

  #isZero(from: number, until: number): boolean {
    const { bytes, at } = this.#buffer;
    for (let i = at + from; i < at + until; i++) if (bytes[i] !== 0) return false;
    return true;
  }

  #skip(count: number): boolean {
    this.#buffer.at += count;
    return true;
  }
}
