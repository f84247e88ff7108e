import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { noTotals, runCollision, runSeed, type Subject } from './watch-run.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const SEEDS = 20;

/** Copies the sources aside, plants the bug in the copy (or none), and takes the copy away after the runs. */
async function firstComplaint(bug: PlantedBug | undefined): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-planted-'));
  try {
    for (const name of ['codec', 'bounds', 'model', 'session', 'tree', 'watch']) {
      await cp(join(SOURCES, name), join(folder, name), { recursive: true });
    }
    if (bug !== undefined) {
      const file = join(folder, bug.file);
      const parts = (await readFile(file, 'utf8')).split(bug.find);
      if (parts.length !== 2)
        throw new Error(`${bug.name}: ${parts.length - 1} places in ${bug.file} to plant it`);
      await writeFile(file, parts.join(bug.replace));
    }
    return complaintOf(await import(pathToFileURL(join(folder, 'watch/watch-table.ts')).href));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function complaintOf(subject: Subject): string | undefined {
  try {
    runCollision(subject);
    for (let seed = 1; seed <= SEEDS; seed++) {
      runSeed(subject, seed, { steps: 400, pathCount: 12 }, noTotals());
    }
    runSeed(subject, 1, { steps: 20_000, pathCount: 4_000 }, noTotals());
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

test('the copied sources pass without a bug', async () => {
  expect(await firstComplaint(undefined)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the runs notice that $name', async (bug) => {
  expect(await firstComplaint(bug)).toBeDefined();
});
