import { expect, test } from 'vitest';
import { walkAll } from './walk-all.ts';
import { WHOLE } from './walked.ts';

const TRANSITIONS = 1_000_000;

test('everything that goes wrong once, and pairs of it, at any time: no rule is broken, and it ends as the spec says', {
  timeout: 3_600_000,
}, () => {
  const { violations, transitions } = walkAll(WHOLE);
  expect(violations).toEqual([]);
  expect(transitions).toBeGreaterThanOrEqual(TRANSITIONS);
});
