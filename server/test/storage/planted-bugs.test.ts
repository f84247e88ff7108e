import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

const server = path.resolve(import.meta.dirname, '../..');
const maxSeeds = 200;
const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true });
});

/** The sources of storage, of what it stands on, and of its checks, in a folder of their own. Returns that folder's `server`. */
function copySources(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'rookery-planted-'));
  copies.push(root);
  const copy = path.join(root, 'server');
  for (const part of ['src/codec', 'src/ports', 'src/storage', 'sim/disk', 'sim/prng.ts', 'test/storage']) {
    cpSync(path.join(server, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(server, '../node_modules'), path.join(root, 'node_modules'));
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }\n');
  return copy;
}

function plant(copy: string, { edits }: PlantedBug): void {
  for (const { file, find, replace } of edits) {
    const name = path.join(copy, 'src/storage', file);
    const source = readFileSync(name, 'utf8');
    expect(source.split(find).length - 1, `occurrences in ${file} of: ${find}`).toBe(1);
    writeFileSync(
      name,
      source.replace(find, () => replace),
    );
  }
}

type Check = () => Promise<void>;

/** What the checks say of a copy; undefined where they find nothing. */
async function findFault(copy: string, seeds: number): Promise<string | undefined> {
  const load = (name: string): Promise<unknown> => import(pathToFileURL(path.join(copy, name)).href);
  const lives = (await load('test/storage/lives/run-seed.ts')) as typeof import('./lives/run-seed.ts');
  const { Storage } = (await load('src/storage/storage.ts')) as typeof import('../../src/storage/storage.ts');
  try {
    for (const name of readdirSync(path.join(copy, 'test/storage/checks')).sort()) {
      for (const check of Object.values((await load(`test/storage/checks/${name}`)) as Record<string, Check>))
        await check();
    }
  } catch (error) {
    return (error as Error).message;
  }
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await lives.runSeed(seed, Storage, lives.noTotals());
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

describe('a planted bug', () => {
  test('is what the checks find: without one they find nothing', async () => {
    expect(await findFault(copySources(), 10)).toBeUndefined();
  });

  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s: is caught', async (name, bug) => {
    const copy = copySources();
    plant(copy, bug);
    const fault = await findFault(copy, maxSeeds);
    console.log(`${name} → ${fault?.slice(0, 160) ?? 'not caught'}`);
    expect(fault).toBeDefined();
  });
});
