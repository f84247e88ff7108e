import { everyPod, leaderWithQuorum, type Observed, type ObservedPod } from '../model/observed.ts';
import { nextMembership } from './membership.ts';
import { rollingUpdateOf } from './rolling-update.ts';

export interface NextFeatureLevel {
  readonly level: number;
  readonly leader: ObservedPod;
}

/**
 * The feature level that is next, where all members can run it; undefined where there is none, or where the spec holds it back: once it is raised, builds
 * that do not run it are of no use to the ensemble any more. It waits until nothing else is under way, so that it ends an upgrade.
 */
export function nextFeatureLevel(observed: Observed): NextFeatureLevel | undefined {
  const { cluster, statefulSet, pods, readReplicas } = observed;
  if (!cluster.spec.update.raiseFeatureLevel) return undefined;
  if (nextMembership(observed) !== undefined || rollingUpdateOf(observed) !== undefined) return undefined;
  const leader = leaderWithQuorum(pods);
  if (leader === undefined || leader.answer.featureLevel === 0) return undefined;
  const level = leader.answer.featureLevel + 1;
  // Who only reads applies the same log.
  const all = everyPod(observed);
  const expected = (statefulSet?.spec.replicas ?? 0) + (readReplicas.statefulSet?.spec.replicas ?? 0);
  const isWhole = all.length === expected && all.every(({ ready }) => ready);
  const canAll = all.every(
    ({ report }) => report.kind === 'answer' && report.answer.highestFeatureLevel >= level,
  );
  return isWhole && canAll ? { level, leader: leader.pod } : undefined;
}
