import { expect, test } from 'vitest';
import { isQuorum } from '../../src/quorum.ts';
import { configurationOf } from '../support/bench-node.ts';

test('a quorum is a majority of the voters, and amid a change of those before it as well; learners do not count', () => {
  const three = configurationOf(3, [1, 2, 3], [], [4]);
  expect([isQuorum(three, [1, 2]), isQuorum(three, [1]), isQuorum(three, [1, 4])]).toEqual([
    true,
    false,
    false,
  ]);
  const joint = configurationOf(9, [1, 5, 6], [1, 2, 3]);
  expect([isQuorum(joint, [1, 5]), isQuorum(joint, [1, 5, 2])]).toEqual([false, true]);
});
