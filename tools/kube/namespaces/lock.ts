/** One start or end of the cluster at a time, whichever clone of the repository it comes from. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../folders.ts';
import { identify, isAlive, type RecordedProcess } from './state.ts';

/** Not in the cluster's folder: that one comes and goes. */
const lockFile = join(cacheFolder, 'cluster.lock');

/** Throws at once where another process is at it; a lock of one that has ended counts for nothing. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(cacheFolder, { recursive: true });
  const owner = ownerOfLock();
  if (owner !== undefined && isAlive(owner)) {
    throw new Error(`process ${owner.pid} is starting or ending the cluster right now; wait for it to end`);
  }
  rmSync(lockFile, { force: true });
  // Fails for the slower one of two that found no lock.
  writeFileSync(lockFile, JSON.stringify(identify('owner', process.pid)), { flag: 'wx' });
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function ownerOfLock(): RecordedProcess | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as RecordedProcess;
  } catch {
    // There is none, or it was cut short with its owner.
    return undefined;
  }
}
