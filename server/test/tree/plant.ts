import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlantedBug } from './planted-bugs.ts';
import type { Subject } from './random-run.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const FOLDERS = ['codec', 'bounds', 'model', 'session', 'tree'];

/** Copies the sources aside, plants the bug in the copy (or none), hands its classes to `use`, and takes the copy away. */
export async function withPlanted<T>(bug: PlantedBug | undefined, use: (subject: Subject) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-planted-'));
  try {
    for (const name of FOLDERS) await cp(join(SOURCES, name), join(folder, name), { recursive: true });
    if (bug !== undefined) {
      const file = join(folder, bug.file);
      const source = await readFile(file, 'utf8');
      const parts = source.split(bug.find);
      if (parts.length !== 2)
        throw new Error(`${bug.name}: ${parts.length - 1} places in ${bug.file} to plant it`);
      await writeFile(file, parts.join(bug.replace));
    }
    const load = async (path: string) => await import(pathToFileURL(join(folder, path)).href);
    const { Tree } = await load('tree/tree.ts');
    const { TreeLoader } = await load('tree/tree-loader.ts');
    const { beginSnapshot } = await load('tree/snapshot-walk.ts');
    const { SessionTable } = await load('session/table.ts');
    return use({ Tree, TreeLoader, beginSnapshot, SessionTable });
  } finally {
    await rm(folder, { recursive: true });
  }
}
