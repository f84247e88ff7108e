import { decodeConfiguration, type Entry, encodeConfiguration, type SnapshotMeta } from 'raft-ts-lite';
import { crc32c } from '../codec/crc32c.ts';
import { FieldReader } from '../codec/field-reader.ts';
import { FieldWriter } from '../codec/field-writer.ts';
import { encodeEntries, endOfRecord } from '../storage/log/log-format.ts';
import { beginRecord, endRecord, RECORD_OVERHEAD_BYTES, RECORD_PREFIX_BYTES } from '../storage/log/record.ts';
import { storedFormat } from '../storage/stored-format.ts';
import { BackupFault } from './backup-fault.ts';

/**
 * What a member sends as a backup, and what each part of an archive holds:
 *
 *     magic, 8 bytes │ records (`storage/log/record.ts`), chained from the checksum of the magic
 *
 * The records: the origin; where there is a snapshot its head, its chunks and its foot; entries, ascending and without a hole; the end. What has no end is
 * cut off.
 */
export const BackupRecord = {
  origin: 1,
  snapshotHead: 2,
  snapshotChunk: 3,
  snapshotFoot: 4,
  entries: 5,
  end: 6,
} as const;

const MAGIC = new TextEncoder().encode('ROOKBKP1');
const MAGIC_CHAIN = crc32c(MAGIC, 0, MAGIC.length, 0);
/** Far beyond the longest entry, and the longest chunk of a snapshot. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Whose backup it is. */
export interface Origin {
  readonly clusterId: string;
  readonly serverId: number;
  /** Of the program that wrote it. */
  readonly version: string;
}

/** A state of a member. */
export interface Reached {
  /** Of the log; the state holds this entry and all before it. */
  readonly index: number;
  readonly term: number;
  readonly zxid: number;
  /** The time of its last command, ms since 1970. */
  readonly timeMs: number;
  readonly featureLevel: number;
  /** Of the tree and the sessions, as the member has it. */
  readonly digest: string;
}

export interface SnapshotHead {
  readonly meta: SnapshotMeta;
  readonly digest: string;
}

/** Makes the bytes: each call gives those of one record, which are the caller's. */
export class RecordWriter {
  readonly #writer = new FieldWriter(storedFormat, 64 * 1024);
  #chain = MAGIC_CHAIN;

  origin(origin: Origin): Uint8Array {
    this.#writer.raw(MAGIC);
    return this.#json(BackupRecord.origin, origin);
  }

  snapshotHead({ meta, digest }: SnapshotHead): Uint8Array {
    return this.#record(BackupRecord.snapshotHead, (writer) => {
      writer.f64(meta.index);
      writer.f64(meta.term);
      writer.text(digest);
      writer.block(encodeConfiguration(meta.configuration));
    });
  }

  snapshotChunk(chunk: Uint8Array): Uint8Array {
    return this.#record(BackupRecord.snapshotChunk, (writer) => writer.raw(chunk));
  }

  snapshotFoot(): Uint8Array {
    return this.#record(BackupRecord.snapshotFoot, () => undefined);
  }

  /** At least one. */
  *entries(entries: readonly Entry[]): Generator<Uint8Array, void> {
    for (let from = 0; from < entries.length; ) {
      const end = endOfRecord(entries, from);
      yield this.#record(BackupRecord.entries, (writer) => encodeEntries(writer, entries, from, end));
      from = end;
    }
  }

  /** @param reached of a log; nothing is told of a snapshot, which says it itself */
  end(reached: Reached | undefined): Uint8Array {
    return this.#json(BackupRecord.end, reached ?? {});
  }

  /** A record as another writer made it. */
  again({ type, payload }: RawRecord): Uint8Array {
    return this.#record(type, (writer) => writer.raw(payload));
  }

  #json(type: number, value: object): Uint8Array {
    return this.#record(type, (writer) => writer.raw(new TextEncoder().encode(JSON.stringify(value))));
  }

  #record(type: number, fill: (writer: FieldWriter) => void): Uint8Array {
    const writer = this.#writer;
    const start = beginRecord(writer, type);
    fill(writer);
    this.#chain = endRecord(writer, start, this.#chain);
    return writer.takeBytes();
  }
}

export interface RawRecord {
  readonly type: number;
  /** Valid until the next record is asked for. */
  readonly payload: Uint8Array;
}

/** The records of a stream, as far as they verify. Throws BackupFault `damaged` at the first that does not, and where there is no end. */
export async function* readRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<RawRecord, void> {
  let held: Uint8Array = new Uint8Array(0);
  let chain = -1;
  let hasEnded = false;
  for await (const piece of source) {
    if (hasEnded && piece.length > 0) throw new BackupFault('damaged', 'something follows the end');
    held = joined(held, piece);
    let at = 0;
    if (chain < 0) {
      if (held.length < MAGIC.length) continue;
      if (MAGIC.some((byte, i) => held[i] !== byte))
        throw new BackupFault('damaged', 'it does not begin as a backup does');
      at = MAGIC.length;
      chain = MAGIC_CHAIN;
    }
    while (held.length - at >= RECORD_OVERHEAD_BYTES) {
      const length = lengthAt(held, at);
      const end = at + RECORD_PREFIX_BYTES + length;
      if (end > held.length) break;
      chain = verified(held, at, end, chain);
      const type = held[at + RECORD_PREFIX_BYTES]!;
      if (hasEnded) throw new BackupFault('damaged', 'something follows the end');
      hasEnded = type === BackupRecord.end;
      yield { type, payload: held.subarray(at + RECORD_OVERHEAD_BYTES, end) };
      at = end;
    }
    held = held.subarray(at);
    if (hasEnded && held.length > 0) throw new BackupFault('damaged', 'something follows the end');
  }
  if (!hasEnded) throw new BackupFault('damaged', 'it is cut off');
}

function joined(held: Uint8Array, piece: Uint8Array): Uint8Array {
  if (held.length === 0) return piece;
  const both = new Uint8Array(held.length + piece.length);
  both.set(held);
  both.set(piece, held.length);
  return both;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, RECORD_PREFIX_BYTES).getUint32(4, true);
  if (length >= 1 && length <= MAX_RECORD_BYTES) return length;
  throw new BackupFault('damaged', `a record says that it has ${length} bytes`);
}

function verified(bytes: Uint8Array, at: number, end: number, chain: number): number {
  const crc = crc32c(bytes, at + 4, end, chain);
  const said = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  if (crc !== said) throw new BackupFault('damaged', 'the checksum of a record does not verify');
  return crc;
}

export function decodeSnapshotHead(payload: Uint8Array): SnapshotHead {
  const reader = new FieldReader(payload, storedFormat);
  const index = reader.whole();
  const term = reader.whole();
  const digest = reader.text();
  return { meta: { index, term, configuration: decodeConfiguration(reader.block()) }, digest };
}

export function decodeOrigin(payload: Uint8Array): Origin {
  return decodeJson(payload) as Origin;
}

export function decodeReached(payload: Uint8Array): Reached {
  return decodeJson(payload) as Reached;
}

/** What passed its checksum is what was written. */
function decodeJson(payload: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(payload));
}
