import { expect, test } from 'vitest';
import { walkAll } from './walk-all.ts';
import { QUICK } from './walked.ts';

test('whatever comes first, and whatever the operator has not heard of: no rule is broken, and it ends as the spec says', () => {
  const { ends, violations, states } = walkAll(QUICK);
  expect(violations).toEqual([]);
  expect(states).toBeGreaterThan(10_000);
  for (const end of ['as the spec says', 'a version that cannot run', 'lost for good', 'paused'])
    expect(ends, end).toContain(end);
});
