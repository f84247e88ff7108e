import type { Observed } from '../model/observed.ts';

/** The reason of Progressing while Kubernetes cannot make, place or start a member's pod. */
export const HELD_UP = 'MembersHeldUp';

/** What Kubernetes says of it, in its own words, one for each thing that is in the way. */
export function heldUp({ pods, podsRefused }: Observed): readonly string[] {
  const troubles = pods.flatMap(({ name, ready, trouble }) =>
    ready || trouble === '' ? [] : [`${name}: ${trouble}`],
  );
  return podsRefused === '' ? troubles : [`Pods cannot be made: ${podsRefused}`, ...troubles];
}
