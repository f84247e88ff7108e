import { quantityBytes } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import type { StatefulSet } from '../model/observed.ts';
import type { Plan } from '../model/plan.ts';
import { bundleOf } from '../model/tls.ts';
import { type DesiredContext, imageOfSpec } from './blueprint.ts';
import { desired } from './desired.ts';
import { imageToKeep, proofPart } from './image-to-keep.ts';
import { peerTlsOf } from './peer-tls.ts';
import { readReplicaObjects } from './read-replicas.ts';
import { type Found, runningMembers, runningReadReplicas } from './running.ts';

/** The objects that the cluster should have. Of a StatefulSet that is there its claim template stays: nobody can change it. */
export function planOf(found: Found, context: Pick<DesiredContext, 'serverImage' | 'hasCertManager'>): Plan {
  const { cluster, statefulSet, tls } = found;
  const members = runningMembers(found);
  const readers = runningReadReplicas(found);
  const peerTls = peerTlsOf(found);
  const image = imageOfSpec(cluster, context.serverImage);
  const running = imageToKeep(found, image);
  const part = proofPart(found, running === undefined ? undefined : image);
  const given: DesiredContext = {
    ...context,
    ...(members === undefined ? {} : { members }),
    ...(readers === undefined ? {} : { readReplicas: readers }),
    peerTls: peerTls.mode,
    authorities: trustedOf(tls),
    balancedHosts: tls.balancedHosts,
    ...(running === undefined ? {} : { running }),
    ...(part === undefined ? {} : { proof: part }),
  };
  const objects = desired(cluster, given);
  return {
    peerTls,
    objects: statefulSet === undefined ? objects : objects.map((object) => keepClaims(object, statefulSet)),
    readReplicas: readReplicaObjects(cluster, given).map((object) =>
      keepClaims(object, found.readReplicas.statefulSet),
    ),
    image,
    ...(running === undefined ? {} : { proof: { image, running } }),
  };
}

/** What members trust stays published while the Secret of the authority cannot be used. */
function trustedOf({ authority, certificates }: Found['tls']): string {
  if (authority.kind === 'there') return bundleOf(authority).pem;
  return certificates.kind === 'there' ? certificates.bundle : '';
}

/** They are immutable: the API server would refuse the whole StatefulSet, and with it every other change. */
function keepClaims(object: KubeObject, found: StatefulSet | undefined): KubeObject {
  if (found === undefined || object.kind !== found.kind || object.metadata.name !== found.metadata.name)
    return object;
  const wanted = object as StatefulSet;
  if (!claimsDiffer(found, wanted)) return wanted;
  const volumeClaimTemplates = found.spec.volumeClaimTemplates ?? [];
  const kept: StatefulSet = { ...wanted, spec: { ...wanted.spec, volumeClaimTemplates } };
  return kept;
}

function claimsDiffer(found: StatefulSet, wanted: StatefulSet | undefined): boolean {
  const [before, after] = [sizesOf(found), sizesOf(wanted)];
  return (
    before.length > 0 && (before.length !== after.length || before.some((size, at) => size !== after[at]))
  );
}

/** The size alone: the StorageClass cannot change by the rules of the CRD, and the API server fills in the rest. */
function sizesOf(statefulSet: StatefulSet | undefined): number[] {
  return (statefulSet?.spec.volumeClaimTemplates ?? []).flatMap((template) => {
    const { spec } = template as { spec?: { resources?: { requests?: { storage?: string } } } };
    const storage = spec?.resources?.requests?.storage;
    return storage === undefined ? [] : [quantityBytes(storage)];
  });
}
