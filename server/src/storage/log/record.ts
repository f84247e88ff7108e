import { crc32c } from '../../codec/crc32c.ts';
import type { FieldWriter } from '../../codec/field-writer.ts';

/**
 * The frame of everything that is appended, in log segments and in snapshots, little-endian:
 *
 *     crc32c u32 │ length u32 │ type u8 │ payload
 *                ╰─────── covered by crc ───────╯    length: type and payload
 *
 * Each checksum is continued from that of the record before (the first from the file header's), so a record proves all before it:
 * one that is missing, repeated, moved, or of another file does not verify.
 */
export const RECORD_PREFIX_BYTES = 8;
export const RECORD_OVERHEAD_BYTES = RECORD_PREFIX_BYTES + 1;

/**
 * Set in the type of the first record of each Write. A Write begins only after the one before was synced, so a record with this mark
 * proves that everything before it was durable once: what is damaged before it was not torn by a crash.
 */
export const FIRST_OF_WRITE = 0x80;

/** Returns the record's start, for `endRecord`. */
export function beginRecord(writer: FieldWriter, type: number): number {
  const start = writer.length;
  writer.u32(0);
  writer.u32(0);
  writer.u8(type);
  return start;
}

/** Closes the record that began at `start`. `chain` is the checksum of the record before; returns this one's. */
export function endRecord(writer: FieldWriter, start: number, chain: number): number {
  writer.patchU32(start + 4, writer.length - start - RECORD_PREFIX_BYTES);
  const crc = crc32c(writer.bytes, start + 4, writer.length, chain);
  writer.patchU32(start, crc);
  return crc;
}
