import type { ConditionType, CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { sameStatus, statusOf } from '../../src/decide/status.ts';
import type { Observed } from '../../src/model/observed.ts';
import {
  answerOf,
  claimOf,
  clusterOf,
  NOW,
  observedOf,
  podOf,
  statefulSetOf,
  THREE,
  withState,
} from './observed-world.ts';
import { day } from './tls-world.ts';

const BEGUN = { status: { clusterId: 'c1' } };
const begun = (more: Partial<Observed> = {}): Observed => observedOf(clusterOf({}, BEGUN), more);

function conditionsIn(observed: Observed): Record<string, string> {
  const all = statusOf(observed).conditions ?? [];
  return Object.fromEntries(all.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

function messageOf(observed: Observed, type: ConditionType): string | undefined {
  return statusOf(observed).conditions?.find((condition) => condition.type === type)?.message;
}

const leaderless = [2, 3].map((serverId) =>
  podOf(
    serverId - 1,
    answerOf(serverId, 'candidate', {
      leader: undefined,
      serving: false,
      reason: 'no leader for 5123 ms: x',
    }),
    { ready: false },
  ),
);

const table: readonly (readonly [
  title: string,
  observed: Observed,
  phase: string,
  conditions: Partial<Record<ConditionType, string>>,
])[] = [
  [
    'nothing is there',
    observedOf(clusterOf(), { statefulSet: undefined, pods: [] }),
    'Pending',
    {
      Available: 'False NoMemberReady',
      Progressing: 'True Creating',
      Degraded: 'False NotBegun',
      QuorumHealthy: 'False NotBegun',
      Paused: 'False NotPaused',
    },
  ],
  [
    'pods that do not answer yet',
    observedOf(clusterOf(), { pods: [podOf(0, 'its pod does not run')] }),
    'Bootstrapping',
    {
      Available: 'False NoMemberReady',
      Progressing: 'True Bootstrapping',
      Degraded: 'False NotBegun',
      QuorumHealthy: 'False NotBegun',
    },
  ],
  [
    'all well',
    begun(),
    'Ready',
    {
      Available: 'True MembersReady',
      Progressing: 'False AsSpecified',
      Degraded: 'False AllMembersReady',
      QuorumHealthy: 'True LeaderFollowed',
      Paused: 'False NotPaused',
    },
  ],
  [
    'one of three is gone',
    begun({ pods: THREE.slice(0, 2) }),
    'Degraded',
    {
      Available: 'True MembersReady',
      Progressing: 'True MembersStarting',
      Degraded: 'True MembersNotReady',
      QuorumHealthy: 'True LeaderFollowed',
    },
  ],
  [
    'two of three are gone',
    begun({ pods: THREE.slice(0, 1) }),
    'QuorumLost',
    { Available: 'False NoQuorum', Degraded: 'True MembersNotReady', QuorumHealthy: 'False QuorumLost' },
  ],
  [
    'two are there and have no leader',
    begun({ pods: leaderless }),
    'QuorumLost',
    { Available: 'False NoMemberReady', QuorumHealthy: 'False NoLeader' },
  ],
  [
    'no pod at all',
    begun({ pods: [] }),
    'QuorumLost',
    { Available: 'False NoMemberReady', QuorumHealthy: 'False NoLeader' },
  ],
  [
    'all are ready and none answers the operator',
    begun({ pods: [0, 1, 2].map((at) => podOf(at, 'no answer', { ready: true })) }),
    'Degraded',
    {
      Available: 'Unknown MembersDoNotAnswer',
      QuorumHealthy: 'Unknown MembersDoNotAnswer',
      Degraded: 'True QuorumNotSeen',
    },
  ],
  [
    'one of three is ready and does not answer',
    begun({ pods: [THREE[0]!, THREE[1]!, podOf(2, 'no answer', { ready: true })] }),
    'Degraded',
    {
      Available: 'True MembersReady',
      QuorumHealthy: 'True LeaderFollowed',
      Degraded: 'True MembersDoNotAnswer',
      Progressing: 'False AsSpecified',
    },
  ],
  [
    'followers of a former leader do not count',
    begun({
      pods: [
        podOf(0, answerOf(1, 'leader', { term: 4 })),
        podOf(1, answerOf(2, 'follower', { term: 4 })),
        podOf(2, answerOf(3, 'candidate', { term: 6, leader: undefined })),
      ],
    }),
    'QuorumLost',
    { QuorumHealthy: 'False NoLeader' },
  ],
  [
    'paused',
    observedOf(clusterOf({ paused: true }, BEGUN)),
    'Paused',
    { Paused: 'True PausedBySpec', Progressing: 'False Paused', Available: 'True MembersReady' },
  ],
  [
    'deleted',
    observedOf(clusterOf({}, { ...BEGUN, metadata: { deletionTimestamp: NOW } })),
    'Deleting',
    { Progressing: 'True Deleting' },
  ],
  [
    'members of two clusters',
    begun({ pods: [...THREE.slice(0, 2), podOf(2, answerOf(3, 'leader', { clusterId: 'c2' }))] }),
    'Degraded',
    { Degraded: 'True ClusterIdMismatch', Progressing: 'False ClusterIdMismatch' },
  ],
  [
    'a name that is taken',
    withState(begun(), 'Service zk', 'foreign'),
    'Degraded',
    { Degraded: 'True NameTaken', Progressing: 'False NameTaken' },
  ],
  [
    'a step was refused',
    begun({ failure: 'forbidden' }),
    'Degraded',
    { Degraded: 'True StepFailed', Progressing: 'False StepFailed' },
  ],
  [
    'more replicas than there are',
    observedOf(clusterOf({ replicas: 5 }, BEGUN)),
    'Scaling',
    {
      Progressing: 'True Scaling',
      Available: 'True MembersReady',
      Degraded: 'False AllMembersReady',
    },
  ],
  [
    'larger volumes than there are',
    observedOf(clusterOf({ storage: { size: '20Gi' } }, BEGUN), { volumeClaims: [claimOf(0)] }),
    'Updating',
    { Progressing: 'True ExpandingVolumes' },
  ],
  [
    'pods of an earlier template',
    begun({ pods: THREE.map((pod) => ({ ...pod, outdated: true })) }),
    'Updating',
    { Progressing: 'True RollingUpdate' },
  ],
];

describe('phase and conditions', () => {
  test.each(table)('%s', (_title, observed, phase, conditions) => {
    expect(statusOf(observed).phase).toBe(phase);
    expect(conditionsIn(observed)).toMatchObject(conditions);
  });

  test('all of them are always there, for the generation that was looked at', () => {
    for (const [, observed] of table) {
      const { conditions = [], observedGeneration } = statusOf(observed);
      expect(conditions.map(({ type }) => type)).toEqual([
        'Ready',
        'Reconciling',
        'Stalled',
        'Available',
        'Progressing',
        'Degraded',
        'QuorumHealthy',
        'TLSReady',
        'ReadReplicasReady',
        'Paused',
      ]);
      expect(new Set([observedGeneration, ...conditions.map((one) => one.observedGeneration)])).toEqual(
        new Set([4]),
      );
    }
  });

  test('the time of a condition changes with its status, not with its reason', () => {
    const early = '2025-01-01T00:00:00Z';
    const before = {
      type: 'Degraded',
      status: 'True',
      reason: 'Other',
      message: 'm',
      lastTransitionTime: early,
    } as const;
    const at = (status: 'True' | 'False'): string | undefined =>
      statusOf(
        observedOf(clusterOf({}, { status: { clusterId: 'c1', conditions: [{ ...before, status }] } }), {
          pods: THREE.slice(0, 2),
        }),
      ).conditions?.find(({ type }) => type === 'Degraded')?.lastTransitionTime;
    expect([at('True'), at('False')]).toEqual([early, NOW]);
  });

  test('says what holds a pod up, and nothing that changes from look to look', () => {
    const stuck = podOf(2, 'its pod does not run', { trouble: 'ImagePullBackOff' });
    expect(messageOf(begun({ pods: [...THREE.slice(0, 2), stuck] }), 'Degraded')).toBe(
      '2 of 3 members are ready. zk-2: ImagePullBackOff.',
    );
    expect(messageOf(begun({ pods: leaderless }), 'Degraded')).toContain('zk-1: no leader for a while: x');
  });
});

describe('the rest of the status', () => {
  test('of a healthy ensemble', () => {
    const { conditions: _, ...rest } = statusOf(begun());
    expect(rest).toEqual({
      observedGeneration: 4,
      clusterId: 'c1',
      phase: 'Ready',
      replicas: 3,
      readyReplicas: 3,
      voters: 3,
      selector: expect.stringContaining('rookery.dev/cluster=zk'),
      leader: 'zk-0',
      currentVersion: '1.0.0',
      targetVersion: '1.0.0',
      featureLevel: 1,
      endpoints: {
        client: 'zk.ns.svc:2181',
        members: [0, 1, 2].map((at) => `zk-${at}.zk-headless.ns.svc:2181`),
      },
      tls: { peer: 'Required', authority: 'one', authorityNotAfter: day(690), notAfter: day(89) },
      members: [
        { name: 'zk-0', id: 1, role: 'leader', ready: true, version: '1.0.0', certSerial: 'A0' },
        { name: 'zk-1', id: 2, role: 'follower', ready: true, version: '1.0.0', certSerial: 'A1' },
        { name: 'zk-2', id: 3, role: 'follower', ready: true, version: '1.0.0', certSerial: 'A2' },
      ],
    });
  });

  test('of members with load balancers of their own: what these gave them, and nothing before', () => {
    const spec = { services: { external: { enabled: true } } };
    const observed = observedOf(clusterOf(spec, BEGUN));
    expect(statusOf(observed).endpoints?.external).toBeUndefined();
    const given = [
      { ip: '192.0.2.7' },
      { hostname: 'lb.example.com', ip: '192.0.2.8' },
      { ip: '2001:db8::9' },
    ];
    const objects = observed.objects.map((object) => {
      const ordinal = /-external-(\d)$/.exec(object.wanted.metadata.name)?.[1];
      if (ordinal === undefined) return object;
      const status = { loadBalancer: { ingress: [given[Number(ordinal)]] } };
      return { ...object, found: { ...object.wanted, status } };
    });
    expect(statusOf({ ...observed, objects }).endpoints?.external).toEqual([
      '192.0.2.7:2181',
      'lb.example.com:2181',
      '[2001:db8::9]:2181',
    ]);
  });

  test('members that are gone are shown as unknown, and the version only where all run it, or ran it and some are away', () => {
    const { members, currentVersion, readyReplicas } = statusOf(begun({ pods: THREE.slice(0, 2) }));
    expect(members?.[2]).toEqual({ name: 'zk-2', id: 3, role: 'unknown', ready: false });
    expect([currentVersion, readyReplicas]).toEqual([undefined, 2]);
    const status = { clusterId: 'c1', currentVersion: '1.0.0' };
    const known = observedOf(clusterOf({}, { status }), { pods: THREE.slice(0, 2) });
    expect(statusOf(known).currentVersion).toBe('1.0.0');
    const mixed = [THREE[0]!, THREE[1]!, podOf(2, answerOf(3, 'follower', { version: '1.1.0' }))];
    expect(statusOf(begun({ pods: mixed })).currentVersion).toBeUndefined();
  });

  test('a lag is rounded, and a small one is not shown', () => {
    const lagOf = (lagEntries: number): number | undefined => {
      const { members } = answerOf(1, 'leader');
      const seen = members.map((member) => (member.serverId === 3 ? { ...member, lagEntries } : member));
      const pods = [podOf(0, answerOf(1, 'leader', { members: seen })), THREE[1]!, THREE[2]!];
      return statusOf(begun({ pods })).members?.[2]?.lag;
    };
    expect([lagOf(999), lagOf(1_000), lagOf(5_000), lagOf(8_191)]).toEqual([undefined, 512, 4_096, 4_096]);
  });

  test('the leader is known from its followers too', () => {
    expect(statusOf(begun({ pods: THREE.slice(1) })).leader).toBe('zk-0');
  });

  test('bootstrap is an operation that began once', () => {
    const early = '2025-01-01T00:00:00Z';
    const pods = [podOf(0, 'its pod does not run')];
    const first = statusOf(observedOf(clusterOf(), { pods })).operation;
    expect(first).toEqual({ type: 'Bootstrap', step: '0 of 3 members answer', startedAt: NOW });
    const status: CoordinationClusterStatus = { operation: { type: 'Bootstrap', startedAt: early } };
    expect(statusOf(observedOf(clusterOf({}, { status }), { pods })).operation?.startedAt).toBe(early);
    expect(statusOf(begun()).operation).toBeUndefined();
  });

  test("the image of the StatefulSet tells the target, not the spec's wish", () => {
    const observed = observedOf(clusterOf({ version: '2.0.0' }, BEGUN), {
      statefulSet: statefulSetOf(clusterOf()),
    });
    expect(statusOf(observed).targetVersion).toBe('1.0.0');
  });
});

describe('whether a status has to be written', () => {
  const status = statusOf(begun());

  test('not for another order of keys, nor for conditions of others', () => {
    const turned = Object.fromEntries(Object.entries(status).reverse()) as CoordinationClusterStatus;
    const other = {
      type: 'Other',
      status: 'True',
      reason: 'R',
      message: '',
      lastTransitionTime: NOW,
    } as const;
    expect(sameStatus(status, { ...turned, conditions: [other, ...(status.conditions ?? [])] })).toBe(true);
  });

  test('for a field that is too much, one that differs, and where there is none', () => {
    expect(sameStatus(status, { ...status, operation: { type: 'Delete', startedAt: NOW } })).toBe(false);
    expect(sameStatus(status, { ...status, readyReplicas: 2 })).toBe(false);
    expect(sameStatus(status, undefined)).toBe(false);
  });
});
