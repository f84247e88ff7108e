import type { Observed } from '../model/observed.ts';
import type { Ensemble } from './ensemble.ts';

/** After so long members that still do not come up are a defect, not a start. */
export const FIRST_START_LIMIT_MS = 10 * 60_000;

export interface FirstStart {
  /** RFC 3339. */
  readonly startedAt: string;
  /** It takes so long that somebody should look. */
  readonly late: boolean;
}

/**
 * The ensemble's first coming up, until all its members have been ready together once; undefined: it is over, or there is nothing that
 * could start. A majority may serve before it ends. The status keeps it as its operation: whoever observes later cannot see any more whether
 * a member that is not ready ever was.
 */
export function firstStartOf(
  { cluster, statefulSet, pods, now }: Observed,
  { voters, expected }: Ensemble,
): FirstStart | undefined {
  const { operation, clusterId } = cluster.status ?? {};
  const before = operation?.type === 'Bootstrap' ? operation : undefined;
  if (
    cluster.spec.hibernated ||
    statefulSet === undefined ||
    (before === undefined && clusterId !== undefined)
  )
    return undefined;
  const ready = pods.filter((pod) => pod.ready).length;
  if (voters.length > 0 && ready >= expected) return undefined;
  const startedAt = before?.startedAt ?? now;
  return { startedAt, late: Date.parse(now) - Date.parse(startedAt) >= FIRST_START_LIMIT_MS };
}
