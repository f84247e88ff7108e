import type { ConditionType } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/decide/status.ts';
import type { Observed, ObservedPod } from '../../src/model/observed.ts';
import { answerOf, clusterOf, NOW, observedOf, podOf, THREE } from './observed-world.ts';

const TWO = THREE.slice(0, 2);
const third = podOf(2, 'its pod does not run');
const leaderless = [1, 2].map((ordinal) =>
  podOf(ordinal, answerOf(ordinal + 1, 'candidate', { leader: undefined, serving: false }), { ready: false }),
);

/** The identity is in the status, and so is that not all members have been ready together yet. */
function starting(pods: readonly ObservedPod[], startedAt = NOW, spec = {}): Observed {
  const status = { clusterId: 'c1', operation: { type: 'Bootstrap', startedAt } } as const;
  return observedOf(clusterOf(spec, { status }), { pods });
}

const table: readonly (readonly [
  title: string,
  observed: Observed,
  phase: string,
  conditions: Partial<Record<ConditionType, string>>,
])[] = [
  [
    'the members have begun and elect their first leader',
    observedOf(clusterOf(), { pods: leaderless }),
    'Bootstrapping',
    { Available: 'False NoMemberReady', Degraded: 'False Bootstrapping' },
  ],
  [
    'a majority has begun and serves',
    observedOf(clusterOf(), { pods: [...TWO, third] }),
    'Bootstrapping',
    {
      Available: 'True MembersReady',
      Progressing: 'True MembersStarting',
      Degraded: 'False Bootstrapping',
      QuorumHealthy: 'True LeaderFollowed',
    },
  ],
  [
    'the same when the identity is in the status',
    starting([...TWO, third]),
    'Bootstrapping',
    { Available: 'True MembersReady', Degraded: 'False Bootstrapping' },
  ],
  [
    'the majority is lost before the third has come up',
    starting(THREE.slice(0, 1)),
    'QuorumLost',
    { Available: 'False NoQuorum', Degraded: 'True MembersNotReady' },
  ],
  [
    'the third has not come up for ten minutes',
    starting(TWO, '2025-12-31T23:50:00Z'),
    'Degraded',
    { Available: 'True MembersReady', Degraded: 'True MembersNotReady' },
  ],
  [
    'a second less',
    starting(TWO, '2025-12-31T23:50:01Z'),
    'Bootstrapping',
    { Degraded: 'False Bootstrapping' },
  ],
  [
    'a step was refused',
    { ...starting(TWO), failure: 'forbidden' },
    'Degraded',
    { Degraded: 'True StepFailed' },
  ],
  ['paused', starting(TWO, NOW, { paused: true }), 'Paused', { Degraded: 'False Bootstrapping' }],
  ['the third has come up', starting(THREE), 'Ready', { Degraded: 'False AllMembersReady' }],
];

describe('while an ensemble comes up for the first time', () => {
  test.each(table)('%s', (_title, observed, phase, conditions) => {
    const status = statusOf(observed);
    expect(status.phase).toBe(phase);
    const found = status.conditions?.map(({ type, status, reason }) => [type, `${status} ${reason}`]) ?? [];
    expect(Object.fromEntries(found)).toMatchObject(conditions);
  });

  test('the status says who is waited for', () => {
    const { conditions } = statusOf(starting([...TWO, podOf(2, 'silent', { trouble: 'ImagePullBackOff' })]));
    expect(conditions?.find(({ type }) => type === 'Degraded')?.message).toBe(
      '2 of 3 members are ready. zk-2: ImagePullBackOff.',
    );
  });

  test('it is an operation that lasts until all have been ready together, and does not come back', () => {
    const step = '2 of 3 members are ready';
    const early = '2025-12-31T23:59:00Z';
    const first = statusOf(observedOf(clusterOf(), { pods: TWO }));
    expect([first.clusterId, first.operation]).toEqual(['c1', { type: 'Bootstrap', step, startedAt: NOW }]);
    expect(statusOf(starting(TWO, early)).operation).toEqual({ type: 'Bootstrap', step, startedAt: early });
    const over = statusOf(starting(THREE, early));
    expect(over.operation).toBeUndefined();
    const later = statusOf(observedOf(clusterOf({}, { status: over }), { pods: TWO }));
    expect([later.phase, later.operation]).toEqual(['Degraded', undefined]);
  });
});
