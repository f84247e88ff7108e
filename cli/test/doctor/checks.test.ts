import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/checks.ts';
import { withMembers } from './examined.ts';

test('an ensemble with which nothing is wrong', () => {
  expect(diagnose(withMembers({}))).toEqual([]);
});

test('what is wrong comes before advice', () => {
  const examined = withMembers(
    { 1: { health: 'silent', reason: 'x' }, 3: { health: 'away', reason: 'y' } },
    4,
  );
  expect(diagnose(examined).map(({ check }) => check)).toEqual([
    'member-away',
    'member-silent',
    'even-voters',
  ]);
});
