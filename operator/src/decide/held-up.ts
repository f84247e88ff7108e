import { durationMs } from '@rookery/crds';
import type { Observed } from '../model/observed.ts';
import { describeHanging, hangingPods } from './dead-node.ts';

/** The reason of Progressing while Kubernetes cannot make, place or start a member's pod. */
export const HELD_UP = 'MembersHeldUp';

/** Where it has been so for `spec.update.readyTimeout`, and there is no quorum or a change of the membership waits for it. */
export const MEMBERS_STUCK = 'MembersStuck';

/** Whether pods are not made for longer than `spec.update.readyTimeout`: that they are missing is why the cluster has not been Ready since. */
export function areRefusedForLong({ cluster, podsRefused, now }: Observed): boolean {
  const ready = cluster.status?.conditions?.find(({ type }) => type === 'Ready');
  if (podsRefused === '' || ready?.status !== 'False') return false;
  return (
    Date.parse(now) - Date.parse(ready.lastTransitionTime) >= durationMs(cluster.spec.update.readyTimeout)
  );
}

/** What Kubernetes says of it, in its own words, one for each thing that is in the way. */
export function heldUp(observed: Observed): readonly string[] {
  const { pods, podsRefused } = observed;
  const hanging = hangingPods(observed).map((pod) => describeHanging(observed, pod));
  const troubles = pods.flatMap(({ name, ready, trouble }) =>
    ready || trouble === '' ? [] : [`${name}: ${trouble}`],
  );
  const refused = podsRefused === '' ? [] : [`Pods cannot be made: ${podsRefused}`];
  return [...hanging, ...refused, ...troubles];
}
