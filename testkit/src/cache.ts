import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is installed once per machine, outside the repository: a fresh clone finds it again. */
export function cacheFolder(...names: readonly string[]): string {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(root, 'rookery', ...names);
}

/** What failed runs left behind is kept this long. */
const MAX_LEFTOVER_MS = 3 * 24 * 3_600_000;

/** A new empty folder on a real disk (/tmp may be memory, where fsync costs nothing). The caller removes it. */
export function newWorkFolder(name: string): string {
  const parent = cacheFolder('work');
  mkdirSync(parent, { recursive: true });
  for (const leftover of readdirSync(parent)) {
    const path = join(parent, leftover);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > MAX_LEFTOVER_MS) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, `${name}-`));
}
