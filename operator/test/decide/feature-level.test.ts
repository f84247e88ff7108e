import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { statusOf } from '../../src/decide/status.ts';
import type { MemberAnswer, Observed, ObservedPod } from '../../src/model/observed.ts';
import { answerOf, clusterOf, observedOf, podOf } from './observed-world.ts';

/** Three members, by the highest level that each can run. */
function world(
  highest: readonly number[],
  {
    spec = {},
    pods = {},
    answer = {},
  }: { spec?: object; pods?: Partial<ObservedPod>; answer?: Partial<MemberAnswer> } = {},
): Observed {
  const all = highest.map((highestFeatureLevel, at) =>
    podOf(
      at,
      answerOf(at + 1, at === 0 ? 'leader' : 'follower', { highestFeatureLevel, ...answer }),
      at === 1 ? pods : {},
    ),
  );
  return observedOf(clusterOf(spec, { status: { clusterId: 'c1' } }), { pods: all });
}

/** As decide says it when the status is written already. */
function next(observed: Observed): string {
  const told = { ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } };
  const step = decide(told);
  return step.kind === 'raiseFeatureLevel' ? `raise to ${step.level} at ${step.leader.pod}` : step.kind;
}

describe('the feature level', () => {
  test.each<[string, Observed, string]>([
    ['is raised once every member can run the next one', world([2, 2, 2]), 'raise to 2 at zk-0'],
    ['one at a time', world([3, 4, 3]), 'raise to 2 at zk-0'],
    ['is left alone where there is no next one', world([1, 1, 1]), 'wait'],
    ['waits for the last member that cannot', world([2, 2, 1]), 'wait'],
    [
      'is held back where the spec says so',
      world([2, 2, 2], { spec: { update: { raiseFeatureLevel: false } } }),
      'wait',
    ],
    ['waits for members that are not ready', world([2, 2, 2], { pods: { ready: false } }), 'wait'],
    ['waits for the end of a rolling update', world([2, 2, 2], { pods: { outdated: true } }), 'delete'],
    [
      'waits for the end of a change of the members',
      world([2, 2, 2], { spec: { replicas: 5 } }),
      'changeMembership',
    ],
    [
      'of versions without levels is nobody knows what',
      world([0, 0, 0], { answer: { featureLevel: 0 } }),
      'wait',
    ],
  ])('%s', (_title, observed, step) => {
    expect(next(observed)).toBe(step);
  });

  test('stands in the status', () => {
    expect(statusOf(world([2, 2, 2], { answer: { featureLevel: 2 } })).featureLevel).toBe(2);
    expect(statusOf(world([0, 0, 0], { answer: { featureLevel: 0 } })).featureLevel).toBeUndefined();
  });
});
