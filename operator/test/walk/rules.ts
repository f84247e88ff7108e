import type { CoordinationClusterStatus } from '@rookery/crds';
import { FIRST_READ_ORDINAL, isReadServerId, readName } from '../../src/model/cluster-names.ts';
import type { MembershipChange } from '../../src/model/membership.ts';
import type { Step } from '../../src/model/step.ts';
import { applyChange, ordinalOf } from './api.ts';
import { sizeNumber } from './catalogue.ts';
import type { Deed, Rule } from './deed.ts';
import { differences } from './ends.ts';
import { podName } from './move.ts';
import { mayLead } from './raft.ts';
import { READ_RULES } from './read-rules.ts';
import {
  copyOf,
  Data,
  FORCE_WORDS,
  isFormer,
  isMajority,
  isUp,
  ordinals,
  Pod,
  Role,
  runs,
  type Site,
  siteOf,
  votersOf,
  type World,
} from './world.ts';

/** The first rule that is broken, in words. */
export function brokenRule(deed: Deed): string | undefined {
  for (const [name, rule] of [...Object.entries(RULES), ...Object.entries(READ_RULES)]) {
    const why = rule(deed, deed.decision.step);
    if (why !== undefined) return `${name}: ${why}`;
  }
  return undefined;
}

/** It votes, and a majority can count on it. */
function isThere(world: World, ordinal: number): boolean {
  const site = world.sites[ordinal]!;
  return isUp(site) && site.caughtUp && !site.deleting;
}

/** Of a cluster that was deleted nobody expects anything. */
const podOf = (step: Step): number | undefined =>
  step.kind === 'delete' && step.object.kind === 'Pod' && step.why !== 'clusterDeleted'
    ? Number(/\d+$/.exec(step.object.metadata.name)?.[0])
    : undefined;

const RULES: Readonly<Record<string, Rule>> = {
  'a quorum is never taken away': ({ world, isSudden }, step) => {
    const ordinal = podOf(step);
    if (ordinal === undefined || isSudden) return undefined;
    const voters = votersOf(world);
    const site = siteOf(world, ordinal);
    if (!voters.includes(ordinal) || !isUp(site) || site.deleting) return undefined;
    const others = voters.filter((other) => other !== ordinal);
    const there = others.filter((other) => isThere(world, other));
    // One or two have no majority without any of them.
    const isSafe =
      voters.length <= 2 ? there.length === others.length : isMajority(there.length, voters.length);
    return isSafe
      ? undefined
      : `${podName(ordinal)} is deleted, and of ${voters.length} voters ${there.length} others are there`;
  },

  'one pod is away at a time': ({ world }, step) => {
    const ordinal = podOf(step);
    if (ordinal === undefined || !isUp(siteOf(world, ordinal))) return undefined;
    const away = ordinals(world).find((other) => other !== ordinal && isAwayByOperator(world.sites[other]!));
    return away === undefined
      ? undefined
      : `${podName(ordinal)} is deleted before ${podName(away)}, which the operator deleted, is back`;
  },

  'what is new proves itself first': ({ catalogue, world, isSudden }, step) => {
    const ordinal = podOf(step);
    if (ordinal === undefined || isSudden || step.kind !== 'delete' || step.why !== 'outdated')
      return undefined;
    const newest = world.set === 0 ? 0 : catalogue.templateOf(world.set);
    const unproven = world.sites.findIndex(
      ({ pod, template, role, ready, caughtUp }, other) =>
        other !== ordinal &&
        pod !== Pod.none &&
        template === newest &&
        role !== Role.none &&
        !(ready && caughtUp),
    );
    return unproven < 0
      ? undefined
      : `${podName(ordinal)} is deleted while ${podName(unproven)}, made from the newest template, is not ready with all that was written`;
  },

  'a pod without a member is no reason to delete one with': ({ world, isSudden }, step) => {
    const ordinal = podOf(step);
    if (ordinal === undefined || isSudden || step.kind !== 'delete' || step.why !== 'stuck') return undefined;
    return runs(siteOf(world, ordinal)) ? `a member runs in ${podName(ordinal)}` : undefined;
  },

  'a leader hands over first': ({ world, isSudden }, step) => {
    const ordinal = podOf(step);
    if (ordinal === undefined || isSudden || ordinal !== world.leader || siteOf(world, ordinal).deleting)
      return undefined;
    const successor = votersOf(world).find((other) => other !== ordinal && mayLead(world, other));
    return successor === undefined
      ? undefined
      : `${podName(ordinal)} leads and is deleted, though ${podName(successor)} could lead`;
  },

  'each member keeps its pod': ({ catalogue, world }, step) => {
    if (!isOfMembers(step)) return undefined;
    const replicas = catalogue.replicasOf(catalogue.setNumber(step.object as never));
    // Who was added and has come to nothing yet can wait.
    const last = world.sites.findLastIndex(
      ({ role, pod }) => role === Role.voter || (role === Role.learner && pod !== Pod.none),
    );
    return last < replicas
      ? undefined
      : `${podName(last)} is a member, and the StatefulSet gets ${replicas} pods`;
  },

  'no pod is made for nobody': ({ catalogue, seen, world }, step) => {
    if (!isOfMembers(step) || seen.objects.set === 0) return undefined;
    const { spec, status } = catalogue.cluster(seen.objects);
    const replicas = catalogue.replicasOf(catalogue.setNumber(step.object as never));
    // Who was taken out and has not heard of it speaks for itself.
    const isSomebody = (site: Site): boolean => site.role !== Role.none || isFormer(site);
    const members = Math.max(
      ...[seen.members, world].map(({ sites }) => sites.findLastIndex(isSomebody) + 1),
    );
    const most = Math.max(members, spec.replicas, status?.voters ?? 0, catalogue.replicasOf(world.set));
    return status?.clusterId === undefined || replicas <= most
      ? undefined
      : `the StatefulSet gets ${replicas} pods for ${members} members`;
  },

  'a change of the membership leaves a majority that is there': ({ world, isSudden }, step) => {
    // Who is added has no vote.
    if (step.kind !== 'changeMembership' || step.change.kind === 'add' || isSudden) return undefined;
    const next = copyOf(world);
    applyChange(next, step.change);
    const voters = votersOf(next);
    const there = voters.filter((ordinal) => isSeenThere(next, ordinal));
    return isMajority(there.length, voters.length)
      ? undefined
      : `${step.change.kind} leaves ${voters.length} voters of which ${there.length} are there`;
  },

  'one change of the membership at a time': ({ world, seen }, step) =>
    step.kind === 'changeMembership' && seen.members === world && world.changing >= 0
      ? `${step.change.kind} is asked for while that of ${podName(world.changing)} is in flight`
      : undefined,

  'a vote is given to who has all that was written': ({ world, isSudden }, step) => {
    if (step.kind !== 'changeMembership' || step.change.kind !== 'promote' || isSudden) return undefined;
    const ordinal = ordinalOf(world, step.change);
    return ordinal < 0 || siteOf(world, ordinal).caughtUp
      ? undefined
      : `${podName(ordinal)} has not caught up`;
  },

  'nobody is taken out but who is too many or has lost its data': ({ catalogue, seen, world }, step) => {
    if (step.kind !== 'changeMembership' || step.change.kind !== 'remove') return undefined;
    const ordinal = ordinalOf(world, step.change);
    if (ordinal < 0) return undefined;
    const { data, isBound } = siteOf(world, ordinal);
    const { replicas, readReplicas } = catalogue.cluster(seen.objects).spec;
    const isTooMany =
      ordinal >= FIRST_READ_ORDINAL ? ordinal >= FIRST_READ_ORDINAL + readReplicas : ordinal >= replicas;
    if (!isTooMany && !(isBound && data === Data.empty))
      return `${podName(ordinal)} is a member and has its data`;
    return ordinal === world.leader && seen.members === world ? `${podName(ordinal)} leads` : undefined;
  },

  'volumes stay': ({ catalogue, world }, step) => {
    if (step.kind !== 'delete' || step.object.kind !== 'PersistentVolumeClaim') return undefined;
    const { whenDeleted } = catalogue.cluster(world).spec.storage.retention;
    if (step.why === 'formerCluster') {
      const ordinal = Number(/\d+$/.exec(step.object.metadata.name)?.[0]);
      const isFree = world.recovery === 1 && siteOf(world, ordinal).role === Role.none;
      return isFree ? undefined : `${podName(ordinal)} is a member of the cluster that there is`;
    }
    if (world.deletion === 0 || whenDeleted !== 'Delete') return `${step.object.metadata.name} is deleted`;
    const all = [...world.sites, ...world.readers];
    return all.every(({ pod }) => pod === Pod.none) ? undefined : 'a volume goes before the pods';
  },

  'a cluster is made of one survivor once': ({ seen, world }, { kind }) =>
    kind === 'forceNewCluster' && world.recovery === 1 && seen.members.recovery === 1
      ? 'there is one already'
      : undefined,

  'a cluster is made of one survivor only when that is asked for, and its quorum is lost for good': (
    { seen, world },
    { kind },
  ) => {
    if (kind !== 'forceNewCluster') return undefined;
    if (seen.objects.asks === 0) return 'nobody has asked for it';
    const voters = votersOf(world);
    const whole = voters.filter((ordinal) => world.sites[ordinal]!.data === Data.current);
    return isMajority(whole.length, voters.length)
      ? `${whole.length} of ${voters.length} voters have their data`
      : undefined;
  },

  'who is to survive is recorded first': ({ catalogue, seen }, step) => {
    if (step.kind !== 'forceNewCluster') return undefined;
    const { operation } = seen.objects.status === 0 ? {} : catalogue.statuses.of(seen.objects.status);
    return operation?.type === 'ForceNewCluster' && operation.target === step.member.pod
      ? undefined
      : `the status tells of ${operation?.type} of ${operation?.target}`;
  },

  'the newest log survives, but where another is named': ({ world, seen, isSudden }, step) => {
    if (step.kind !== 'forceNewCluster' || isSudden) return undefined;
    const target = Number(/\d+$/.exec(step.member.pod)?.[0]);
    const newer = world.sites.findIndex(
      ({ data, caughtUp, role }) => data === Data.current && role === Role.voter && caughtUp,
    );
    const isNewest = FORCE_WORDS[seen.objects.asks] === 'newest';
    return !isNewest || newer < 0 || world.sites[target]!.caughtUp
      ? undefined
      : `${podName(newer)} has more than ${step.member.pod}`;
  },

  'nobody is added upon the data of the former cluster': ({ world }, step) => {
    if (step.kind !== 'changeMembership' || step.change.kind !== 'add') return undefined;
    const ordinal = ordinalOf(world, step.change);
    return siteOf(world, ordinal).isPast ? `${podName(ordinal)} has them` : undefined;
  },

  'the StatefulSet goes with its cluster, or once all volumes are large enough': (
    { catalogue, seen, world },
    step,
  ) => {
    if (step.kind !== 'delete' || step.object.kind !== 'StatefulSet' || world.deletion !== 0)
      return undefined;
    // Once nobody reads any more.
    if (step.object.metadata.name === readName('zk') && step.why === 'surplus') return undefined;
    if (step.why !== 'claimTemplate') return `it is deleted with its pods (${step.why})`;
    const size = sizeNumber(catalogue.cluster(seen.objects).spec.storage.size);
    const { sites, readers } = seen.objects;
    const pool = step.object.metadata.name === readName('zk') ? readers : sites;
    const small = pool.findIndex(({ claim, requested }) => claim && requested < size);
    return small < 0 ? undefined : `the volume of ${podName(small)} has not been expanded`;
  },

  'nothing is changed while paused': ({ catalogue, seen }, { kind }) =>
    catalogue.cluster(seen.objects).spec.paused && kind !== 'wait' && kind !== 'writeStatus'
      ? `${kind} while spec.paused is true`
      : undefined,

  'Ready means that all is as the spec says': ({ catalogue, seen, decision }, step) => {
    const isFresh = seen.objects === seen.members && seen.pods === seen.members;
    // While it is paused nobody has looked whether it is.
    if (step.kind !== 'writeStatus' || !isFresh || catalogue.cluster(seen.objects).spec.paused)
      return undefined;
    const { conditions = [], observedGeneration } = step.status;
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    if (!isReady || observedGeneration !== seen.objects.edits + 1) return undefined;
    const [first] = differences(catalogue, seen.objects, decision.planned.set);
    return first;
  },

  'the status tells of a step before it is taken': ({ catalogue, seen, world }, step) => {
    const isOne = step.kind === 'changeMembership' || step.kind === 'handOver' || podOf(step) !== undefined;
    if (!isOne || (step.kind === 'delete' && step.why === 'stuck')) return undefined;
    const ordinal = podOf(step);
    if (ordinal !== undefined && siteOf(world, ordinal).role !== Role.voter) return undefined;
    if (step.kind === 'changeMembership' && isForReader(step.change)) return undefined;
    const { status } = seen.objects;
    const told = status === 0 ? [] : toldBy(catalogue.statuses.of(status));
    return told.some((one) => ANNOUNCED.has(one)) ? undefined : `it tells of ${told.join(', ') || 'nothing'}`;
  },

  'a cluster that has begun is named to its members': ({ catalogue, seen, decision }, step) => {
    if (step.kind !== 'apply' || seen.members.leader < 0) return undefined;
    const isKnown = seen.members.sites.some((site) => isUp(site) && !site.mute && site.pod === Pod.running);
    if (!isKnown || seen.objects.isOrphaned || !seen.objects.hasSecret || seen.pods.set === 0)
      return undefined;
    const { hasClusterId } = catalogue.infrastructures.of(decision.planned.infrastructure);
    return hasClusterId || seen.pods.sites.some(({ pod }, at) => pod !== seen.members.sites[at]!.pod)
      ? undefined
      : 'members that come up with empty disks could begin another one';
  },
};

/** Of voters. Where two things go on at a time it may tell of either. */
const ANNOUNCED: ReadonlySet<string> = new Set([
  'Scale',
  'ReplaceMember',
  'RollingUpdate',
  'Scaling',
  'ReplacingMember',
]);

/** What is going on, by the operation or, where that is a longer one, by its condition. */
function toldBy({ operation, conditions = [] }: CoordinationClusterStatus): string[] {
  const reason = conditions.find(({ type }) => type === 'Progressing')?.reason;
  return [operation?.type, reason].filter((one) => one !== undefined);
}

/** An apply of the StatefulSet of those that vote. */
function isOfMembers(step: Step): step is Extract<Step, { kind: 'apply' }> {
  return step.kind === 'apply' && step.object.kind === 'StatefulSet' && step.object.metadata.name === 'zk';
}

/** What the status says of them is held by read-rules.ts. */
function isForReader(change: MembershipChange): boolean {
  return isReadServerId((change.kind === 'add' ? change.member : change).serverId);
}

/** By its hand, and it would vote if it were there. */
function isAwayByOperator({ byOperator, role }: Site): boolean {
  return byOperator && role === Role.voter;
}

/** As far as anybody but Raft itself can see. */
function isSeenThere(world: World, ordinal: number): boolean {
  const site = world.sites[ordinal]!;
  return runs(site) && (site.caughtUp || ordinal === world.leader);
}
