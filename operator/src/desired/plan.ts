import { type CoordinationCluster, quantityBytes } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { answersOf, type ObservedPod, type StatefulSet } from '../model/observed.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import type { RunningValues } from './blueprint.ts';
import { type DesiredContext, desired } from './desired.ts';

/** On the StatefulSet: what it was made with, so that a change of the spec is told from a change of the StatefulSet by hand. */
const REPLICAS_ANNOTATION = 'rookery.dev/replicas';
const IMAGE_ANNOTATION = 'rookery.dev/image';

/**
 * The objects that the cluster should have, without the changes that cannot be made yet: those keep the running values.
 */
export function planOf(
  cluster: CoordinationCluster,
  statefulSet: StatefulSet | undefined,
  pods: readonly ObservedPod[],
  context: Omit<DesiredContext, 'running'>,
): Plan {
  const first = desired(cluster, context);
  const asked = madeWith(find(first));
  if (statefulSet === undefined || asked === undefined) return { objects: inOrder(first), refusals: [] };
  const made = madeWith(statefulSet) ?? asked;
  const refusals: Refusal[] = [];
  let running = made;
  if (made.replicas !== asked.replicas) refusals.push(noScaling(made.replicas, asked.replicas));
  if (made.image !== asked.image) {
    // Nothing is lost with an image that never ran, and a wrong one could not be put right otherwise.
    if (hasBegun(cluster, pods)) refusals.push(noUpgrade(made.image, asked.image));
    else running = { ...made, image: asked.image };
  }
  if (claimsDiffer(statefulSet, find(first))) refusals.push(NO_STORAGE_CHANGE);
  const objects = desired(cluster, { ...context, running });
  return { objects: inOrder(objects).map((object) => keepClaims(object, statefulSet)), refusals };
}

function hasBegun({ status }: CoordinationCluster, pods: readonly ObservedPod[]): boolean {
  return status?.clusterId !== undefined || answersOf(pods).some(({ clusterId }) => clusterId !== '');
}

function find(objects: readonly KubeObject[]): StatefulSet | undefined {
  return objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;
}

function madeWith(statefulSet: StatefulSet | undefined): RunningValues | undefined {
  if (statefulSet === undefined) return undefined;
  const noted = statefulSet.metadata.annotations ?? {};
  const image = noted[IMAGE_ANNOTATION] ?? statefulSet.spec.template?.spec?.containers?.[0]?.image;
  const replicas = /^[1-9][0-9]?$/.test(noted[REPLICAS_ANNOTATION] ?? '')
    ? Number(noted[REPLICAS_ANNOTATION])
    : statefulSet.spec.replicas;
  return image === undefined || replicas === undefined ? undefined : { image, replicas };
}

function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const last = (object: KubeObject): boolean => object.kind === 'StatefulSet';
  return [...objects.filter((object) => !last(object)), ...objects.filter(last).map(noted)];
}

function noted(object: KubeObject): KubeObject {
  const made = madeWith(object as StatefulSet);
  if (made === undefined) return object;
  const annotations = {
    ...object.metadata.annotations,
    [REPLICAS_ANNOTATION]: String(made.replicas),
    [IMAGE_ANNOTATION]: made.image,
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** They are immutable: the API server would refuse the whole StatefulSet, and with it every other change. */
function keepClaims(object: KubeObject, found: StatefulSet): KubeObject {
  if (object.kind !== 'StatefulSet') return object;
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

function noScaling(running: number, asked: number): Refusal {
  return {
    reason: 'ScalingNotSupported',
    message: `This version of the operator cannot scale an ensemble: ${running} members stay, ${asked} were asked for. Set spec.replicas back to ${running}.`,
  };
}

function noUpgrade(running: string, asked: string): Refusal {
  return {
    reason: 'UpgradeNotSupported',
    message: `This version of the operator cannot change the image of a running ensemble: ${running} stays, ${asked} was asked for. Set spec.version and spec.image.repository back.`,
  };
}

const NO_STORAGE_CHANGE: Refusal = {
  reason: 'StorageChangeNotSupported',
  message:
    'This version of the operator cannot resize the volumes of an ensemble: they stay as they are, whatever spec.storage.size says.',
};
