import { expect, test } from 'vitest';
import { walkAll } from './walk-all.ts';
import { QUICK, WHOLE } from './walked.ts';

/** Everything that goes wrong once, and pairs of it, takes minutes: WALK=whole, as `make nightly` does. */
const isWhole = process.env.WALK === 'whole';

test('whatever comes first, and whatever the operator has not heard of: no rule is broken, and it ends as the spec says', {
  timeout: 3_600_000,
}, () => {
  const { ends, violations, transitions } = walkAll(isWhole ? WHOLE : QUICK);
  expect(violations).toEqual([]);
  expect(transitions).toBeGreaterThanOrEqual(1_000_000);
  for (const end of ['as the spec says', 'a version that cannot run', 'lost for good', 'paused'])
    expect(ends, end).toContain(end);
});

test('each scenario has a name of its own', () => {
  const names = WHOLE.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
