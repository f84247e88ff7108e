import type { Observed } from '../../model/observed.ts';
import { hasBegun } from '../ensemble.ts';
import { type Finding, finding } from '../finding.ts';
import { heldUp } from '../held-up.ts';
import { HIBERNATED } from '../hibernation.ts';
import { isLate } from '../rolling-update.ts';
import { readReplicasInPlace } from './in-place.ts';
import { describeReadReplicaChange, nextReadReplicaChange } from './membership.ts';
import { readReplicaUpdate } from './rolling-update.ts';

/** The reason of ReadReplicasReady where a pod has not become ready within `spec.update.readyTimeout`. */
export const READ_REPLICAS_STUCK = 'ReadReplicasStuck';

/** As many read replicas serve as the spec asks for, as it is now. No other condition says anything of them. */
export function readReplicasReady(observed: Observed): Finding {
  const { cluster, plan, readReplicas } = observed;
  const { pods, objects, failure, statefulSet } = readReplicas;
  const { readReplicas: wanted, hibernated } = cluster.spec;
  if (plan.invalid !== undefined)
    return finding('Unknown', 'InvalidSpec', 'No objects can be made from the spec.');
  const isNothing = pods.length === 0 && objects.length === 0 && statefulSet === undefined;
  if (failure !== undefined) return finding('False', 'StepFailed', failure);
  const next = nextReadReplicaChange(observed)?.step;
  if (wanted === 0 && isNothing && next === undefined)
    return finding('True', 'NoneWanted', 'spec.readReplicas is 0.');
  if (hibernated) return finding('False', HIBERNATED, 'No read replica runs while spec.hibernated is true.');
  if (!hasBegun(observed))
    return finding('False', 'NotBegun', 'They are added once the members have formed a cluster.');
  const foreign = objects.filter(({ state }) => state === 'foreign').map(({ wanted: object }) => object);
  if (foreign.length > 0)
    return finding(
      'False',
      'NameTaken',
      `These objects belong to somebody else and are left alone: ${foreign.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}. Delete or rename them, or set spec.readReplicas to 0.`,
    );
  return standing(observed, next);
}

function standing(
  observed: Observed,
  next: NonNullable<ReturnType<typeof nextReadReplicaChange>>['step'] | undefined,
): Finding {
  const { cluster, readReplicas } = observed;
  const pool = readReplicasInPlace(observed);
  const ready = readReplicas.pods.filter((pod) => pod.ready).length;
  const count = `${ready} of ${cluster.spec.readReplicas} read replicas are ready.`;
  const trouble = heldUp(pool)
    .map((why) => `${why}.`)
    .join(' ');
  if (readReplicas.pods.some((pod) => isLate(observed, pod)))
    return finding(
      'False',
      READ_REPLICAS_STUCK,
      `${count} It has been so for ${cluster.spec.update.readyTimeout}; the members do not wait for it. ${trouble}`.trim(),
    );
  if (next !== undefined) {
    const isReplaced = next.kind === 'change' && next.why === 'replace';
    const step = describeReadReplicaChange(cluster.metadata.name, next);
    return finding('False', isReplaced ? 'Replacing' : 'Scaling', `${count} ${step} ${trouble}`.trim());
  }
  const update = readReplicaUpdate(observed);
  if (update !== undefined) {
    const step =
      update.kind === 'restart' ? `${update.pod.name} is next.` : `Before the next: ${update.why}.`;
    return finding('False', 'RollingUpdate', `${count} ${step} ${trouble}`.trim());
  }
  // Of those that were taken out pods may be there for a moment.
  const isWhole = ready === cluster.spec.readReplicas && readReplicas.pods.length === ready;
  return isWhole
    ? finding('True', 'AllReady', count)
    : finding('False', 'NotReady', `${count} ${trouble}`.trim());
}
