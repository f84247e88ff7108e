import {
  decodeConfiguration,
  encodeConfiguration,
  MalformedConfiguration,
  type SnapshotMeta,
} from 'raft-ts-lite';
import { crc32c } from '../../codec/crc32c.ts';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { DiskFile } from '../../ports/disk.ts';
import { RecordScanner } from '../log/record-scanner.ts';
import { damaged } from '../log/segment-file.ts';
import { StorageError } from '../storage-error.ts';
import { FieldError, storedFormat } from '../stored-format.ts';

/**
 * A snapshot's file:
 *
 *     magic, 8 bytes │ version u32 │ header length u32 │ index f64 │ term f64 │ cluster id │ digest │ configuration │ crc32c u32
 *     records (`record.ts`), chained from the header: the writer's chunks, then the end with their count and bytes
 */
export const snapshotFormatVersion = 1;

export const SnapshotRecord = {
  chunk: 1,
  /** chunks f64, bytes f64. */
  end: 2,
} as const;

export interface SnapshotHeader {
  readonly meta: SnapshotMeta;
  readonly clusterId: string;
  readonly digest: string;
}

export interface ReadSnapshotHeader extends SnapshotHeader {
  /** Where the records begin, and the checksum before them. */
  readonly bytes: number;
  readonly chain: number;
}

const MAGIC = new TextEncoder().encode('ROOKSNP\n');
const FIXED_BYTES = MAGIC.length + 8;
/** A configuration names at most a few hundred members; more is no header. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

export function encodeSnapshotHeader(header: SnapshotHeader): { bytes: Uint8Array; chain: number } {
  const writer = new FieldWriter(storedFormat, 1024);
  writer.raw(MAGIC);
  writer.u32(snapshotFormatVersion);
  writer.u32(0);
  writer.f64(header.meta.index);
  writer.f64(header.meta.term);
  writer.text(header.clusterId);
  writer.text(header.digest);
  writer.block(encodeConfiguration(header.meta.configuration));
  writer.patchU32(MAGIC.length + 4, writer.length + 4);
  const chain = crc32c(writer.bytes, 0, writer.length, 0);
  writer.u32(chain);
  return { bytes: writer.takeBytes(), chain };
}

/** Throws StorageError `damaged` or `unknown-format`. */
export async function readSnapshotHeader(file: DiskFile): Promise<ReadSnapshotHeader> {
  const fixed = new Uint8Array(FIXED_BYTES);
  const fixedRead = await file.read(fixed, 0);
  const isSnapshot = fixedRead === FIXED_BYTES && MAGIC.every((byte, i) => fixed[i] === byte);
  if (!isSnapshot) throw damaged(file.name, 0, 'the header of a snapshot does not verify');
  const fields = new FieldReader(fixed.subarray(MAGIC.length), storedFormat);
  const version = fields.u32();
  if (version !== snapshotFormatVersion) {
    throw new StorageError(
      'unknown-format',
      `${file.name} has snapshot format ${version}; this version knows ${snapshotFormatVersion}: run the version that wrote it, or a newer one`,
      { file: file.name, offset: MAGIC.length },
    );
  }
  const bytes = fields.u32();
  if (bytes < FIXED_BYTES + 4 || bytes > MAX_HEADER_BYTES) {
    throw damaged(file.name, MAGIC.length + 4, 'the header of a snapshot does not verify');
  }
  const header = new Uint8Array(bytes);
  const read = await file.read(header, 0);
  const chain = crc32c(header, 0, bytes - 4, 0);
  if (read !== bytes || new FieldReader(header.subarray(bytes - 4), storedFormat).u32() !== chain) {
    throw damaged(file.name, 0, 'the header of a snapshot does not verify');
  }
  return { ...decodeFields(file.name, header.subarray(FIXED_BYTES, bytes - 4)), bytes, chain };
}

function decodeFields(name: string, fields: Uint8Array): SnapshotHeader {
  try {
    const reader = new FieldReader(fields, storedFormat);
    const index = reader.f64();
    const term = reader.f64();
    const clusterId = reader.text();
    const digest = reader.text();
    return { meta: { index, term, configuration: decodeConfiguration(reader.block()) }, clusterId, digest };
  } catch (error) {
    if (!(error instanceof FieldError || error instanceof MalformedConfiguration)) throw error;
    throw damaged(name, FIXED_BYTES, 'the header of a snapshot makes no sense', error);
  }
}

/** The chunks after a header; the file has been read to its very end when it returns. Throws StorageError `damaged`. */
export async function* readSnapshotChunks(
  file: DiskFile,
  header: ReadSnapshotHeader,
): AsyncGenerator<Uint8Array, void> {
  const size = await file.size();
  const scanner = new RecordScanner(file, { offset: header.bytes, chain: header.chain, end: size });
  let chunks = 0;
  let bytes = 0;
  while (await scanner.next()) {
    if (scanner.type === SnapshotRecord.chunk) {
      chunks++;
      bytes += scanner.payload.length;
      yield scanner.payload;
      continue;
    }
    const end = new FieldReader(scanner.payload, storedFormat);
    const isWhole = scanner.type === SnapshotRecord.end && end.f64() === chunks && end.f64() === bytes;
    if (isWhole && scanner.nextOffset === size) return;
    throw damaged(file.name, scanner.offset, 'a snapshot does not end as it should');
  }
  throw damaged(file.name, scanner.nextOffset, 'a record of a snapshot does not verify');
}

/** Reads the whole file. Throws StorageError `damaged` or `unknown-format`. */
export async function verifySnapshot(file: DiskFile): Promise<ReadSnapshotHeader> {
  const header = await readSnapshotHeader(file);
  const chunks = readSnapshotChunks(file, header);
  while ((await chunks.next()).done !== true);
  return header;
}
