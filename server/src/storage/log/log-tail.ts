import { crc32c } from '../../codec/crc32c.ts';
import type { DiskFile } from '../../ports/disk.ts';
import { LogRecord } from './log-format.ts';
import { FIRST_OF_WRITE, RECORD_OVERHEAD_BYTES, RECORD_PREFIX_BYTES } from './record.ts';

export const TailKind = {
  /** Zeros up to the end: every record that was begun is there. */
  clean: 'clean',
  /** Something that does not verify, and nothing that was written after it: torn by a crash, or acknowledged data gone bad. */
  torn: 'torn',
  /** Something that does not verify, and behind it a Write that began after it was synced: certainly acknowledged data gone bad. */
  overwritten: 'overwritten',
} as const;
export type TailKind = (typeof TailKind)[keyof typeof TailKind];

/** Judges what follows the last record that verifies, which ends at `offset`. `chain` is the checksum there. */
export async function judgeTail(file: DiskFile, offset: number, chain: number): Promise<TailKind> {
  const size = await file.size();
  if (await isZeroFrom(file, offset, size)) return TailKind.clean;
  const tail = new Uint8Array(size - offset);
  const read = await file.read(tail, offset);
  return hasLaterWrite(tail.subarray(0, read), chain) ? TailKind.overwritten : TailKind.torn;
}

const ZERO_CHECK_BYTES = 1024 * 1024;

/** Word by word: the preallocated rest of a segment is most of it. */
async function isZeroFrom(file: DiskFile, offset: number, size: number): Promise<boolean> {
  const bytes = new Uint8Array(Math.max(4, (Math.min(ZERO_CHECK_BYTES, size - offset) + 3) & ~3));
  const words = new Int32Array(bytes.buffer);
  for (let at = offset; at < size; at += bytes.length) {
    const read = await file.read(bytes, at);
    bytes.fill(0, read);
    let any = 0;
    for (let i = 0; i < words.length; i++) any |= words[i]!;
    if (any !== 0) return false;
  }
  return true;
}

/**
 * Looks for a record that continues the damaged one at the start of `bytes`: by the checksum that is stored there, or by the one that
 * it should have, so that damage in any one place of it is seen through. From there on, does any record begin a Write?
 */
function hasLaterWrite(bytes: Uint8Array, chain: number): boolean {
  if (bytes.length < RECORD_OVERHEAD_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stored = view.getUint32(0, true);
  const end = RECORD_PREFIX_BYTES + view.getUint32(4, true);
  const computed = end <= bytes.length ? crc32c(bytes, 4, end, chain) : stored;
  for (let at = 1; at + RECORD_OVERHEAD_BYTES <= bytes.length; at++) {
    if (beginsWriteFrom(bytes, view, at, stored)) return true;
    if (computed !== stored && beginsWriteFrom(bytes, view, at, computed)) return true;
  }
  return false;
}

/** Follows the records from `at` as long as they verify; true at the first one that begins a Write. */
function beginsWriteFrom(bytes: Uint8Array, view: DataView, at: number, chainBefore: number): boolean {
  let chain = chainBefore;
  let begin = at;
  while (begin + RECORD_OVERHEAD_BYTES <= bytes.length) {
    const type = bytes[begin + RECORD_PREFIX_BYTES]!;
    const kind = type & ~FIRST_OF_WRITE;
    const end = begin + RECORD_PREFIX_BYTES + view.getUint32(begin + 4, true);
    const isPlausible = kind >= LogRecord.hardState && kind <= LogRecord.suspicion && end <= bytes.length;
    if (!isPlausible || end <= begin + RECORD_OVERHEAD_BYTES) return false;
    chain = crc32c(bytes, begin + 4, end, chain);
    if (chain !== view.getUint32(begin, true)) return false;
    if ((type & FIRST_OF_WRITE) !== 0) return true;
    begin = end;
  }
  return false;
}
