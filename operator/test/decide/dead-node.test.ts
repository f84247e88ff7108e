import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { membershipStep } from '../../src/decide/membership.ts';
import { statusOf } from '../../src/decide/status.ts';
import type { MemberStanding, Observed, ObservedPod } from '../../src/model/observed.ts';
import { answerOf, claimOf, clusterOf, observedOf, podOf } from './observed-world.ts';

const AFTER = { nodeFailure: { replaceAfter: '5m' } } as const;
const CLAIMS = [claimOf(0), claimOf(1), claimOf(2)];

/** @param overdueS since when the last of three pods should have stopped */
function world(
  overdueS: number,
  {
    spec = AFTER,
    ...more
  }: Partial<Observed> & { readonly spec?: object; readonly members?: MemberStanding[] } = {},
): Observed {
  const cut = { connected: false, lagEntries: undefined };
  const usual = answerOf(1, 'leader').members.map((member) =>
    member.serverId === 3 ? { ...member, ...cut } : member,
  );
  const members = more.members ?? usual;
  const goneBy = new Date(Date.parse('2026-01-01T00:00:00Z') - overdueS * 1000).toISOString();
  const pods: ObservedPod[] = [
    podOf(0, answerOf(1, 'leader', { members })),
    podOf(1, answerOf(2, 'follower', { members })),
    podOf(2, 'it cannot be reached on its HTTP port', { deleting: true, goneBy, node: 'node-9' }),
  ];
  const cluster = clusterOf(spec, { status: { clusterId: 'c1' } });
  return observedOf(cluster, { pods, volumeClaims: CLAIMS, ...more });
}

/** As decide says it when the status is written already. */
function next(observed: Observed): string {
  const told = { ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } };
  const step = decide(told);
  switch (step.kind) {
    case 'delete':
      return `${step.why} ${step.object.kind} ${step.object.metadata.name}`;
    case 'changeMembership':
      return `${step.change.kind} ${'serverId' in step.change ? step.change.serverId : step.change.member.serverId}`;
    default:
      return step.kind;
  }
}

const gone = (): MemberStanding[] => answerOf(1, 'leader').members.filter(({ serverId }) => serverId !== 3);

describe('a pod that should have stopped, and whose node does not say that it has', () => {
  test('is told of, with what to do, and left alone where the spec says nothing', () => {
    const observed = world(3_600, { spec: {} });
    expect(next(observed)).toBe('wait');
    const { conditions = [] } = statusOf(observed);
    const messages = conditions.filter(({ type }) => type === 'Degraded' || type === 'Progressing');
    for (const { message } of messages) {
      expect(message).toContain('zk-2 should have stopped, and its node node-9 does not say that it has');
      expect(message).toContain('spec.nodeFailure.replaceAfter');
    }
    expect(conditions.find(({ type }) => type === 'Progressing')?.reason).toBe('MembersHeldUp');
  });

  test('has its grace, and a moment more', () => {
    const quiet = statusOf(world(29)).conditions?.find(({ type }) => type === 'Degraded');
    expect(quiet?.message).not.toContain('should have stopped');
  });

  test('its member is taken out of the ensemble after so long, and not before', () => {
    expect(next(world(299))).toBe('wait');
    expect(next(world(300))).toBe('remove 3');
  });

  test('then its volume is given up, then the pod, and only then its place is taken', () => {
    const out = world(300, { members: gone() });
    expect(next(out)).toBe('abandoned PersistentVolumeClaim data-zk-2');
    const leaving = [...CLAIMS.slice(0, 2), claimOf(2, { deletionTimestamp: '2026-01-01T00:00:00Z' })];
    const without = { ...out, volumeClaims: leaving };
    expect(next(without)).toBe('abandoned Pod zk-2');
    expect(next({ ...without, pods: out.pods.slice(0, 2) })).toBe('add 3');
  });

  test('neither volume nor pod goes before its member has left', () => {
    const observed = world(300);
    const leader = observed.pods[0]!.report;
    if (leader.kind !== 'answer') throw new Error('the leader answers');
    expect(membershipStep(observed, leader.answer)).toMatchObject({
      why: 'replace',
      change: { kind: 'remove' },
    });
    expect(next({ ...observed, pods: observed.pods.slice(1) })).not.toMatch(/^abandoned/);
  });

  test('whoever is added in its place, and has not come, does not save it', () => {
    const added = {
      ...gone()[0]!,
      serverId: 3,
      raftId: 40,
      instance: 0,
      role: 'learner',
      connected: false,
    } as const;
    const observed = world(300, { members: [...gone(), added] });
    expect(next(observed)).toBe('abandoned PersistentVolumeClaim data-zk-2');
  });

  test('a member that the leader hears from is not replaced', () => {
    const observed = world(300, { members: [...answerOf(1, 'leader').members] });
    expect(next(observed)).toBe('wait');
  });

  test('nobody is replaced where that would leave no majority that is there', () => {
    const members = answerOf(1, 'leader').members.map((member) =>
      member.serverId === 1 ? member : { ...member, connected: false, lagEntries: undefined },
    );
    expect(next(world(300, { members }))).toBe('wait');
  });
});
