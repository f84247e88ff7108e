import type { CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { eventsOf } from '../../src/decide/events.ts';
import type { MemberStanding, Observed } from '../../src/model/observed.ts';
import {
  answer,
  blank,
  blanks,
  names,
  seen,
  silent,
  steps,
  survivor,
  TWO_LEFT,
  told,
} from './lost-quorum.ts';
import { answerOf, claimOf, podOf } from './observed-world.ts';

const RECORD = { target: 'zk-4', forced: { recovery: 0, lastIndex: 104, volumes: ['uid-3'] } };
const OPERATION = { type: 'ForceNewCluster', startedAt: '2026-01-01T00:00:00Z', ...RECORD } as const;
const RECORDED: CoordinationClusterStatus = { clusterId: 'c1', operation: OPERATION };
/** Its survivor has said that it is done. */
const DONE: CoordinationClusterStatus = { ...RECORDED, recovery: 1 };

type WriteStatus = Extract<ReturnType<typeof decide>, { kind: 'writeStatus' }>;

/** With one read replica, on a node, that has its data. */
function withReader(observed: Observed): Observed {
  const pods = [
    podOf(100, answerOf(101, 'learner', { leader: undefined, serving: false }), { ready: false }),
  ];
  const { statefulSet } = observed;
  const spec = { ...statefulSet!.spec, replicas: 1, ordinals: { start: 100 } };
  const set = {
    ...statefulSet!,
    metadata: { ...statefulSet!.metadata, name: 'zk-read', uid: 'uid-read' },
    spec,
  };
  const readReplicas = { ...observed.readReplicas, statefulSet: set, pods, volumeClaims: [claimOf(100)] };
  return { ...observed, readReplicas };
}

describe('what is recorded', () => {
  test('is written before anything is asked: whose data, up to where, and which volumes are of the former cluster', () => {
    const first = decide(seen({ pods: TWO_LEFT, asked: 'newest' }));
    expect(first).toMatchObject({ kind: 'writeStatus', status: { operation: RECORD } });
  });

  test('names no volume of an empty disk, nor the survivor, nor one that no pod comes back to', () => {
    const claims = [0, 1, 2, 3, 4, 5].map((ordinal) => claimOf(ordinal));
    const { status } = steps({ pods: TWO_LEFT, asked: 'newest', claims });
    expect(status.operation?.forced?.volumes).toEqual(['uid-3']);
  });

  test('names the volumes of read replicas: what they have is of the former cluster, too', () => {
    const { status } = decide(withReader(seen({ pods: TWO_LEFT, asked: 'newest' }))) as WriteStatus;
    expect(status.operation?.forced?.volumes).toEqual(['uid-3', 'uid-100']);
  });

  test('is asked for again and again until its member says that it is done', () => {
    for (let look = 0; look < 3; look++) {
      const { step } = steps({ pods: TWO_LEFT, asked: 'newest', status: RECORDED });
      expect(step).toMatchObject({ kind: 'forceNewCluster', member: { pod: 'zk-4' } });
    }
  });

  test.each([
    ['is silent', silent(4), 'newest'],
    ['has no pod', undefined, 'newest'],
    ['reads its data', podOf(4, answerOf(5, 'starting'), { ready: false }), 'newest'],
    ['is silent, and another one is named', silent(4), 'zk-3'],
    ['is silent, and the annotation is gone', silent(4), undefined],
  ])('stays, and no other is chosen, while its member %s: it may have been done', (_what, pod, asked) => {
    const pods = [...blanks, survivor(3), ...(pod === undefined ? [] : [pod])];
    const { step, status } = steps({ pods, status: RECORDED, ...(asked === undefined ? {} : { asked }) });
    expect(step.kind).toBe('wait');
    expect(status.operation).toMatchObject(RECORD);
    expect(told(status, 'Progressing')?.message).toContain('zk-4');
  });

  test('is not exchanged for another member under way', () => {
    const pods = [...blanks, survivor(3, { lastLogIndex: 200 }), survivor(4)];
    const { step, status } = steps({ pods, asked: 'newest', status: RECORDED });
    expect(step.kind).toBe('wait');
    expect(status.operation).toMatchObject(RECORD);
    expect(told(status, 'Stalled')?.message).toContain('zk-4 was chosen, and by now zk-3 would be');
  });

  test('goes with the annotation, once its member says that nothing was done', () => {
    const { step, status } = steps({ pods: TWO_LEFT, status: RECORDED });
    expect([step.kind, status.operation]).toEqual(['wait', undefined]);
  });

  test('goes with the data of its member', () => {
    const { step, status } = steps({
      pods: [...blanks, survivor(3), blank(4)],
      asked: 'newest',
      status: RECORDED,
    });
    expect(step).toMatchObject({ kind: 'forceNewCluster', member: { pod: 'zk-3' } });
    expect(status.operation).toMatchObject({ target: 'zk-3' });
  });
});

describe('once it is done', () => {
  const alone = names([5]).map((member) => ({ ...member, role: 'leader' as const }));
  const done = { recovery: 1, lastLogTerm: 7, lastLogIndex: 105, term: 7, configurationIndex: 105 };
  const leader = podOf(4, answerOf(5, 'leader', { leader: 5, members: alone, ...done }));
  /** Without a vote yet. */
  const behind = (serverIds: readonly number[]): readonly MemberStanding[] =>
    names(serverIds).map((member) => ({ ...member, role: 'learner', lagEntries: 5_000 }));
  const joining = podOf(4, { ...answer(leader), members: [...alone, ...behind([1, 2, 3])] });
  /** It speaks for the former cluster, by larger numbers. */
  const former = survivor(3, { term: 90, configurationIndex: 900 });
  const pods = [...blanks, former, leader];

  test('the annotation goes, and an Event tells of it', () => {
    const observed = seen({ pods, asked: 'newest', status: DONE });
    const step = decide(observed);
    expect(step).toEqual({ kind: 'endForceNewCluster', forced: { pod: 'zk-4', lastIndex: 104 } });
    expect(eventsOf(step, observed)).toEqual([
      { type: 'Normal', reason: 'ForcedNewCluster', message: expect.stringMatching(/zk-4.*index 104/) },
    ]);
  });

  test('so it does where it does not lead yet, and where another is named by then', () => {
    const candidate = podOf(4, { ...answer(leader), role: 'candidate', leader: undefined }, { ready: false });
    expect(decide(seen({ pods: [...blanks, former, candidate], asked: 'zk-3', status: DONE })).kind).toBe(
      'endForceNewCluster',
    );
  });

  test('the volume of a former member goes, then its pod, and it is not added before', () => {
    const nodes = pods.map((pod) => ({ ...pod, node: 'node' }));
    const first = steps({ pods: nodes, status: DONE });
    expect(first.step).toMatchObject({
      kind: 'delete',
      why: 'formerCluster',
      object: { kind: 'PersistentVolumeClaim', metadata: { name: 'data-zk-3', uid: 'uid-3' } },
    });
    const leaving = [0, 1, 2, 3, 4].map((ordinal) =>
      claimOf(ordinal, ordinal === 3 ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    );
    const second = steps({ pods: nodes, status: DONE, claims: leaving });
    expect(second.step).toMatchObject({
      kind: 'delete',
      why: 'formerCluster',
      object: { kind: 'Pod', metadata: { name: 'zk-3', uid: 'uid-pod-3' } },
    });
    const going = nodes.map((pod) => (pod.ordinal === 3 ? { ...pod, deleting: true } : pod));
    const third = steps({ pods: going, status: DONE, claims: leaving });
    // The others need not wait for it.
    expect(third.step).toMatchObject({
      kind: 'changeMembership',
      change: { kind: 'add', member: { serverId: 1 } },
    });
    const fourth = steps({
      pods: [...blanks, going[3]!, joining],
      status: DONE,
      claims: leaving,
    });
    expect(fourth.step.kind).toBe('wait');
    expect(fourth.status.operation).toMatchObject(RECORD);
  });

  test('the volume of a read replica goes as well, then its pod', () => {
    const forced = { ...OPERATION.forced, volumes: ['uid-100'] };
    const status = { clusterId: 'c1', operation: { ...OPERATION, forced } } as const;
    const given = { pods: [...blanks, blank(3), leader], status, spec: { readReplicas: 1 } };
    const first = withReader(seen(given));
    const told = decide(first) as WriteStatus;
    const asTold = withReader(seen({ ...given, status: told.status }));
    expect(decide(asTold)).toMatchObject({
      kind: 'delete',
      why: 'formerCluster',
      object: { kind: 'PersistentVolumeClaim', metadata: { name: 'data-zk-read-100', uid: 'uid-100' } },
    });
    const { readReplicas } = first;
    const leaving = {
      ...readReplicas,
      pods: readReplicas.pods.map((pod) => ({ ...pod, node: 'node' })),
      volumeClaims: [claimOf(100, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    };
    const second = decide({ ...first, readReplicas: leaving }) as WriteStatus;
    const third = { ...first, cluster: { ...first.cluster, status: second.status }, readReplicas: leaving };
    expect(decide(third)).toMatchObject({
      kind: 'delete',
      why: 'formerCluster',
      object: { kind: 'Pod', metadata: { name: 'zk-read-100' } },
    });
  });

  test('no volume goes before it leads', () => {
    const candidate = podOf(4, { ...answer(leader), role: 'candidate', leader: undefined }, { ready: false });
    const { step } = steps({ pods: [...blanks, former, candidate], status: DONE });
    expect(step.kind).toBe('wait');
  });

  test('nothing else is begun before the former members are replaced', () => {
    const claims = [claimOf(3, { deletionTimestamp: '2026-01-01T00:00:00Z' }), claimOf(4)];
    const all = podOf(4, { ...answer(leader), members: [...alone, ...behind([1, 2, 3, 4])] });
    const larger = {
      pods: [...blanks, { ...former, deleting: true }, all],
      claims,
      spec: { storage: { size: '20Gi' } },
    };
    expect(steps({ ...larger, status: DONE }).step.kind).toBe('wait');
    expect(steps({ ...larger, status: { clusterId: 'c1', recovery: 1 } }).step.kind).toBe('expandVolume');
  });

  test('nothing of it is left once the volumes are others', () => {
    const claims = [0, 1, 2, 3, 4].map((ordinal) => claimOf(ordinal, { uid: `uid-${ordinal}-anew` }));
    const { step, status } = steps({ pods: [...blanks, blank(3), leader], status: DONE, claims });
    expect(step).toMatchObject({ kind: 'changeMembership', change: { kind: 'add' } });
    expect(status.operation?.type).toBe('Scale');
  });

  test('that is recorded before anything else: from then on nothing is heard of the former cluster', () => {
    const first = decide(seen({ pods, asked: 'newest', status: RECORDED }));
    expect(first).toMatchObject({ kind: 'writeStatus', status: { recovery: 1, operation: RECORD } });
    const { status } = steps({ pods, status: DONE });
    expect(told(status, 'QuorumHealthy')).toMatchObject({ status: 'True', reason: 'LeaderFollowed' });
    expect([status.leader, status.voters]).toEqual(['zk-4', 1]);
  });

  test('one with data of the former cluster is never chosen again, though no other answers', () => {
    const again = [...blanks, former, podOf(4, 'its pod does not run')];
    const { step, status } = steps({ pods: again, asked: 'zk-3', status: { clusterId: 'c1', recovery: 1 } });
    expect([step.kind, status.operation]).toEqual(['wait', undefined]);
  });
});
