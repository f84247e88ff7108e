import type { Disk } from '../../ports/disk.ts';
import { folderBytes } from '../folder-bytes.ts';
import { memberFolder } from '../member/identity-file.ts';
import { logFolder } from './segment-file.ts';

/** A segment takes no more than this part of the disk: two of them are kept free, one is written, and one prepared. */
const partsOfDisk = 32;
/** Smaller ones would be begun too often. */
const leastBytes = 4 * 1024 * 1024;

/** How large segments are on this disk: `wishedBytes`, or less where the disk is small. What this member has there counts as room. */
export async function segmentBytesOn(disk: Disk, wishedBytes: number): Promise<number> {
  if (wishedBytes <= leastBytes) return wishedBytes;
  const own = (await folderBytes(disk, logFolder)) + (await folderBytes(disk, memberFolder));
  const share = Math.floor(((await disk.freeBytes()) + own) / partsOfDisk);
  return Math.min(wishedBytes, Math.max(leastBytes, share));
}
