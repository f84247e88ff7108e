import { expect, test } from 'vitest';
import { askedSeeds } from '../../sim/command-line.ts';

test('what is not said is as the simulator has it', () => {
  const many = { seed: undefined, isTraced: false, first: 1, maxFailures: 5 };
  expect(askedSeeds([], { seeds: 200, workers: 2 })).toEqual({ ...many, count: 200, workers: 2 });
  expect(askedSeeds([], { seeds: 50 })).toEqual({ ...many, count: 50, workers: 1 });
});

test('seeds are asked for as a range, or as one', () => {
  const range = ['--seeds', '7', '--from', '3', '--workers', '1', '--max-failures', '2'];
  const asked = { first: 3, count: 7, maxFailures: 2, workers: 1 };
  expect(askedSeeds(range, { seeds: 200, workers: 2 })).toMatchObject(asked);
  expect(askedSeeds(['--seed', '17', '--trace'], { seeds: 50 })).toMatchObject({ seed: 17, isTraced: true });
});

test.each([
  [['--seeds', '0'], /^--seeds must be a whole number above 0, not "0"$/],
  [['--from', 'x'], /^--from must be/],
  [['--seed', '1.5'], /^--seed must be/],
  [['--seed'], /--seed/],
  [['--sedes', '1'], /--sedes/],
  [['--workers', '2'], /--workers/],
])('%j is refused with what is wrong', (args, message) => {
  expect(() => askedSeeds(args, { seeds: 50 })).toThrow(RangeError);
  expect(() => askedSeeds(args, { seeds: 50 })).toThrow(message);
});
