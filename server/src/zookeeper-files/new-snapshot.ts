import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ZookeeperFilesError } from './failure.ts';

const FOLDER = 'version-2';
/** Values may be secrets. */
const FILE_MODE = 0o600;

/**
 * Makes `directory` a dataDir with which an Apache ZooKeeper starts: one snapshot, without a log. The file is there whole and durable, or not at all. Throws
 * ZookeeperFilesError where there are data of ZooKeeper's already.
 */
export async function writeDataDirectory(
  directory: string,
  zxid: number,
  pieces: Iterable<Uint8Array>,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const folder = join(directory, FOLDER);
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw new ZookeeperFilesError('not-empty', `${folder} is not empty: give another directory`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `snapshot.${zxid.toString(16)}`);
  const unfinished = `${path}.unfinished`;
  try {
    const bytes = await writeDurably(unfinished, pieces);
    await rename(unfinished, path);
    await syncFolder(folder);
    return { path, bytes };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeDurably(path: string, pieces: Iterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    let bytes = 0;
    for (const piece of pieces) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
