import { expect, test } from 'vitest';
import {
  evenVoters,
  lag,
  memberAway,
  memberNotReady,
  quorum,
} from '../../../src/doctor/checks/availability.ts';
import { quorumOf } from '../../../src/ensemble-status/quorum.ts';
import { withMembers } from '../examined.ts';

test('no quorum', () => {
  expect(quorum(withMembers({}))).toEqual([]);
  const examined = withMembers({});
  const lost = { ...examined.status, state: 'no-quorum', quorum: quorumOf(3, 1, false) } as const;
  expect(quorum({ ...examined, status: lost })).toMatchObject([
    { check: 'quorum', level: 'wrong', what: expect.stringContaining('1 of 3 voters is there') },
  ]);
});

test('a member that is away, and one whose HTTP alone is silent', () => {
  expect(memberAway(withMembers({}))).toEqual([]);
  const examined = withMembers({
    1: { health: 'away', reason: 'connection refused' },
    3: { health: 'silent', reason: 'connection refused' },
  });
  expect(memberAway(examined)).toMatchObject([
    {
      check: 'member-away',
      level: 'wrong',
      members: [1],
      what: 'Member 1 does not answer at zk-1:8080: connection refused.',
    },
    { check: 'member-silent', level: 'advice', members: [3] },
  ]);
});

test('a member that is not ready, and one that is about to stop', () => {
  expect(memberNotReady(withMembers({}))).toEqual([]);
  const examined = withMembers({
    1: { health: 'not-ready', reason: 'no leader' },
    2: { health: 'draining' },
  });
  expect(memberNotReady(examined)).toMatchObject([
    { check: 'member-not-ready', level: 'wrong', members: [1], what: 'Member 1 is not ready: no leader.' },
    { check: 'member-draining', level: 'advice', members: [2] },
  ]);
});

test('an even number of voters', () => {
  expect([1, 3, 5].flatMap((count) => evenVoters(withMembers({}, count)))).toEqual([]);
  expect(evenVoters(withMembers({}, 2))[0]?.what).toBe(
    'There are 2 voters, of which none may fail: as many as of 1.',
  );
  expect(evenVoters(withMembers({}, 4))[0]?.what).toBe(
    'There are 4 voters, of which 1 may fail: as many as of 3.',
  );
});

test('a member that is behind', () => {
  expect(lag(withMembers({ 1: { lagEntries: 10_000 } }))).toEqual([]);
  expect(lag(withMembers({ 1: { lagEntries: 20_000 } }))).toMatchObject([
    { check: 'lag', members: [1], what: 'Member 1 is 20,000 entries behind the leader.' },
  ]);
});
