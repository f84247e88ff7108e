import { adminSecretName } from '../model/cluster-names.ts';
import type { Observed } from '../model/observed.ts';
import type { Ensemble } from './ensemble.ts';

/** Why the operator leaves the objects of a cluster as they are, though they are not as they should be. */
export interface Blocker {
  readonly reason:
    | 'ClusterIdMismatch'
    | 'InvalidSpec'
    | 'NameTaken'
    | 'FormerObjectsRemain'
    | 'AdminTokenUnusable';
  readonly message: string;
}

/**
 * The first thing that forbids any change. Each of them ends by somebody's hand or by itself, and what was seen is looked at
 * anew every time.
 */
export function blockerOf(observed: Observed, ensemble: Ensemble): Blocker | undefined {
  if (ensemble.clusterIds.length > 1) return { reason: 'ClusterIdMismatch', message: mismatch(observed) };
  if (observed.plan.invalid !== undefined) {
    return {
      reason: 'InvalidSpec',
      message: `No objects can be made from the spec: ${observed.plan.invalid}`,
    };
  }
  if (observed.adminToken === 'unusable') {
    return {
      reason: 'AdminTokenUnusable',
      message: `The Secret ${adminSecretName(observed.cluster.metadata.name)} needs the keys "token" and "join-secret", each with at least 16 letters, digits or any of - . _ ~ + / = (two lines of them while one is changed for the other). Put such texts there, or delete the Secret: the operator then makes a new one.`,
    };
  }
  const namesIn = (state: 'foreign' | 'leaving'): string =>
    observed.objects
      .filter((object) => object.state === state)
      .map(({ wanted }) => `${wanted.kind} ${wanted.metadata.name}`)
      .join(', ');
  const foreign = namesIn('foreign');
  if (foreign !== '') {
    return {
      reason: 'NameTaken',
      message: `These objects belong to somebody else and are left alone: ${foreign}. Delete or rename them, or give the CoordinationCluster another name.`,
    };
  }
  const leaving = namesIn('leaving');
  if (leaving === '') return undefined;
  return {
    reason: 'FormerObjectsRemain',
    message: `These objects are being deleted, or are left by a former cluster of this name, and have to go first: ${leaving}.`,
  };
}

function mismatch({ cluster, pods }: Observed): string {
  const reported = pods.flatMap(({ name, report }) =>
    report.kind === 'answer' && report.answer.clusterId !== '' ? [`${name}: ${report.answer.clusterId}`] : [],
  );
  const recorded = cluster.status?.clusterId;
  const all = [...(recorded === undefined ? [] : [`status.clusterId: ${recorded}`]), ...reported];
  return `The members hold data of different clusters (${all.join(', ')}). Nothing is changed until they agree: find out which volumes are the right ones; a member on a wrong volume has to lose that volume.`;
}
