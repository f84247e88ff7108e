import type { CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide, POLL_MS, SOON_MS } from '../../src/decide/decide.ts';
import { statusOf } from '../../src/decide/status.ts';
import { FINALIZER } from '../../src/model/cluster-names.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { Step } from '../../src/model/step.ts';
import {
  answerOf,
  CONFIG_MAP,
  claimOf,
  clusterOf,
  observedOf,
  podOf,
  statefulSetOf,
  THREE,
  withState,
} from './observed-world.ts';

const BEGUN: CoordinationClusterStatus = { clusterId: 'c1' };
const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };
/** From when its volumes were to go with it. */
const HELD = { ...DELETED, finalizers: [FINALIZER] };
const DELETE = { storage: { retention: { whenDeleted: 'Delete' } } } as const;

/** The same, with the status that belongs to it: nothing is left to write. */
function told(observed: Observed): Observed {
  return { ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } };
}

/** A step in a few words. */
function words(step: Step): string {
  switch (step.kind) {
    case 'apply':
    case 'delete':
      return `${step.kind} ${step.object.kind} ${step.object.metadata.name}`;
    case 'wait':
      return `wait ${step.forMs}`;
    default:
      return step.kind;
  }
}

const whole = observedOf(clusterOf({}, { status: BEGUN }));
const removing = (more: Partial<Observed> = {}, metadata: object = {}): Observed =>
  told(
    observedOf(clusterOf(DELETE, { status: BEGUN, metadata: { ...DELETED, ...metadata } }), {
      volumeClaims: [claimOf(0), claimOf(1)],
      ...more,
    }),
  );
const foreignId = [THREE[0]!, THREE[1]!, podOf(2, answerOf(3, 'follower', { clusterId: 'c2' }))];
const fresh = observedOf(clusterOf(), { statefulSet: undefined, pods: [], adminToken: 'missing' });
const young = [0, 1, 2].map((at) =>
  podOf(
    at,
    answerOf(at + 1, 'joining', { clusterId: '', leader: undefined, serving: false, term: 0, members: [] }),
    {
      ready: false,
    },
  ),
);

const cases: readonly (readonly [title: string, observed: Observed, step: string])[] = [
  ['all as planned and told', told(whole), `wait ${POLL_MS}`],
  ['the status says something else', whole, 'writeStatus'],
  [
    'a member is not ready',
    told({ ...whole, pods: [...THREE.slice(0, 2), podOf(2, 'gone')] }),
    `wait ${SOON_MS}`,
  ],
  [
    'no finalizer yet, and nothing else either',
    { ...fresh, cluster: clusterOf(DELETE, { metadata: { finalizers: [] } }) },
    'addFinalizer',
  ],
  [
    "somebody else's finalizer only",
    { ...fresh, cluster: clusterOf(DELETE, { metadata: { finalizers: ['x/y'] } }) },
    'addFinalizer',
  ],
  [
    'a finalizer from when the volumes were to go with it',
    { ...fresh, cluster: clusterOf({}, { metadata: { finalizers: ['x/y', FINALIZER] } }) },
    'removeFinalizer',
  ],
  ['no admin token', fresh, 'createAdminToken'],
  ['no admin token beside missing objects', withState(fresh, 'Service zk', 'missing'), 'createAdminToken'],
  [
    'several objects are missing',
    withState(
      withState({ ...whole, statefulSet: undefined }, 'StatefulSet zk', 'missing'),
      `ConfigMap ${CONFIG_MAP}`,
      'missing',
    ),
    `apply ConfigMap ${CONFIG_MAP}`,
  ],
  ['only the StatefulSet is missing', withState(whole, 'StatefulSet zk', 'missing'), 'apply StatefulSet zk'],
  ['an object drifted', withState(told(whole), 'Service zk-peer-1', 'drifted'), 'apply Service zk-peer-1'],
  ['an object differs', withState(told(whole), 'NetworkPolicy zk', 'differs'), 'apply NetworkPolicy zk'],
  [
    'one is too much',
    { ...told(whole), surplus: [{ ...claimOf(0), kind: 'PodDisruptionBudget' }] },
    'delete PodDisruptionBudget data-zk-0',
  ],
  ...['ImagePullBackOff', 'Unschedulable', 'CrashLoopBackOff'].map(
    (trouble) =>
      [
        `a pod of an earlier template that cannot start: ${trouble}`,
        told({ ...whole, pods: [...THREE.slice(0, 2), podOf(2, 'gone', { trouble, outdated: true })] }),
        'delete Pod zk-2',
      ] as const,
  ),
  [
    'the first pods, all of an earlier template that cannot start',
    told(
      observedOf(clusterOf(), {
        pods: [0, 1, 2].map((at) => podOf(at, 'gone', { trouble: 'ErrImagePull', outdated: true })),
      }),
    ),
    'delete Pod zk-0',
  ],
  [
    'one of an earlier template that cannot start, beside objects that differ',
    withState(
      told({ ...whole, pods: [...THREE.slice(0, 2), podOf(2, 'gone', { trouble: 'X', outdated: true })] }),
      `ConfigMap ${CONFIG_MAP}`,
      'differs',
    ),
    `apply ConfigMap ${CONFIG_MAP}`,
  ],
  ...(
    [
      ['of this template', { trouble: 'ImagePullBackOff' }],
      ['that is being deleted', { trouble: 'ImagePullBackOff', outdated: true, deleting: true }],
    ] as const
  ).map(
    ([which, more]) =>
      [
        `a pod that does not answer is left alone: ${which}`,
        told({ ...whole, pods: [...THREE.slice(0, 2), podOf(2, 'gone', more)] }),
        `wait ${SOON_MS}`,
      ] as const,
  ),
  [
    'pods of an earlier template that only take their time are left alone while nobody leads',
    told({ ...whole, pods: [0, 1, 2].map((at) => podOf(at, 'gone', { outdated: true })) }),
    `wait ${SOON_MS}`,
  ],
  [
    'and so are members that answer, whatever their pods say',
    told({
      ...whole,
      pods: [0, 1, 2].map((at) =>
        podOf(at, answerOf(at + 1, 'candidate', { leader: undefined }), {
          trouble: 'X',
          outdated: true,
          ready: false,
        }),
      ),
    }),
    `wait ${SOON_MS}`,
  ],
  [
    'a pod of an earlier template',
    told({ ...whole, pods: [THREE[0]!, podOf(1, answerOf(2, 'follower'), { outdated: true }), THREE[2]!] }),
    'delete Pod zk-1',
  ],
  [
    'the leader is the last of them: another one is to lead first',
    told({ ...whole, pods: [podOf(0, answerOf(1, 'leader'), { outdated: true }), ...THREE.slice(1)] }),
    'handOver',
  ],
  [
    'the members have begun, and more is to do',
    withState(observedOf(clusterOf()), `ConfigMap ${CONFIG_MAP}`, 'differs'),
    'writeStatus',
  ],
  [
    'the members have not begun',
    withState(observedOf(clusterOf(), { pods: young }), `ConfigMap ${CONFIG_MAP}`, 'differs'),
    `apply ConfigMap ${CONFIG_MAP}`,
  ],
  [
    'members of two clusters',
    withState(
      told(observedOf(clusterOf({}, { status: BEGUN }), { pods: foreignId })),
      `ConfigMap ${CONFIG_MAP}`,
      'drifted',
    ),
    `wait ${SOON_MS}`,
  ],
  [
    'all members of another cluster than the status knows',
    withState(
      told(observedOf(clusterOf({}, { status: { clusterId: 'c0' } }))),
      `ConfigMap ${CONFIG_MAP}`,
      'differs',
    ),
    `wait ${SOON_MS}`,
  ],
  [
    "somebody else's object has the name",
    told(withState(withState(whole, 'Service zk', 'foreign'), `ConfigMap ${CONFIG_MAP}`, 'missing')),
    `wait ${SOON_MS}`,
  ],
  [
    'objects of a former cluster remain',
    told(withState(withState(fresh, 'Service zk', 'leaving'), `ConfigMap ${CONFIG_MAP}`, 'missing')),
    `wait ${SOON_MS}`,
  ],
  [
    'a Secret without a token',
    told(withState({ ...whole, adminToken: 'unusable' }, 'StatefulSet zk', 'missing')),
    `wait ${SOON_MS}`,
  ],
  [
    'paused, and much is missing',
    told(withState({ ...whole, cluster: clusterOf({ paused: true }) }, 'Service zk', 'missing')),
    `wait ${POLL_MS}`,
  ],
  [
    'paused and without finalizer',
    told({ ...whole, cluster: clusterOf({ paused: true }, { metadata: { finalizers: [] } }) }),
    `wait ${POLL_MS}`,
  ],
  ['paused and not told', { ...whole, cluster: clusterOf({ paused: true }) }, 'writeStatus'],
  [
    'paused and deleted',
    told({ ...whole, cluster: clusterOf({ paused: true, ...DELETE }, { metadata: DELETED }) }),
    `wait ${POLL_MS}`,
  ],
  ['deleted, the volumes are kept', observedOf(clusterOf({}, { metadata: HELD })), 'removeFinalizer'],
  [
    'deleted, and an object is missing',
    withState(observedOf(clusterOf({}, { metadata: HELD })), 'Service zk', 'missing'),
    'removeFinalizer',
  ],
  ['deleted, the volumes too', removing(), 'delete StatefulSet zk'],
  [
    'deleted, the StatefulSet is on its way',
    removing({ statefulSet: { ...statefulSetOf(clusterOf()), metadata: { name: 'zk', ...DELETED } } }),
    `wait ${SOON_MS}`,
  ],
  [
    'deleted, a pod is left',
    removing({ statefulSet: undefined, pods: THREE.slice(0, 1) }),
    `wait ${SOON_MS}`,
  ],
  [
    'deleted, a pod is left of a StatefulSet that somebody deleted without it',
    removing({ statefulSet: undefined, pods: [podOf(0, answerOf(1, 'leader'), { orphaned: true })] }),
    'delete Pod zk-0',
  ],
  [
    'deleted, no pod is left',
    removing({ statefulSet: undefined, pods: [] }),
    'delete PersistentVolumeClaim data-zk-0',
  ],
  [
    'deleted, a volume is on its way',
    removing({ statefulSet: undefined, pods: [], volumeClaims: [claimOf(0, DELETED), claimOf(1)] }),
    'delete PersistentVolumeClaim data-zk-1',
  ],
  [
    'deleted, all volumes are on their way',
    removing({ statefulSet: undefined, pods: [], volumeClaims: [claimOf(0, DELETED)] }),
    'removeFinalizer',
  ],
  [
    'deleted, what it owns is to be kept',
    removing({}, { finalizers: ['orphan', 'rookery.dev/cluster'] }),
    'removeFinalizer',
  ],
  ['deleted, our finalizer is gone already', removing({}, { finalizers: ['x/y'] }), `wait ${POLL_MS}`],
];

describe('the next step', () => {
  test.each(cases)('%s', (_title, observed, step) => {
    expect(words(decide(observed))).toBe(step);
  });

  test('a decision changes nothing that it was made from, and is the same again', () => {
    for (const [, observed] of cases) {
      const before = JSON.stringify(observed);
      const first = JSON.stringify(decide(observed));
      expect(JSON.stringify(decide(observed))).toBe(first);
      expect(JSON.stringify(observed)).toBe(before);
    }
  });
});

describe('the identity of the cluster', () => {
  const identityWritten = (observed: Observed): string | undefined => {
    const step = decide(observed);
    return step.kind === 'writeStatus' ? step.status.clusterId : undefined;
  };

  test('is recorded when a member that serves reports it and a leader', () => {
    expect(identityWritten(observedOf(clusterOf()))).toBe('c1');
  });

  test.each([
    ['does not serve', { serving: false }],
    ['knows no leader', { leader: undefined }],
    ['has none', { clusterId: '' }],
  ])('is not taken from members of which each %s', (_title, more) => {
    const pods = [podOf(0, answerOf(1, 'follower', more)), podOf(1, answerOf(2, 'follower', more))];
    expect(identityWritten(observedOf(clusterOf(), { pods }))).toBeUndefined();
  });

  test('is not taken from members that report two', () => {
    expect(identityWritten(observedOf(clusterOf(), { pods: foreignId }))).toBeUndefined();
  });

  test('is never replaced by another', () => {
    expect(identityWritten(observedOf(clusterOf({}, { status: { clusterId: 'c0' } })))).toBe('c0');
  });
});
