import type { Observed } from '../model/observed.ts';
import { FIRST_START_LIMIT_MS } from './first-start.ts';

/** The reason of the conditions of a cluster none of whose members is to run. */
export const HIBERNATED = 'Hibernated';
/** The reason of QuorumHealthy until a majority has come back from it. */
export const WAKING_UP = 'WakingUp';

/**
 * - `goingToSleep`: no member is to run, and some pods are there yet
 * - `asleep`: none is there; the volumes are
 * - `wakingUp`: the members are to run again, and have not all been ready since; after a while that is a defect and not a start
 */
export type Hibernation = 'awake' | 'goingToSleep' | 'asleep' | 'wakingUp';

export function hibernationOf({ cluster, statefulSet, pods, now }: Observed): Hibernation {
  if (cluster.spec.hibernated) return pods.length > 0 ? 'goingToSleep' : 'asleep';
  const { operation, conditions = [] } = cluster.status ?? {};
  const wasAsleep = conditions.some(({ type, reason }) => type === 'QuorumHealthy' && reason === HIBERNATED);
  if (operation?.type !== 'WakeUp' && !wasAsleep) return 'awake';
  const isLate =
    operation?.type === 'WakeUp' && Date.parse(now) - Date.parse(operation.startedAt) >= FIRST_START_LIMIT_MS;
  if (isLate) return 'awake';
  const expected = statefulSet?.spec.replicas ?? 0;
  return expected > 0 && pods.filter(({ ready }) => ready).length >= expected ? 'awake' : 'wakingUp';
}
