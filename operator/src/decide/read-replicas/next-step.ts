import { leaderWithQuorum, type Observed } from '../../model/observed.ts';
import type { Step } from '../../model/step.ts';
import { replaceAbandoned } from '../dead-node.ts';
import { deletePod } from '../delete-pod.ts';
import { deleteStuckPod } from '../stuck-pod.ts';
import { isMountable } from '../tls/lacking.ts';
import { expandVolumes } from '../volumes.ts';
import { readReplicasInPlace } from './in-place.ts';
import { nextReadReplicaChange } from './membership.ts';
import { readReplicaUpdate } from './rolling-update.ts';

/**
 * The next step for the read replicas: what is missing or differs → what is too much → stuck pods → pods on dead nodes → who they are → the rolling
 * update → the volumes. It is taken where there is none for the members: whatever is in the way here is in the way of no vote.
 *
 * @param told the status that has to be written before, which says what is about to be done
 */
export function nextReadReplicaStep(observed: Observed, told: () => Step | undefined): Step | undefined {
  const { cluster } = observed;
  const pool = readReplicasInPlace(observed);
  const leader = leaderWithQuorum(observed.pods);
  return (
    bring(observed) ??
    deleteStuckPod(pool) ??
    replaceAbandoned(pool, leader) ??
    changeMembership(observed, told) ??
    rollOn(observed, told) ??
    (cluster.spec.hibernated ? undefined : expandVolumes(pool))
  );
}

function bring(observed: Observed): Step | undefined {
  const { objects, statefulSet } = observed.readReplicas;
  if (isNameTaken(observed)) return undefined;
  for (const { wanted, state, found } of objects) {
    if (wanted.kind === 'StatefulSet' && !isMountable(observed, 'readReplicas')) continue;
    if (state === 'missing' || state === 'differs' || state === 'drifted')
      return { kind: 'apply', object: wanted, why: state, over: found };
  }
  // None of its pods is left: it was made smaller first.
  const isOver = objects.length === 0 && statefulSet?.metadata.deletionTimestamp === undefined;
  return statefulSet !== undefined && isOver
    ? { kind: 'delete', object: statefulSet, why: 'surplus' }
    : undefined;
}

function changeMembership(observed: Observed, told: () => Step | undefined): Step | undefined {
  const next = nextReadReplicaChange(observed);
  if (next === undefined || next.step.kind === 'await') return undefined;
  // Who would be added could not be found; who is there may go.
  if (next.step.change.kind === 'add' && isNameTaken(observed)) return undefined;
  const { name: pod, address } = next.leader;
  if (address === undefined) return undefined;
  const { change, expectedIndex } = next.step;
  return told() ?? { kind: 'changeMembership', change, expectedIndex, leader: { pod, address } };
}

/** By somebody else's object. It is told of, and for a person to decide. */
function isNameTaken({ readReplicas }: Observed): boolean {
  return readReplicas.objects.some(({ state }) => state === 'foreign');
}

function rollOn(observed: Observed, told: () => Step | undefined): Step | undefined {
  const update = readReplicaUpdate(observed);
  if (update?.kind !== 'restart') return undefined;
  return told() ?? deletePod(observed.cluster, update.pod, 'outdated');
}

/** Whether the step is about nothing but them. */
export function isForReadReplicas({ readReplicas }: Observed, step: Step): boolean {
  const { objects, statefulSet, pods, volumeClaims } = readReplicas;
  switch (step.kind) {
    case 'apply':
      return objects.some(({ wanted }) => wanted === step.object);
    case 'expandVolume':
      return volumeClaims.includes(step.claim);
    case 'delete': {
      const uids = [statefulSet, ...volumeClaims].map((object) => object?.metadata.uid);
      const { uid } = step.object.metadata;
      return uid !== undefined && [...uids, ...pods.map((pod) => pod.uid)].includes(uid);
    }
    default:
      return false;
  }
}
