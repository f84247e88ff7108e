import type { Entry, EntryKind, HardState } from 'raft-ts-lite';
import { crc32c } from '../../codec/crc32c.ts';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import { FieldError, storedFormat } from '../stored-format.ts';
import { RECORD_OVERHEAD_BYTES } from './record.ts';

/** What a log segment holds: a header, then records (`record.ts`), then zeros up to its preallocated size. */

export const LOG_FORMAT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 144;
export const MAX_CLUSTER_ID_BYTES = 64;

export const LogRecord = {
  /** term, vote: of an earlier release. Now they are in the hard state file. */
  hardState: 1,
  /**
   * Consecutive entries of one Write, which has as many such records as its weight asks for. Where the first index is at or below the last
   * one before, everything from it on is replaced. Because one record does both, a crash cannot leave the old tail cut and nothing of the
   * new one, nor the old one behind the new.
   */
  entries: 2,
  /** index, term: a snapshot was installed in place of the whole log before; the log goes on after index. */
  installed: 3,
  /** 1 where the tail was cut and the member must not vote; 0 where a leader made it good. */
  suspicion: 4,
} as const;
export type LogRecord = (typeof LogRecord)[keyof typeof LogRecord];

export interface SegmentHeader {
  readonly clusterId: string;
  /** 1 for the first segment of a log; each next one is one higher. */
  readonly sequence: number;
  /** The index that the next entry had when the segment was begun. */
  readonly firstIndex: number;
  /** Term of the entry before it, when the segment was begun. */
  readonly previousTerm: number;
  /** Where the records of the segment before end, and the checksum there: a sealed segment that lost its tail is recognized. */
  readonly previousEnd: number;
  readonly previousChain: number;
  /** The state before the segment's first record, so that older segments may be removed. */
  readonly suspect: boolean;
}

export interface ReadSegmentHeader extends SegmentHeader {
  /** Of an earlier release, for the same purpose; zeros now. */
  readonly hardState: HardState;
  /** The header's checksum: the chain's beginning. */
  readonly chain: number;
}

const MAGIC = new TextEncoder().encode('ROOKLOG\n');
const CRC_OFFSET = SEGMENT_HEADER_BYTES - 4;

export function encodeSegmentHeader(header: SegmentHeader): { bytes: Uint8Array; chain: number } {
  const clusterId = new TextEncoder().encode(header.clusterId);
  if (clusterId.length > MAX_CLUSTER_ID_BYTES) {
    throw new FieldError(
      `a cluster id has at most ${MAX_CLUSTER_ID_BYTES} bytes, this one ${clusterId.length}`,
    );
  }
  const writer = new FieldWriter(storedFormat, SEGMENT_HEADER_BYTES);
  writer.raw(MAGIC);
  writer.u32(LOG_FORMAT_VERSION);
  writer.u32(header.previousChain);
  writer.f64(header.sequence);
  writer.f64(header.firstIndex);
  writer.f64(header.previousTerm);
  writer.f64(header.previousEnd);
  writer.f64(0);
  writer.f64(0);
  writer.u8(header.suspect ? 1 : 0);
  writer.block(clusterId);
  writer.padTo(CRC_OFFSET);
  const chain = crc32c(writer.bytes, 0, CRC_OFFSET, 0);
  writer.u32(chain);
  return { bytes: writer.takeBytes(), chain };
}

export type SegmentHeaderResult =
  | { readonly kind: 'ok'; readonly header: ReadSegmentHeader }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'unknown-version'; readonly version: number };

export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeaderResult {
  if (bytes.length < SEGMENT_HEADER_BYTES) return { kind: 'damaged' };
  const reader = new FieldReader(bytes, storedFormat);
  const start = reader.raw(MAGIC.length);
  if (start.some((byte, i) => byte !== MAGIC[i])) return { kind: 'damaged' };
  const version = reader.u32();
  if (version !== LOG_FORMAT_VERSION) return { kind: 'unknown-version', version };
  const chain = crc32c(bytes, 0, CRC_OFFSET, 0);
  const previousChain = reader.u32();
  const sequence = reader.f64();
  const firstIndex = reader.f64();
  const previousTerm = reader.f64();
  const previousEnd = reader.f64();
  const hardState = { term: reader.f64(), vote: reader.f64() };
  const suspect = reader.u8() === 1;
  const clusterIdStart = reader.offset;
  reader.offset = CRC_OFFSET;
  if (reader.u32() !== chain) return { kind: 'damaged' };
  reader.offset = clusterIdStart;
  const clusterId = reader.text();
  return {
    kind: 'ok',
    header: {
      clusterId,
      sequence,
      firstIndex,
      previousTerm,
      previousEnd,
      previousChain,
      hardState,
      suspect,
      chain,
    },
  };
}

/** A record of entries goes on up to this payload; a larger entry has one to itself. Whoever reads one entry reads its whole record. */
export const MAX_ENTRIES_PAYLOAD_BYTES = 256 * 1024;

const ENTRIES_OVERHEAD_BYTES = 12;
const ENTRY_OVERHEAD_BYTES = 13;

/** Where the record ends that begins with entry `from` of `entries`: the position after its last one. */
export function endOfRecord(entries: readonly Entry[], from: number): number {
  let bytes = ENTRIES_OVERHEAD_BYTES + ENTRY_OVERHEAD_BYTES + entries[from]!.data.length;
  let end = from + 1;
  while (end < entries.length) {
    bytes += ENTRY_OVERHEAD_BYTES + entries[end]!.data.length;
    if (bytes > MAX_ENTRIES_PAYLOAD_BYTES) break;
    end++;
  }
  return end;
}

/** What the records of these entries take. */
export function entriesRecordBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  let payload = MAX_ENTRIES_PAYLOAD_BYTES;
  for (let i = 0; i < entries.length; i++) {
    const size = ENTRY_OVERHEAD_BYTES + entries[i]!.data.length;
    if (payload + size > MAX_ENTRIES_PAYLOAD_BYTES) {
      payload = ENTRIES_OVERHEAD_BYTES;
      bytes += RECORD_OVERHEAD_BYTES + ENTRIES_OVERHEAD_BYTES;
    }
    payload += size;
    bytes += size;
  }
  return bytes;
}

export const INSTALLED_RECORD_BYTES = RECORD_OVERHEAD_BYTES + 16;
export const SUSPICION_RECORD_BYTES = RECORD_OVERHEAD_BYTES + 1;

/** Of the entries in [from, end): first index f64, count u32, then of each: term f64, kind u8, length u32, data. */
export function encodeEntries(
  writer: FieldWriter,
  entries: readonly Entry[],
  from: number,
  end: number,
): void {
  writer.f64(entries[from]!.index);
  writer.u32(end - from);
  for (let i = from; i < end; i++) {
    const entry = entries[i]!;
    writer.f64(entry.term);
    writer.u8(entry.kind);
    writer.block(entry.data);
  }
}

/**
 * Decodes into `into` the entries with index in [from, to); their data are views of `payload`. Returns the index after the record's last.
 */
export function decodeEntries(payload: Uint8Array, from: number, to: number, into: Entry[]): number {
  const reader = new FieldReader(payload, storedFormat);
  const first = reader.f64();
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    const index = first + i;
    const term = reader.f64();
    const kind = reader.u8() as EntryKind;
    const data = reader.block();
    if (index >= from && index < to) into.push({ index, term, kind, data });
  }
  if (reader.remaining !== 0) throw new FieldError(`${reader.remaining} bytes too many`);
  return first + count;
}
