import type { ClusterCondition } from '@rookery/crds';
import { FIRST_READ_ORDINAL } from '../../src/model/cluster-names.ts';
import type { Step } from '../../src/model/step.ts';
import { BROKEN_VERSION, type Catalogue, sizeNumber } from './catalogue.ts';
import { Authority } from './certificates.ts';
import { podName } from './move.ts';
import { Data, isMajority, Pod, Role, votersOf, type World } from './world.ts';

/** What is not as the spec says, for people. */
export function differences(catalogue: Catalogue, world: World, plannedSet: number): string[] {
  const { spec } = catalogue.cluster(world);
  const { set, sites } = world;
  if (set === 0) return ['there is no StatefulSet'];
  const template = catalogue.templateOf(set);
  const size = sizeNumber(spec.storage.size);
  const found: [boolean, string][] = [
    [catalogue.replicasOf(set) !== spec.replicas, 'the StatefulSet has another number of pods'],
    [catalogue.versionOf(template) !== spec.version, 'the StatefulSet has another version'],
    [template !== catalogue.templateOf(plannedSet), 'the StatefulSet has another template'],
    [catalogue.claimSizeOf(set) !== size, 'the StatefulSet has another claim template'],
    [!world.isSetSeen || world.isOrphaned, 'the StatefulSet has not been seen'],
    [!world.hasSecret, 'there is no Secret'],
    [world.leader < 0, 'nobody leads'],
    [world.asks !== 0, 'the annotation stays'],
    [world.changing >= 0, 'a change of the membership is in flight'],
    ...sites.flatMap((site, ordinal): [boolean, string][] => {
      const name = podName(ordinal);
      if (ordinal >= spec.replicas)
        return [
          [site.pod !== Pod.none && !site.deleting, `${name} is too many`],
          [site.role !== Role.none, `${name} is a member too many`],
        ];
      return [
        [site.pod !== Pod.running || site.deleting, `${name} does not run`],
        [site.template !== template, `${name} is of another template`],
        [site.role !== Role.voter || site.data !== Data.current, `${name} does not vote`],
        [!site.ready, `${name} is not ready`],
        [!site.claim || Math.min(site.requested, site.capacity) < size, `the volume of ${name} is too small`],
      ];
    }),
  ];
  return found.flatMap(([differs, what]) => (differs ? [what] : []));
}

/** Of the read replicas: nothing that the cluster's being Ready says anything of. */
function readDifferences(catalogue: Catalogue, world: World, plannedSet: number): string[] {
  const { spec } = catalogue.cluster(world);
  const { readSet, readers } = world;
  const template = plannedSet === 0 ? 0 : catalogue.templateOf(plannedSet);
  const found: [boolean, string][] = [
    [readSet !== plannedSet, 'the StatefulSet of the read replicas is another one'],
    [spec.readReplicas === 0 && readSet !== 0, 'there is a StatefulSet for nobody'],
    ...readers.flatMap((site, at): [boolean, string][] => {
      const name = podName(FIRST_READ_ORDINAL + at);
      if (at >= spec.readReplicas)
        return [
          [site.pod !== Pod.none, `${name} is too many`],
          [site.role !== Role.none, `${name} has a place too many`],
        ];
      return [
        [site.pod !== Pod.running || !site.ready, `${name} is not ready`],
        [site.template !== template, `${name} is of another template`],
        [site.role !== Role.learner || site.data !== Data.current, `${name} does not read`],
        [site.requested < sizeNumber(spec.storage.size), `the volume of ${name} is too small`],
      ];
    }),
  ];
  return found.flatMap(([differs, what]) => (differs ? [what] : []));
}

/** How it ends where nobody does anything any more: a name, or what is wrong with it. */
export type End = { readonly name: string } | { readonly wrong: string };

/** @param hadFault something has happened that nobody promises */
export function endOf(
  catalogue: Catalogue,
  world: World,
  {
    step,
    plannedSet,
    plannedReadSet,
    hadFault,
  }: { step: Step | undefined; plannedSet: number; plannedReadSet: number; hadFault: boolean },
): End {
  if (world.deletion === 2) return endOfDeleted(catalogue, world);
  if (step !== undefined && step.kind !== 'wait') return { wrong: `${step.kind} is tried again for ever` };
  const cluster = catalogue.cluster(world);
  const condition = (type: string): ClusterCondition | undefined =>
    cluster.status?.conditions?.find((candidate) => candidate.type === type);
  const says = (name: string, type: string, reason?: string): End => {
    const told = condition(type);
    const isTold = told?.status === 'True' && (reason === undefined || told.reason === reason);
    return isTold
      ? { name }
      : { wrong: `${name}, and ${type} is ${told?.status} (${told?.reason}), not ${reason ?? 'True'}` };
  };
  if (cluster.spec.paused) return says('paused', 'Paused', 'PausedBySpec');
  const differs = differences(catalogue, world, plannedSet);
  if (differs.length === 0) {
    if (catalogue.isRotationAsked(world.edits) && world.authority !== Authority.two)
      return { wrong: 'the former authority is trusted still' };
    if (cluster.status?.observedGeneration !== world.edits + 1)
      return { wrong: 'the status is that of another spec' };
    if (cluster.status.operation !== undefined)
      return { wrong: `the operation ${cluster.status.operation.type} does not end` };
    if (cluster.status.phase !== 'Ready')
      return { wrong: `all is well, and the phase is ${cluster.status.phase}` };
    const ofReaders = readDifferences(catalogue, world, plannedReadSet);
    if (ofReaders.length > 0) return { wrong: `all is well with the members, and ${ofReaders.join(', ')}` };
    const readers = says('', 'ReadReplicasReady');
    return 'wrong' in readers ? readers : says('as the spec says', 'Ready', 'AsSpecified');
  }
  const voters = votersOf(world);
  const whole = voters.filter((ordinal) => world.sites[ordinal]!.data === Data.current);
  if (voters.length > 0 && !isMajority(whole.length, voters.length) && world.asks !== 0)
    return says('a survivor that is refused', 'Stalled', 'ForceNewClusterRefused');
  if (voters.length > 0 && !isMajority(whole.length, voters.length))
    return says('lost for good', 'Stalled', 'LostForGood');
  if (cluster.spec.version === BROKEN_VERSION) {
    // One or two have no majority without one of them, and a pod that somebody else takes away comes back as one that cannot run, too.
    if (world.leader < 0 && voters.length > 2 && !hadFault)
      return { wrong: `a version that cannot run, and no quorum: ${differs.join(', ')}` };
    return says('a version that cannot run', 'Stalled');
  }
  return { wrong: `it stays so: ${differs.join(', ')}` };
}

function endOfDeleted(catalogue: Catalogue, world: World): End {
  const all = [...world.sites, ...world.readers];
  if (all.some(({ pod }) => pod !== Pod.none)) return { wrong: 'pods stay of a cluster that is gone' };
  const isKept = catalogue.cluster(world).spec.storage.retention.whenDeleted === 'Retain';
  if (isKept) return { name: 'gone, its volumes kept' };
  return all.some(({ claim }) => claim)
    ? { wrong: 'volumes stay that were to be deleted' }
    : { name: 'gone with its volumes' };
}
