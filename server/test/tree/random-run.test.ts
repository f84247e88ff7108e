import { expect, it } from 'vitest';
import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { Tree } from '../../src/tree/tree.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import { noTotals, runSeed } from './random-run.ts';

const SEEDS = 200;
const STEPS = 300;

it('does what a naive tree does, and snapshots taken meanwhile hold what was there when they began', () => {
  const totals = noTotals();
  for (let seed = 1; seed <= SEEDS; seed++) {
    runSeed({ Tree, SessionTable, TreeLoader, beginSnapshot }, seed, STEPS, totals);
  }
  console.log(totals);
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(0);
});
