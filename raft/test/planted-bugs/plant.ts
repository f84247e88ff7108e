import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlantedBug } from './bugs.ts';

const sources = fileURLToPath(new URL('../../src/', import.meta.url));

/** A copy of the sources with the bug in it; `remove` deletes the copy. */
export function plant(bug: PlantedBug): { readonly coreUrl: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'raft-planted-bug-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  cpSync(sources, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const path = join(folder, bug.file);
  const pieces = readFileSync(path, 'utf8').split(bug.find);
  if (pieces.length !== 2) {
    remove();
    throw new Error(`«${bug.find}» occurs ${pieces.length - 1} times in ${bug.file}`);
  }
  writeFileSync(path, pieces.join(bug.replace));
  return { coreUrl: pathToFileURL(join(folder, 'index.ts')).href, remove };
}
