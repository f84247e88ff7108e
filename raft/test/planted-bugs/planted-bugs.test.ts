import { describe, expect, test } from 'vitest';
import { plantedBugs } from './bugs.ts';
import { plant } from './plant.ts';
import { tryCore } from './trial.ts';

const unchanged = { name: 'none', file: 'index.ts', find: './raft.ts', replace: './raft.ts', seeds: 20 };

describe('each planted bug is caught', () => {
  for (const bug of plantedBugs) {
    test(bug.name, { timeout: 300_000 }, async () => {
      const { coreUrl, remove } = plant(bug);
      try {
        const verdict = await tryCore({ coreUrl, seeds: bug.seeds });
        expect(verdict.brokenRules, 'rules').not.toEqual([]);
        if (bug.seeds > 0) expect(verdict.failure, 'simulation').toBeDefined();
      } finally {
        remove();
      }
    });
  }
});

test('a copy without a bug is not caught', { timeout: 300_000 }, async () => {
  const { coreUrl, remove } = plant(unchanged);
  try {
    expect(await tryCore({ coreUrl, seeds: unchanged.seeds })).toEqual({
      brokenRules: [],
      failure: undefined,
    });
  } finally {
    remove();
  }
});
