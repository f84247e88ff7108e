import { expect, test } from 'vitest';
import { runForcedClusters } from './forced-clusters.ts';

const SEEDS = 60;

test('two clusters out of one, each of which goes on, never commit with one another’s votes and keep what the survivor had', () => {
  let [former, recovered] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation, formerCommits, newCommits } = runForcedClusters(seed);
    expect(violation, `seed ${seed}`).toBeUndefined();
    former += formerCommits > 0 ? 1 : 0;
    recovered += newCommits > 0 ? 1 : 0;
  }
  // Else nothing was shown.
  expect(recovered).toBe(SEEDS);
  expect(former).toBeGreaterThan(SEEDS / 2);
});

test('where they hear one another, it is found out', () => {
  const violations = Array.from({ length: SEEDS }, (_, i) => runForcedClusters(i + 1, () => true).violation);
  expect(violations.filter((each) => each !== undefined)).not.toEqual([]);
});
