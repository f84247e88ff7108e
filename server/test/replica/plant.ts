import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** A bug as a change of the sources: `find` stands exactly once in `file`. */
export interface PlantedBug {
  /** Completes "the tests notice that …". */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Imports a module of the copy, by its path below server/src. */
export type ImportPlanted = (path: string) => Promise<Record<string, unknown>>;

/** Copies the server's sources aside, plants the bug in the copy (or none), lets `use` import from it, and takes the copy away. */
export async function withPlanted<T>(
  bug: PlantedBug | undefined,
  use: (load: ImportPlanted) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-planted-'));
  try {
    await cp(SOURCES, join(folder, 'src'), { recursive: true });
    await symlink(PACKAGES, join(folder, 'node_modules'));
    if (bug !== undefined) {
      const file = join(folder, 'src', bug.file);
      const parts = (await readFile(file, 'utf8')).split(bug.find);
      if (parts.length !== 2)
        throw new Error(`${bug.name}: ${parts.length - 1} places in ${bug.file} to plant it`);
      await writeFile(file, parts.join(bug.replace));
    }
    return await use(
      async (path) =>
        (await import(pathToFileURL(join(folder, 'src', path)).href)) as Record<string, unknown>,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
