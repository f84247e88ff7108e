import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { cacheFolder } from './cache.ts';

/** Where what is built or fetched by these texts is, or will be: where one of them changes, that is another folder. */
export function builtFolder(name: string, madeFrom: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of madeFrom) hash.update(text).update('\0');
  return cacheFolder(name, hash.digest('hex').slice(0, 12));
}

/** Fills the folder once. It is filled under another name and renamed: a half-filled one is never used. @param fill gets that other folder, empty */
export function buildOnce(folder: string, fill: (unfinished: string) => void): void {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  try {
    fill(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process may have finished first: a rename onto its folder fails, and its folder is as good.
    if (!existsSync(folder)) throw error;
  }
}
