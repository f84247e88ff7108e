import { mkdirSync, mkdtempSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is installed once per machine, outside the repository: a fresh clone finds it again. */
export function cacheFolder(...names: readonly string[]): string {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(root, 'rookery', ...names);
}

/** A new empty folder on a real disk (/tmp may be memory, where fsync costs nothing). The caller removes it. */
export function newWorkFolder(name: string): string {
  const parent = cacheFolder('work');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}
