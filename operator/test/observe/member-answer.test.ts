import { expect, test } from 'vitest';
import { readMemberAnswer } from '../../src/observe/member-answer.ts';
import { answerOf } from '../decide/observed-world.ts';

/** As a member says it: one list of all. */
function told(serverIds: readonly number[]): string {
  const { members, version, ...self } = answerOf(1, 'leader');
  const standings = serverIds.map((serverId) => ({ ...members[0]!, serverId, raftId: serverId }));
  return JSON.stringify({ version, self, members: standings });
}

test('who reads and who proves a version are told from the members, of whom alone votes are counted', () => {
  const answer = readMemberAnswer(told([1, 2, 3, 101, 120, 255]));
  expect(answer?.members.map(({ serverId }) => serverId)).toEqual([1, 2, 3]);
  expect(answer?.readReplicas?.map(({ serverId }) => serverId)).toEqual([101, 120]);
  expect(answer?.prover?.serverId).toBe(255);
});

test('nothing is said of read replicas where there are none', () => {
  expect(readMemberAnswer(told([1, 2, 3]))).not.toHaveProperty('readReplicas');
});
