import type { CoordinationCluster, CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/decide/status.ts';
import type { MemberStanding, Observed } from '../../src/model/observed.ts';
import {
  answerOf,
  clusterOf,
  NOW,
  observedOf,
  podOf,
  statefulSetOf,
  THREE,
  withState,
} from './observed-world.ts';

const BEGUN = { status: { clusterId: 'c1' } };
const begun = (more: Partial<Observed> = {}): Observed => observedOf(clusterOf({}, BEGUN), more);

/** As sigs.k8s.io/cli-utils reads an object of a kind that it does not know (pkg/kstatus/status/generic.go): Helm, Flux and others wait by it. */
function kstatusOf(
  cluster: CoordinationCluster,
  status: CoordinationClusterStatus,
): 'Terminating' | 'InProgress' | 'Failed' | 'Current' {
  if (cluster.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (status.observedGeneration !== cluster.metadata.generation) return 'InProgress';
  const of = (type: string): string | undefined =>
    status.conditions?.find((condition) => condition.type === type)?.status;
  if (of('Reconciling') === 'True') return 'InProgress';
  if (of('Stalled') === 'True') return 'Failed';
  if (of('Ready') === 'False' || of('Ready') === 'Unknown') return 'InProgress';
  return 'Current';
}

/** A fourth member that has no pod to run in. */
function adding(notReadySince: string): Observed {
  const known = answerOf(1, 'leader').members;
  const fourth: MemberStanding = { ...known[1]!, serverId: 4, raftId: 9, role: 'learner', connected: false };
  const [leader, ...others] = [1, 2, 3].map((id) =>
    answerOf(id, id === 1 ? 'leader' : 'follower', { members: [...known, fourth] }),
  );
  const pods = [leader!, ...others].map((answer, at) => podOf(at, answer));
  const last = podOf(3, 'its pod does not run', {
    trouble: 'Unschedulable: no node takes it',
    notReadySince,
  });
  const cluster = clusterOf({ replicas: 4, allowEvenReplicas: true }, BEGUN);
  return observedOf(cluster, { pods: [...pods, last], statefulSet: statefulSetOf(cluster) });
}

/** A fourth member whose pod a quota does not let in. @param since the cluster has not been Ready */
function refused(since: string): Observed {
  const { cluster, pods, ...observed } = adding(NOW);
  const ready = {
    type: 'Ready',
    status: 'False',
    reason: 'Scaling',
    message: '',
    observedGeneration: 4,
    lastTransitionTime: since,
  } as const;
  const told = { ...cluster, status: { ...cluster.status, conditions: [ready] } };
  return { ...observed, cluster: told, pods: pods.slice(0, 3), podsRefused: 'exceeded quota: pods' };
}

const late = { operation: { type: 'Bootstrap', startedAt: '2025-01-01T00:00:00Z' } } as const;

const table: readonly (readonly [
  title: string,
  observed: Observed,
  kstatus: ReturnType<typeof kstatusOf>,
  ready: string,
])[] = [
  [
    'nothing is there yet',
    observedOf(clusterOf(), { statefulSet: undefined, pods: [] }),
    'InProgress',
    'False Creating',
  ],
  [
    'the first members come up',
    observedOf(clusterOf(), { pods: [podOf(0, 'its pod does not run')] }),
    'InProgress',
    'False Bootstrapping',
  ],
  [
    'the first members do not come up',
    observedOf(clusterOf({}, { status: late }), {
      pods: [0, 1, 2].map((at) => podOf(at, 'its pod does not run', { trouble: 'ImagePullBackOff' })),
    }),
    'Failed',
    'False FirstStartLate',
  ],
  ['all well', begun(), 'Current', 'True AsSpecified'],
  [
    'a member is added whose pod has just been refused by the nodes',
    adding(NOW),
    'InProgress',
    'False Scaling',
  ],
  [
    'a member is added whose pod nobody takes for longer than the spec is patient',
    adding('2025-12-31T00:00:00Z'),
    'Failed',
    'False MembersStuck',
  ],
  [
    'a member is added whose pod a quota has just refused',
    refused('2025-12-31T23:59:00Z'),
    'InProgress',
    'False Scaling',
  ],
  [
    'a member is added whose pod a quota refuses for longer than the spec is patient',
    refused('2025-12-31T23:00:00Z'),
    'Failed',
    'False MembersStuck',
  ],
  ['one of three is gone', begun({ pods: THREE.slice(0, 2) }), 'InProgress', 'False MembersStarting'],
  ['the quorum is lost', begun({ pods: THREE.slice(0, 1) }), 'InProgress', 'False MembersStarting'],
  [
    'the operator cannot reach anybody',
    begun({ pods: [0, 1, 2].map((at) => podOf(at, 'no answer', { ready: true })) }),
    'InProgress',
    'Unknown MembersDoNotAnswer',
  ],
  [
    'the operator cannot reach one of them',
    begun({ pods: [THREE[0]!, THREE[1]!, podOf(2, 'no answer', { ready: true })] }),
    'InProgress',
    'Unknown MembersDoNotAnswer',
  ],
  ['paused', observedOf(clusterOf({ paused: true }, BEGUN)), 'Current', 'True AsSpecified'],
  [
    'paused with a member that is gone',
    observedOf(clusterOf({ paused: true }, BEGUN), { pods: THREE.slice(0, 2) }),
    'InProgress',
    'False MembersNotReady',
  ],
  [
    'deleted',
    observedOf(clusterOf({}, { ...BEGUN, metadata: { deletionTimestamp: NOW } })),
    'Terminating',
    'False Deleting',
  ],
  ['a name that is taken', withState(begun(), 'Service zk', 'foreign'), 'Failed', 'False NameTaken'],
  [
    'objects of a former cluster that are being deleted',
    withState(begun(), 'Service zk', 'leaving'),
    'InProgress',
    'False FormerObjectsRemain',
  ],
  [
    'members of two clusters',
    begun({ pods: [...THREE.slice(0, 2), podOf(2, answerOf(3, 'leader', { clusterId: 'c2' }))] }),
    'Failed',
    'False ClusterIdMismatch',
  ],
  ['a step was refused', begun({ failure: 'forbidden' }), 'Failed', 'False StepFailed'],
  [
    'more replicas than there are',
    observedOf(clusterOf({ replicas: 5 }, BEGUN)),
    'InProgress',
    'False Scaling',
  ],
  [
    'a change of the membership is in flight',
    begun({ pods: [podOf(0, answerOf(1, 'leader', { changing: true })), ...THREE.slice(1)] }),
    'InProgress',
    'False Scaling',
  ],
  [
    'seen to serve for the first time, by a StatefulSet that somebody has changed',
    withState(observedOf(clusterOf()), 'StatefulSet zk', 'drifted'),
    'InProgress',
    'False Applying',
  ],
  [
    'made anew over the volumes of more members than the spec says, and seen to serve for the first time',
    observedOf(clusterOf({ replicas: 1 })),
    'InProgress',
    'False Scaling',
  ],
  [
    'pods of an earlier template',
    begun({ pods: THREE.map((pod) => ({ ...pod, outdated: true })) }),
    'InProgress',
    'False RollingUpdate',
  ],
];

describe('tools that wait for a cluster', () => {
  test.each(table)('%s', (_title, observed, kstatus, ready) => {
    const status = statusOf(observed);
    expect(kstatusOf(observed.cluster, status)).toBe(kstatus);
    const condition = status.conditions?.find(({ type }) => type === 'Ready');
    expect(`${condition?.status} ${condition?.reason}`).toBe(ready);
    expect(condition?.message).not.toBe('');
  });

  test('it never reconciles and stalls at once, and is ready only where it does neither', () => {
    for (const [title, observed] of table) {
      const { conditions = [] } = statusOf(observed);
      const isTrue = (wanted: string): boolean =>
        conditions.some(({ type, status }) => type === wanted && status === 'True');
      const count = ['Ready', 'Reconciling', 'Stalled'].filter(isTrue).length;
      expect(count, title).toBeLessThanOrEqual(1);
    }
  });

  test('the message of Ready says what is wrong', () => {
    const stuck = [0, 1, 2].map((at) => podOf(at, 'its pod does not run', { trouble: 'ImagePullBackOff' }));
    const { conditions = [] } = statusOf(observedOf(clusterOf({}, { status: late }), { pods: stuck }));
    expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain('zk-0: ImagePullBackOff');
  });
});
