import { describe, expect, it } from 'vitest';
import { planOf } from '../../src/desired/plan.ts';
import type { Found } from '../../src/desired/running.ts';
import type { MemberAnswer, MemberStanding, ObservedPod, StatefulSet } from '../../src/model/observed.ts';
import {
  answerOf,
  CONTEXT,
  claimOf,
  clusterOf,
  NOTHING_FOUND,
  podOf,
  statefulSetOf,
  THREE,
} from '../decide/observed-world.ts';

const NOTHING: Found = { ...NOTHING_FOUND, cluster: clusterOf() };
const BEGUN = { status: { clusterId: 'c1', voters: 3 } };
const CLAIMS = [claimOf(0), claimOf(1), claimOf(2)];
/** Pods whose StatefulSet was deleted from under them are not asked: they are no StatefulSet's. */
const ORPHANS: readonly ObservedPod[] = [0, 1, 2].map((ordinal) => podOf(ordinal, 'not asked'));

const members = (count: number): MemberStanding[] =>
  Array.from({ length: count }, (_, at) => ({
    ...answerOf(1, 'leader').members[0]!,
    serverId: at + 1,
    raftId: at + 1,
    role: at === 0 ? ('leader' as const) : ('follower' as const),
  }));
const learner = (serverId: number): MemberStanding => ({
  ...members(1)[0]!,
  serverId,
  raftId: 40,
  role: 'learner',
});

/** Three pods whose first member leads and says so of the membership. */
function led(all: readonly MemberStanding[], more: Partial<MemberAnswer>): Partial<Found> {
  const pods = [
    podOf(0, answerOf(1, 'leader', { configurationIndex: 40, members: all, ...more })),
    podOf(1, answerOf(2, 'follower')),
    podOf(2, answerOf(3, 'follower')),
  ];
  return { cluster: clusterOf({}, BEGUN), statefulSet: statefulSetOf(clusterOf()), pods };
}

function planned(found: Partial<Found>) {
  const plan = planOf({ ...NOTHING, ...found }, CONTEXT);
  const statefulSet = plan.objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet;
  return statefulSet.spec.replicas;
}

describe('how many pods there have to be, whatever the spec has come to say', () => {
  const one = { replicas: 1 };

  it.each([
    ['nothing is there', { cluster: clusterOf(one) }, 1],
    ['pods whose StatefulSet was deleted', { cluster: clusterOf(one), pods: ORPHANS }, 3],
    ['volumes of a cluster that was deleted', { cluster: clusterOf(one), volumeClaims: CLAIMS }, 3],
    ['the last of its volumes', { cluster: clusterOf(one), volumeClaims: [claimOf(2)] }, 3],
    [
      'volumes that are being deleted',
      {
        cluster: clusterOf(one),
        volumeClaims: [0, 1, 2].map((n) => claimOf(n, { deletionTimestamp: 'now' })),
      },
      1,
    ],
    ['a status that knows of voters', { cluster: clusterOf(one, BEGUN) }, 3],
    [
      'one member that knows of three',
      { cluster: clusterOf(one), pods: [podOf(0, answerOf(1, 'follower'))] },
      3,
    ],
    [
      'a StatefulSet made too small',
      { cluster: clusterOf(one), statefulSet: statefulSetOf(clusterOf(one)), pods: [THREE[0]!] },
      3,
    ],
    [
      'a StatefulSet made too small, and members that do not answer',
      { cluster: clusterOf(one, BEGUN), statefulSet: statefulSetOf(clusterOf(one)), pods: [ORPHANS[0]!] },
      3,
    ],
    [
      'more pods than members, by somebody who scaled the StatefulSet',
      {
        statefulSet: statefulSetOf(clusterOf()),
        pods: [...THREE, podOf(3, 'not asked'), podOf(4, 'not asked')],
      },
      3,
    ],
  ] as const)('%s', (_name, found, pods) => {
    expect(planned(found)).toBe(pods);
  });

  it.each([
    ['a member that was added and is not there yet', [...members(3), learner(4)], 4],
    ['one that was taken out, whatever the StatefulSet was made with', members(2), 2, 2],
    ['one that was taken out, and is to be added again', members(2), 3],
    ['one in the middle that is to be added again', [...members(1), ...members(3).slice(2)], 3],
    ['fewer than there are to be', members(3), 3, 5],
  ])('the leader knows of %s', (_name, all, pods, replicas = 3) => {
    const found = led(all, {});
    expect(planned({ ...found, cluster: clusterOf({ replicas }, BEGUN) })).toBe(pods);
  });

  it('while nobody leads, whom a file names that was read long ago counts for nothing', () => {
    const former = { ...learner(4), raftId: 0, role: 'joining' as const };
    const follower = answerOf(2, 'follower', { leader: undefined, members: [...members(3), former] });
    const found = { cluster: clusterOf({}, BEGUN), statefulSet: statefulSetOf(clusterOf()) };
    expect(planned({ ...found, pods: [podOf(1, follower)] })).toBe(3);
  });

  it.each([
    ['a change that has not come to its end', { changing: true }],
    ['no majority that goes by it', { members: members(2), term: 9 }],
  ])('a leader with %s takes no pod away', (_name, more) => {
    expect(planned(led(members(2), more))).toBe(3);
  });

  it('the members are told of one another as many as they are', () => {
    const { objects } = planOf({ ...NOTHING, cluster: clusterOf(one), volumeClaims: CLAIMS }, CONTEXT);
    const config = objects.find(({ kind }) => kind === 'ConfigMap') as
      | { data?: Record<string, string> }
      | undefined;
    expect(config?.data?.['rookery.yaml']?.match(/host: zk-/g)).toHaveLength(3);
  });
});
