import { expect, test } from 'vitest';
import { walkAll } from './walk-all.ts';
import { QUICK, WHOLE } from './walked.ts';

test('whatever comes first, and whatever the operator has not heard of: no rule is broken, and it ends as the spec says', {
  timeout: 600_000,
}, () => {
  const { ends, violations, states } = walkAll(QUICK);
  expect(violations).toEqual([]);
  expect(states).toBeGreaterThan(10_000);
  for (const end of ['as the spec says', 'a version that cannot run', 'lost for good', 'paused'])
    expect(ends, end).toContain(end);
});

test('each scenario has a name of its own', () => {
  const names = WHOLE.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
