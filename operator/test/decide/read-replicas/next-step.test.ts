import { describe, expect, test } from 'vitest';
import { decide, POLL_MS } from '../../../src/decide/decide.ts';
import { nextFeatureLevel } from '../../../src/decide/feature-level.ts';
import { membershipStep } from '../../../src/decide/membership.ts';
import { nextReadReplicaChange } from '../../../src/decide/read-replicas/membership.ts';
import { statusOf } from '../../../src/decide/status.ts';
import { leaderWithQuorum, type Observed } from '../../../src/model/observed.ts';
import { answerOf, clusterOf, podOf, THREE } from '../observed-world.ts';
import { type Given, type Reader, world } from './reading-world.ts';

/** What is done once the status tells of it, in a few words. */
function next(observed: Observed): string {
  const told = { ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } };
  const step = decide(told);
  switch (step.kind) {
    case 'changeMembership': {
      const { change } = step;
      return `${change.kind} ${change.kind === 'add' ? change.member.serverId : change.serverId}`;
    }
    case 'apply':
    case 'delete':
      return `${step.kind} ${step.object.kind} ${step.object.metadata.name}`;
    case 'expandVolume':
      return `expand ${step.claim.metadata.name}`;
    default:
      return step.kind;
  }
}

const HERE: Reader = {};
const OLD: Reader = { old: true };
const LONG_AGO = '2025-12-31T23:00:00Z';
const STUCK: Reader = { trouble: 'ImagePullBackOff: nobody has it', notReadySince: LONG_AGO };
const follower = (ordinal: number, more: object = {}) =>
  podOf(ordinal, answerOf(ordinal + 1, 'follower'), more);

describe('who reads', () => {
  test.each<readonly [string, Given, string]>([
    ['all are there', { readers: [HERE, HERE] }, 'wait'],
    ['the first is added before it has a pod', { spec: { readReplicas: 2 } }, 'add 101'],
    [
      'its pod comes once it has its place',
      { readers: [{ unborn: true, gone: true }], made: 'none', missing: 'StatefulSet' },
      'apply StatefulSet zk-read',
    ],
    ['one after the other', { spec: { readReplicas: 2 }, readers: [{ unborn: true, ready: false }] }, 'wait'],
    ['… once the one before has caught up', { spec: { readReplicas: 2 }, readers: [{ lag: 5_000 }] }, 'wait'],
    ['… and then the next', { spec: { readReplicas: 2 }, readers: [HERE] }, 'add 102'],
    [
      '… though one is away that was there before',
      { spec: { readReplicas: 2 }, readers: [{ gone: true, connected: false }] },
      'add 102',
    ],
    ['the last leaves Raft first', { spec: { readReplicas: 1 }, readers: [HERE, HERE] }, 'remove 102'],
    ['… all of them where none is wanted', { spec: { readReplicas: 0 }, readers: [HERE] }, 'remove 101'],
    [
      '… though nobody has ever come',
      { spec: { readReplicas: 0 }, readers: [{ unborn: true, ...STUCK }] },
      'remove 101',
    ],
    [
      '… and while none of them runs',
      { spec: { readReplicas: 0 }, readers: [{ gone: true, connected: false }] },
      'remove 101',
    ],
    [
      'one that lost its data is taken out under its old id',
      { readers: [HERE, { emptied: true }] },
      'remove 102',
    ],
    ['… and comes back under another', { readers: [HERE, { emptied: true, out: true }] }, 'add 102'],
    [
      'while a change is in flight nobody is asked',
      { spec: { readReplicas: 1 }, leader: { changing: true } },
      'wait',
    ],
    [
      'nor while the leader would refuse it, since too many votes are behind',
      {
        spec: { readReplicas: 0 },
        readers: [HERE],
        leader: { members: answerOf(1, 'leader').members.map((one) => ({ ...one, lagEntries: 9_000 })) },
      },
      'wait',
    ],
    ['nobody leads', { spec: { readReplicas: 1 }, pods: [follower(0), follower(1), follower(2)] }, 'wait'],
    ['nothing while the cluster sleeps', { spec: { readReplicas: 1, hibernated: true }, pods: [] }, 'wait'],
    ['nothing while it is paused', { spec: { readReplicas: 1, paused: true } }, 'wait'],
  ])('%s', (_title, given, step) => {
    expect(next(world(given))).toBe(step);
  });

  test('the status is written before anybody is asked', () => {
    const step = decide(world({ spec: { readReplicas: 1 } }));
    expect(step.kind).toBe('writeStatus');
  });

  test('each is added where it will be found', () => {
    expect(nextReadReplicaChange(world({ spec: { readReplicas: 1 } }))?.step).toEqual({
      kind: 'change',
      why: 'scaleUp',
      expectedIndex: 40,
      change: {
        kind: 'add',
        member: {
          serverId: 101,
          host: 'zk-peer-100.ns.svc',
          peerPort: 2888,
          clientHost: 'zk-read-100.zk-read-headless.ns.svc',
          clientPort: 2181,
        },
      },
    });
  });

  test('one that hangs on a dead node is taken out, and then loses pod and volume', () => {
    const hangs = {
      deleting: true,
      connected: false,
      more: { goneBy: LONG_AGO, report: { kind: 'silent', why: '' } },
    } as const;
    const spec = { readReplicas: 1, nodeFailure: { replaceAfter: '5m' } };
    expect(next(world({ spec, readers: [hangs] }))).toBe('remove 101');
    const out = { ...hangs, out: true } as const;
    expect(next(world({ spec, readers: [out] }))).toBe('delete PersistentVolumeClaim data-zk-read-100');
    expect(next(world({ spec, readers: [out], claims: [] }))).toBe('delete Pod zk-read-100');
  });
});

describe('nobody who reads is ever promoted', () => {
  test.each([1, 3, 5, 7])('whatever %i members and their learners come to', (replicas) => {
    for (const readers of [[HERE], [HERE, { lag: 9_000 }], [{ unborn: true } as const, HERE]]) {
      const observed = world({ spec: { replicas, readReplicas: readers.length }, readers });
      const leader = leaderWithQuorum(observed.pods)!.answer;
      const members = membershipStep(observed, leader);
      for (const step of [members, nextReadReplicaChange(observed)?.step]) {
        const promoted = step?.kind === 'change' && step.change.kind === 'promote' ? step.change.serverId : 0;
        expect(promoted).toBeLessThan(100);
      }
    }
  });
});

describe('another template', () => {
  const old = THREE.map((pod) => ({ ...pod, outdated: true }));
  test.each<readonly [string, Given, string]>([
    ['the members come first', { pods: old, readers: [OLD, OLD] }, 'delete Pod zk-2'],
    [
      '… to the last of them, which has to be ready',
      {
        pods: [THREE[0]!, THREE[1]!, podOf(2, 'coming')],
        readers: [OLD, OLD],
        status: { operation: { type: 'RollingUpdate', startedAt: LONG_AGO } },
      },
      'wait',
    ],
    ['then the read replicas, the last first', { readers: [OLD, OLD] }, 'delete Pod zk-read-101'],
    [
      'who is not ready before all others',
      { readers: [{ ...OLD, ready: false }, OLD] },
      'delete Pod zk-read-100',
    ],
    ['one at a time', { readers: [OLD, { ready: false }] }, 'wait'],
    ['… while one is not there', { readers: [OLD, { gone: true }] }, 'wait'],
    ['… and none while a member is away', { pods: [THREE[0]!, THREE[1]!], readers: [OLD] }, 'wait'],
    ['… while one is going', { readers: [OLD, { ...OLD, deleting: true }] }, 'wait'],
    [
      'one that could not start goes at once, whatever the members do',
      { pods: old.slice(0, 2), readers: [{ ...OLD, ...STUCK }] },
      'delete Pod zk-read-100',
    ],
  ])('%s', (_title, given, step) => {
    expect(next(world(given))).toBe(step);
  });

  test('no level is raised before all of them run it', () => {
    const pods = [1, 2, 3].map((serverId) =>
      podOf(
        serverId - 1,
        answerOf(serverId, serverId === 1 ? 'leader' : 'follower', { highestFeatureLevel: 2 }),
      ),
    );
    const running = (highestFeatureLevel: number): NonNullable<Reader['more']> => ({
      report: { kind: 'answer', answer: answerOf(101, 'learner', { highestFeatureLevel }) },
    });
    const level = (reader: Reader): number | undefined =>
      nextFeatureLevel(world({ pods, readers: [reader] }))?.level;
    expect(level({ more: running(2) })).toBe(2);
    expect(level({ more: running(1) })).toBeUndefined();
    expect(level({ more: running(2), ready: false })).toBeUndefined();
    expect(level({ gone: true })).toBeUndefined();
  });
});

describe('a read replica that is stuck is in the way of no member', () => {
  const readers = [STUCK];
  test.each<readonly [string, Given, string]>([
    ['another version', { pods: THREE.map((pod) => ({ ...pod, outdated: true })) }, 'delete Pod zk-2'],
    ['more members', { spec: { replicas: 5, readReplicas: 1 } }, 'add 4'],
    ['fewer members', { spec: { replicas: 1, readReplicas: 1 } }, 'remove 3'],
    [
      'a pod of a member that could not start',
      { pods: [...THREE.slice(0, 2), podOf(2, 'silent', { outdated: true, trouble: 'no' })] },
      'delete Pod zk-2',
    ],
  ])('%s', (_title, given, step) => {
    expect(next(world({ ...given, readers }))).toBe(step);
  });

  test('the cluster is Ready, and ReadReplicasReady says what is wrong', () => {
    const { conditions = [], phase, readReplicas, readyReadReplicas } = statusOf(world({ readers }));
    const condition = (type: string) => conditions.find((each) => each.type === type);
    expect(phase).toBe('Ready');
    expect(condition('Ready')).toMatchObject({ status: 'True' });
    expect(condition('Stalled')).toMatchObject({ status: 'False' });
    expect(condition('ReadReplicasReady')).toMatchObject({
      status: 'False',
      reason: 'ReadReplicasStuck',
      message: expect.stringContaining('zk-read-100: ImagePullBackOff: nobody has it'),
    });
    expect({ readReplicas, readyReadReplicas }).toEqual({ readReplicas: 1, readyReadReplicas: 0 });
  });

  test('an object that somebody else has keeps them away, and nobody else', () => {
    const observed = world({ readers: [HERE] });
    const objects = observed.readReplicas.objects.map((object) => ({ ...object, state: 'foreign' as const }));
    const taken = { ...observed, readReplicas: { ...observed.readReplicas, objects } };
    const conditions = statusOf(taken).conditions ?? [];
    expect(conditions.find(({ type }) => type === 'ReadReplicasReady')?.reason).toBe('NameTaken');
    expect(conditions.find(({ type }) => type === 'Ready')?.status).toBe('True');
    const larger = {
      ...taken,
      cluster: clusterOf({ replicas: 5, readReplicas: 1 }, { status: { clusterId: 'c1' } }),
    };
    expect(next(larger)).toBe('add 4');
    const none = { ...taken, cluster: clusterOf({ readReplicas: 0 }, { status: { clusterId: 'c1' } }) };
    expect(next(none)).toBe('remove 101');
    const more = { ...taken, cluster: clusterOf({ readReplicas: 2 }, { status: { clusterId: 'c1' } }) };
    expect(next(more)).toBe('wait');
  });
});

describe('the end of them', () => {
  test('the second StatefulSet goes once none of its pods is left', () => {
    const made = world({ spec: { readReplicas: 0 }, made: 1 });
    const empty = {
      ...made.readReplicas.statefulSet!,
      spec: { ...made.readReplicas.statefulSet!.spec, replicas: 0 },
    };
    const observed = world({
      spec: { readReplicas: 0 },
      more: { readReplicas: { ...made.readReplicas, statefulSet: empty } },
    });
    expect(next(observed)).toBe('delete StatefulSet zk-read');
  });

  test('a cluster that is deleted with its volumes takes both StatefulSets, their pods and all volumes along', () => {
    const spec = { storage: { retention: { whenDeleted: 'Delete' } }, readReplicas: 1 } as const;
    const observed = world({ spec, readers: [HERE] });
    const metadata = { ...observed.cluster.metadata, deletionTimestamp: LONG_AGO };
    const deleted: Observed = { ...observed, cluster: { ...observed.cluster, metadata } };
    expect(next(deleted)).toBe('delete StatefulSet zk');
    const one: Observed = { ...deleted, statefulSet: undefined, pods: [] };
    expect(next(one)).toBe('delete StatefulSet zk-read');
    const none = { ...one.readReplicas, statefulSet: undefined };
    expect(next({ ...one, readReplicas: none })).toBe('wait');
    expect(next({ ...one, readReplicas: { ...none, pods: [] } })).toBe(
      'delete PersistentVolumeClaim data-zk-read-100',
    );
    expect(next({ ...one, readReplicas: { ...none, pods: [], volumeClaims: [] } })).toBe('removeFinalizer');
  });

  test('volumes grow, those of the members first', () => {
    const spec = { readReplicas: 1, storage: { size: '20Gi' } };
    expect(next(world({ spec, readers: [HERE] }))).toBe('expand data-zk-read-100');
  });
});

test('a cluster without them has nothing to say or to do', () => {
  const observed = world();
  expect(decide({ ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } })).toEqual({
    kind: 'wait',
    forMs: POLL_MS,
  });
  const status = statusOf(observed);
  expect(status.conditions?.find(({ type }) => type === 'ReadReplicasReady')).toMatchObject({
    status: 'True',
    reason: 'NoneWanted',
  });
  expect(status).not.toHaveProperty('readReplicas');
  expect(status.endpoints).not.toHaveProperty('read');
});

test('the status names the read Service and each read replica', () => {
  const status = statusOf(world({ readers: [HERE, HERE] }));
  expect(status.endpoints?.read).toBe('zk-read.ns.svc:2181');
  expect(status.endpoints?.members).toHaveLength(3);
  expect(status.members?.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'zk-0 leader',
    'zk-1 follower',
    'zk-2 follower',
    'zk-read-100 learner',
    'zk-read-101 learner',
  ]);
  expect(status.conditions?.find(({ type }) => type === 'ReadReplicasReady')).toMatchObject({
    status: 'True',
    reason: 'AllReady',
    message: '2 of 2 read replicas are ready.',
  });
});
