import type { Answer, FakeKubectl } from './fake-kubectl.ts';
import { type ClusterGiven, clusterObject, list, podObject } from './objects.ts';

/** As kubectl is asked for clusters. */
export const RESOURCE = 'coordinationclusters.rookery.dev';

/**
 * Answers for the cluster demo, as it is at first and then; for its pods; and whatever else is answered.
 *
 * @param restartedFor the restart that its pods were made for
 */
export function worldOf(
  given: readonly ClusterGiven[],
  answers: readonly Answer[] = [],
  restartedFor = '',
): readonly Answer[] {
  const [first, ...later] = given.map((each) => ({ out: JSON.stringify(clusterObject(each)) }));
  const annotations = { 'rookery.dev/restart-at': restartedFor };
  const pods = [0, 1, 2].map((ordinal) => podObject(ordinal, { annotations }));
  return [
    ...answers,
    { to: `get ${RESOURCE} demo`, ...first, later },
    { to: 'get pods', out: list(...pods) },
  ];
}

/** What was asked besides how the cluster is, of the namespace apps. */
export function askedOf(kubectl: FakeKubectl): readonly string[] {
  return kubectl.typed
    .filter((line) => !/(?:^| )get (?:coordinationclusters|pods) ?(?!demo-)/.test(line))
    .map((line) => line.replace('--namespace=apps ', ''));
}
