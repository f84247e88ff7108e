import {
  FIRST_READ_ORDINAL,
  isReadOrdinal,
  isReadServerId,
  readName,
} from '../../src/model/cluster-names.ts';
import type { Step } from '../../src/model/step.ts';
import type { Deed, Rule } from './deed.ts';
import { podName } from './move.ts';
import { Pod, Role, siteOf } from './world.ts';

const SET = readName('zk');

/** The server id that a change of the membership is about; 0: the step is none. */
function changedBy(step: Step): number {
  if (step.kind !== 'changeMembership') return 0;
  return (step.change.kind === 'add' ? step.change.member : step.change).serverId;
}

function ordinalOfPod(step: Step): number | undefined {
  const isPod = step.kind === 'delete' && step.object.kind === 'Pod' && step.why !== 'clusterDeleted';
  const ordinal = isPod ? Number(/\d+$/.exec(step.object.metadata.name)?.[0]) : -1;
  return isReadOrdinal(ordinal) ? ordinal : undefined;
}

/** What holds for read replicas. */
export const READ_RULES: Readonly<Record<string, Rule>> = {
  'who reads never votes': (_deed, step) =>
    step.kind === 'changeMembership' && step.change.kind === 'promote' && isReadServerId(changedBy(step))
      ? `${podName(changedBy(step) - 1)} is promoted`
      : undefined,

  'a read replica has its place before its pod, and leaves it before its pod goes': (
    { catalogue, world },
    step,
  ) => {
    if (step.kind !== 'apply' || step.object.metadata.name !== SET || step.object.kind !== 'StatefulSet')
      return undefined;
    const replicas = catalogue.replicasOf(catalogue.setNumber(step.object as never));
    const last = world.readers.findLastIndex(({ role }) => role !== Role.none);
    if (last >= replicas)
      return `${podName(FIRST_READ_ORDINAL + last)} has its place, and the StatefulSet gets ${replicas} pods`;
    const before = catalogue.replicasOf(world.readSet);
    const without = world.readers.slice(before, replicas).findIndex(({ role }) => role === Role.none);
    return without < 0
      ? undefined
      : `${podName(FIRST_READ_ORDINAL + before + without)} gets a pod and has no place`;
  },

  'read replicas come one after the other': ({ world, isSudden }, step) => {
    if (step.kind !== 'changeMembership' || step.change.kind !== 'add' || isSudden) return undefined;
    if (!isReadServerId(changedBy(step))) return undefined;
    const coming = world.readers.findIndex(({ role, isBound }) => role !== Role.none && !isBound);
    return coming < 0
      ? undefined
      : `another is added before a process came for ${podName(FIRST_READ_ORDINAL + coming)}`;
  },

  'read replicas are rolled after the members, one at a time': (deed, step) => {
    const ordinal = ordinalOfPod(step);
    if (ordinal === undefined || deed.isSudden || step.kind !== 'delete' || step.why !== 'outdated')
      return undefined;
    return oldMember(deed) ?? otherReader(deed, ordinal);
  },

  'the StatefulSet of the read replicas goes when nobody is left in it': ({ world }, step) => {
    if (step.kind !== 'delete' || step.object.metadata.name !== SET || step.why !== 'surplus')
      return undefined;
    const left = world.readers.findIndex(({ pod, role }) => pod !== Pod.none || role !== Role.none);
    return left < 0 ? undefined : `${podName(FIRST_READ_ORDINAL + left)} is there`;
  },

  'the status tells of a step for read replicas before it is taken': ({ catalogue, seen }, step) => {
    const isOne = isReadServerId(changedBy(step)) || ordinalOfPod(step) !== undefined;
    if (!isOne || (step.kind === 'delete' && step.why === 'stuck')) return undefined;
    const { status } = seen.objects;
    const { conditions = [] } = status === 0 ? {} : catalogue.statuses.of(status);
    const told = conditions.find(({ type }) => type === 'ReadReplicasReady');
    return told?.status === 'False' ? undefined : `ReadReplicasReady is ${told?.status} (${told?.reason})`;
  },
};

function oldMember({ catalogue, world }: Deed): string | undefined {
  const newest = world.set === 0 ? 0 : catalogue.templateOf(world.set);
  const old = world.sites.findIndex(({ pod, template }) => pod !== Pod.none && template !== newest);
  return old < 0 ? undefined : `${podName(old)} is of another template still`;
}

function otherReader({ world }: Deed, ordinal: number): string | undefined {
  const { template } = siteOf(world, ordinal);
  const away = world.readers.findIndex(
    ({ pod, ready, deleting, role, template: other }, at) =>
      FIRST_READ_ORDINAL + at !== ordinal &&
      role !== Role.none &&
      (deleting || (pod !== Pod.none && other !== template && !ready)),
  );
  return away < 0 ? undefined : `${podName(FIRST_READ_ORDINAL + away)} is away`;
}
