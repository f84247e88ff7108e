import { crc32c } from './crc32c.ts';
import type { DiskFile } from './disk.ts';
import { LogRecord } from './log-format.ts';
import { firstOfWrite, recordOverheadBytes, recordPrefixBytes } from './record.ts';

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
  const tail = new Uint8Array(Math.max(0, (await file.size()) - offset));
  const read = await file.read(tail, offset);
  const bytes = tail.subarray(0, read);
  if (bytes.every((byte) => byte === 0)) return TailKind.clean;
  return hasLaterWrite(bytes, chain) ? TailKind.overwritten : TailKind.torn;
}

/**
 * Looks for a record that begins a Write and continues the damaged one at the start of `bytes`: by the checksum that is
 * stored there, or by the one that it should have, so that damage in any one place of it is seen through.
 */
function hasLaterWrite(bytes: Uint8Array, chain: number): boolean {
  if (bytes.length < recordOverheadBytes) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stored = view.getUint32(0, true);
  const length = view.getUint32(4, true);
  const end = recordPrefixBytes + length;
  const computed = end <= bytes.length ? crc32c(bytes, 4, end, chain) : stored;

  for (let at = 1; at + recordOverheadBytes <= bytes.length; at++) {
    const type = bytes[at + recordPrefixBytes]!;
    if (type < (firstOfWrite | LogRecord.hardState) || type > (firstOfWrite | LogRecord.suspicion)) continue;
    const candidateLength = view.getUint32(at + 4, true);
    const candidateEnd = at + recordPrefixBytes + candidateLength;
    if (candidateLength < 2 || candidateEnd > bytes.length) continue;
    const crc = view.getUint32(at, true);
    if (crc32c(bytes, at + 4, candidateEnd, stored) === crc) return true;
    if (computed !== stored && crc32c(bytes, at + 4, candidateEnd, computed) === crc) return true;
  }
  return false;
}
