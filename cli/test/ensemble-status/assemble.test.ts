import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/ensemble-status/assemble.ts';
import { answered, failed, standing } from './answers.ts';

describe('what all answers together say', () => {
  test('all members there is well', () => {
    const status = assemble([answered(3), answered(1), answered(2)]);
    expect(status).toMatchObject({ state: 'well', leader: { serverId: 2 }, quorum: { up: 3, margin: 1 } });
    expect(status.members.map(({ serverId }) => serverId)).toEqual([1, 2, 3]);
  });

  test('a member that neither answers nor is connected is away, and the margin is gone', () => {
    const members = standing(3, { connected: false });
    const status = assemble([answered(1), answered(2, {}, members), failed('zk-3')]);
    expect(status).toMatchObject({ state: 'degraded', quorum: { up: 2, needed: 2, margin: 0 } });
    expect(status.members[2]).toMatchObject({
      health: 'away',
      http: 'zk-3:8080',
      reason: 'connection refused',
    });
  });

  test('a member whose HTTP alone does not answer costs no margin', () => {
    const status = assemble([answered(1), answered(2), failed('zk-3', 3)]);
    expect(status).toMatchObject({ state: 'well', quorum: { up: 3 } });
    expect(status.members[2]).toMatchObject({ health: 'silent', reason: 'connection refused' });
  });

  test('what failed is told apart by host, and by being the only one', () => {
    const members = standing(3, { connected: false, address: '10.0.0.3:2888', clientAddress: undefined });
    const [, , third] = assemble([answered(1), answered(2, {}, members), failed('other-name')]).members;
    expect(third).toMatchObject({ serverId: 3, http: 'other-name:8080', health: 'away' });
  });

  test('where nobody can tell which of them failed, there are no more members for that', () => {
    const there = standing(3, { connected: false, address: 'h:1', clientAddress: undefined }).map((each) =>
      each.serverId === 1 ? { ...each, connected: false, address: 'h:2', clientAddress: undefined } : each,
    );
    const status = assemble([answered(2, {}, there), failed('x'), failed('y')]);
    expect(status.members).toHaveLength(3);
    expect(status.members[0]!.reason).toBe('it is at one of x:8080, y:8080, which do not answer');
    expect(status.notes).toEqual([
      'x:8080 does not answer: connection refused',
      'y:8080 does not answer: connection refused',
    ]);
  });

  test('without a leader there is no quorum, whoever answers', () => {
    const lone = { role: 'candidate', leader: undefined, ready: false, reason: 'no leader' } as const;
    const members = standing(3, { connected: false }).map((each) => ({ ...each, role: 'voter' as const }));
    const status = assemble([answered(1, lone, members), failed('zk-2'), failed('zk-3')]);
    expect(status).toMatchObject({ state: 'no-quorum', leader: undefined });
    expect(status.members[0]).toMatchObject({ health: 'not-ready', reason: 'no leader' });
  });

  test('a former leader that does not know it yet does not lead', () => {
    const former = { role: 'leader', term: 4 } as const;
    const status = assemble([
      answered(1, former),
      answered(3, { role: 'leader' }),
      answered(2, { role: 'follower', leader: 3 }),
    ]);
    expect(status.leader?.serverId).toBe(3);
    expect(status.term).toBe(5);
  });

  test('the lag is the one that the leader knows', () => {
    const status = assemble([
      answered(1, { lagEntries: 0 }),
      answered(2, {}, standing(1, { lagEntries: 7 })),
      answered(3),
    ]);
    expect(status.members.map(({ lagEntries }) => lagEntries)).toEqual([7, 0, 0]);
  });

  test.each([
    [{ disk: { freeBytes: 1, room: 1 } }, 'ready', 'its disk is low'],
    [{ draining: true, reason: 'about to stop' }, 'draining', 'about to stop'],
    [{ ready: false, reason: 'it has not caught up' }, 'not-ready', 'it has not caught up'],
  ])('a member that says %j degrades the ensemble', (self, health, reason) => {
    const status = assemble([answered(1, self), answered(2), answered(3)]);
    expect(status.state).toBe('degraded');
    expect(status.members[0]).toMatchObject({ health, reason });
  });

  test('learners do not vote, and are members', () => {
    const members = standing(3, { role: 'learner' });
    const status = assemble([answered(1), answered(2, {}, members), answered(3, { role: 'learner' })]);
    expect(status.quorum).toMatchObject({ voters: 2, up: 2, margin: 0 });
    expect(status.state).toBe('well');
  });

  test('nobody is unreachable', () => {
    expect(assemble([failed('a'), failed('b')])).toMatchObject({
      state: 'unreachable',
      members: [{ http: 'a:8080' }, { http: 'b:8080' }],
    });
  });

  test('a member that was asked by two names is one', () => {
    expect(assemble([answered(1), answered(2), answered(3), answered(1)]).members).toHaveLength(3);
  });

  test('a member of another cluster, which happens to be there, is left out', () => {
    const ours = { clusterId: 'ours' };
    const status = assemble([
      answered(1, ours),
      answered(2, { clusterId: 'theirs', term: 99, role: 'leader' }),
      answered(2, ours),
      answered(3, ours),
    ]);
    expect(status).toMatchObject({ state: 'well', clusterId: 'ours', term: 5, quorum: { voters: 3, up: 3 } });
    expect(status.notes).toEqual(['zk-2:8080 is a member of another cluster, theirs, and left out']);
  });
});
