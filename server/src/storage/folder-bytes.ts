import { type Disk, type DiskFile, diskErrorCode } from '../ports/disk.ts';

/** What the files of a folder hold, in bytes; files that go away meanwhile count nothing. */
export async function folderBytes(disk: Disk, folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await disk.list(folder)) {
    const file = await openIfThere(disk, `${folder}/${name}`);
    if (file === undefined) continue;
    try {
      bytes += await file.size();
    } finally {
      await file.close();
    }
  }
  return bytes;
}

async function openIfThere(disk: Disk, name: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(name);
  } catch (error) {
    if (diskErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
