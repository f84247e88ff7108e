/**
 * The harness for planted bugs: a test that can fail is shown to fail on a copy of the sources with one mistake in it.
 * A copy is laid out as the repository, so that relative imports and package names find the copy of what was copied.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..', '..');

/** One change of a source file. */
export interface Edit {
  /** From the repository's root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface PlantedBug extends Edit {
  /** Completes "the tests notice that …". */
  readonly name: string;
  /** Where one safeguard stands behind another, each is taken away. */
  readonly also?: readonly Edit[];
}

export interface SourceCopy {
  /** What corresponds to the repository's root. */
  readonly folder: string;
  /** Imports a module of the copy, by its path from the root. The type is that of the module that was copied. */
  load<Module>(path: string): Promise<Module>;
}

/**
 * Copies `parts` (files and folders, from the repository's root), plants the bug in the copy (or none), lets `use` work with it and
 * takes it away. Rejects where the bug's place does not stand in its file exactly once.
 */
export async function withPlantedBug<T>(
  parts: readonly string[],
  bug: PlantedBug | undefined,
  use: (copy: SourceCopy) => T | Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-planted-'));
  try {
    for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true });
    await linkPackages(folder, new Set(parts.map((part) => part.split('/')[0]!)));
    for (const edit of bug === undefined ? [] : [bug, ...(bug.also ?? [])]) {
      await plant(folder, bug!.name, edit);
    }
    const load = async <Module>(path: string): Promise<Module> =>
      (await import(pathToFileURL(join(folder, path)).href)) as Module;
    return await use({ folder, load });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plant(folder: string, name: string, { file, find, replace }: Edit): Promise<void> {
  const path = join(folder, file);
  const pieces = (await readFile(path, 'utf8')).split(find);
  if (pieces.length !== 2) {
    throw new Error(`"${name}": its place stands ${pieces.length - 1} times in ${file}; look for it anew`);
  }
  await writeFile(path, pieces.join(replace));
}

/** Packages of the repository that were copied are found in the copy, all others where they are installed. */
async function linkPackages(folder: string, packages: ReadonlySet<string>): Promise<void> {
  const targets = new Map<string, string>();
  for (const name of packages) {
    // Not all folders are packages: the testkit is none.
    if (!existsSync(join(root, name, 'package.json'))) continue;
    await cp(join(root, name, 'package.json'), join(folder, name, 'package.json'));
    const manifest = JSON.parse(await readFile(join(root, name, 'package.json'), 'utf8')) as {
      readonly name: string;
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (!targets.has(dependency)) targets.set(dependency, join(root, 'node_modules', dependency));
    }
    targets.set(manifest.name, join(folder, name));
  }
  for (const [name, target] of targets) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link);
  }
}
