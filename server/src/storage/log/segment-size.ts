import type { Disk } from '../../ports/disk.ts';
import { folderBytes } from '../folder-bytes.ts';
import { MEMBER_FOLDER } from '../member/identity-file.ts';
import { LOG_FOLDER } from './segment-file.ts';

/** A segment takes no more than this part of the disk: two of them are kept free, one is written, and one prepared. */
const PARTS_OF_DISK = 32;
/** Smaller ones would be begun too often. */
const LEAST_BYTES = 4 * 1024 * 1024;

/** How large segments are on this disk: `wishedBytes`, or less where the disk is small. What this member has there counts as room. */
export async function segmentBytesOn(disk: Disk, wishedBytes: number): Promise<number> {
  if (wishedBytes <= LEAST_BYTES) return wishedBytes;
  const own = (await folderBytes(disk, LOG_FOLDER)) + (await folderBytes(disk, MEMBER_FOLDER));
  const share = Math.floor(((await disk.freeBytes()) + own) / PARTS_OF_DISK);
  return Math.min(wishedBytes, Math.max(LEAST_BYTES, share));
}
