import { expect, test } from 'vitest';
import { fullMargin, marginText, quorumOf } from '../../src/ensemble-status/quorum.ts';

test.each([
  [1, 1, true, 0, 'a single voter: when it fails, everything stops'],
  [2, 2, true, 0, 'one more failure and writes stop'],
  [3, 3, true, 1, 'any one voter may fail and writes go on'],
  [3, 2, true, 0, 'one more failure and writes stop'],
  [5, 5, true, 2, 'any 2 voters may fail and writes go on'],
  [5, 4, true, 1, 'one more voter may fail; writes stop with the one after that'],
  [7, 6, true, 2, '2 more voters may fail and writes go on'],
  [3, 1, false, 0, 'no quorum: 1 of 3 voters is there, 2 are needed; nothing can be written'],
  [5, 2, false, 0, 'no quorum: 2 of 5 voters are there, 3 are needed; nothing can be written'],
  [
    3,
    3,
    false,
    0,
    'no leader: an election is under way, or the voters do not reach each other; nothing can be written',
  ],
])('of %i voters %i are there, with a leader %s: margin %i, %s', (voters, up, hasLeader, margin, text) => {
  const quorum = quorumOf(voters, up, hasLeader);
  expect(quorum.margin).toBe(margin);
  expect(marginText(quorum)).toBe(text);
});

test('the full margin is that of all voters', () => {
  expect([1, 2, 3, 4, 5].map((voters) => fullMargin(quorumOf(voters, 0, false)))).toEqual([0, 0, 1, 1, 2]);
});
