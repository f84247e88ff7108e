import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PlantedBug, type SourceCopy, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { plantedBugs } from './planted-bugs.ts';

const MAX_SEEDS = 200;
/** Storage, what it stands on, and its checks. */
const SOURCES = [
  'server/src/codec',
  'server/src/errors',
  'server/src/ports',
  'server/src/storage',
  'server/sim/disk',
  'server/sim/prng.ts',
  'server/test/storage',
];

type Check = () => Promise<void>;

/** What the checks say of a copy; undefined where they find nothing. */
async function findFault({ folder, load }: SourceCopy, seeds: number): Promise<string | undefined> {
  const lives = await load<typeof import('./lives/run-seed.ts')>('server/test/storage/lives/run-seed.ts');
  const { Storage } = await load<typeof import('../../src/storage/storage.ts')>(
    'server/src/storage/storage.ts',
  );
  try {
    for (const name of readdirSync(path.join(folder, 'server/test/storage/checks')).sort()) {
      const checks = await load<Record<string, Check>>(`server/test/storage/checks/${name}`);
      for (const check of Object.values(checks)) await check();
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

function faultWith(bug: PlantedBug | undefined, seeds: number): Promise<string | undefined> {
  return withPlantedBug(SOURCES, bug, (copy) => findFault(copy, seeds));
}

describe('a planted bug', () => {
  test('is what the checks find: without one they find nothing', async () => {
    expect(await faultWith(undefined, 10)).toBeUndefined();
  });

  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s: is caught', async (name, bug) => {
    const fault = await faultWith(bug, MAX_SEEDS);
    console.log(`${name} → ${fault?.slice(0, 160) ?? 'not caught'}`);
    expect(fault).toBeDefined();
  });
});
