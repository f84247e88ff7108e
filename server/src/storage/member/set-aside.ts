import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import { type Disk, isShortage } from '../../ports/disk.ts';
import { asStorageError } from '../failure-latch.ts';
import { HISTORY_FOLDER } from '../history/history-shelf.ts';
import { LOG_FOLDER } from '../log/segment-file.ts';
import { diskFull } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import { MEMBER_FOLDER } from './identity-file.ts';
import { readSealedFile, replaceSealedFile } from './sealed-file.ts';

const MARKER_NAME = 'setting-aside';
const markerFormat = { magic: 'ROOKASI\n', version: 1 };
const asidePattern = /^set-aside-(\d+)-/;

/**
 * Moves a member's folders out of the way as `set-aside-<n>-…`. There are two of them, possibly on two disks: a durable marker comes
 * first and goes last, so that a crash in between leaves no member with half of its data. Rejects with StorageError `failed` or `full`: the
 * next opening finishes what had begun.
 */
export async function beginSettingAside(disk: Disk, logDisk: Disk): Promise<void> {
  try {
    await markAndMove(disk, logDisk);
  } catch (error) {
    const doing = 'setting the data aside';
    throw isShortage(error) ? diskFull(doing, 'data folder', error) : asStorageError(doing, error);
  }
}

async function markAndMove(disk: Disk, logDisk: Disk): Promise<void> {
  let number = 1;
  for (const name of [...(await disk.list('')), ...(await logDisk.list(''))]) {
    const match = asidePattern.exec(name);
    if (match !== null) number = Math.max(number, Number(match[1]) + 1);
  }
  const writer = new FieldWriter(storedFormat, 8);
  writer.f64(number);
  await replaceSealedFile(disk, '', MARKER_NAME, markerFormat, writer.takeBytes());
  await finishSettingAside(disk, logDisk);
}

/** Goes on where a crash interrupted it. To be called before the folders are created anew. */
export async function finishSettingAside(disk: Disk, logDisk: Disk): Promise<void> {
  const marker = await readSealedFile(disk, MARKER_NAME, markerFormat);
  if (marker === undefined) return;
  const number = new FieldReader(marker.content, storedFormat).f64();
  await moveAside(disk, MEMBER_FOLDER, number);
  await moveAside(logDisk, LOG_FOLDER, number);
  await moveAside(disk, HISTORY_FOLDER, number);
  if (logDisk !== disk) await moveAside(logDisk, HISTORY_FOLDER, number);
  await disk.remove(MARKER_NAME);
  await disk.syncFolder('');
}

async function moveAside(disk: Disk, folder: string, number: number): Promise<void> {
  const names = await disk.list('');
  if (names.includes(folder)) await disk.rename(folder, `set-aside-${number}-${folder}`);
  await disk.syncFolder('');
}
