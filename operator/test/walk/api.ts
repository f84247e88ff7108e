import { isReadServerId, readName } from '../../src/model/cluster-names.ts';
import type { MembershipChange } from '../../src/model/membership.ts';
import type { StatefulSet } from '../../src/model/observed.ts';
import type { Step } from '../../src/model/step.ts';
import { type Catalogue, sizeNumber } from './catalogue.ts';
import { performTls } from './certificates.ts';
import type { Decision } from './decision.ts';
import { deleteSet } from './faults.ts';
import { deleteReadPods } from './kubernetes.ts';
import { claimUid, claimVersion, configurationIndex, podVersion } from './observation.ts';
import { force, lead, leavesMajority, mayLead } from './raft.ts';
import {
  copyOf,
  Data,
  everyOrdinal,
  isUp,
  NO_CLAIM,
  Pod,
  Role,
  raftIdOf,
  runs,
  settle,
  siteOf,
  votersOf,
  type World,
} from './world.ts';

const READ_SET = readName('zk');

/** Why nothing came of a step; what is `lasting` is shown to people. */
export interface Refusal {
  readonly why: string;
  readonly isLasting: boolean;
}

export type Outcome = World | Refusal;

export const isRefused = (outcome: Outcome): outcome is Refusal => 'why' in outcome;

/** The API server's, or the leader's, answer to a step that was decided upon earlier. */
export function perform(catalogue: Catalogue, world: World, { step, planned, cluster }: Decision): Outcome {
  const next = copyOf(world);
  if (world.deletion === 2) return conflict('there is no such cluster');
  if (OF_THE_CLUSTER.has(step.kind) && cluster !== catalogue.cluster(world))
    return conflict('the cluster has changed');
  const refusal = carryOut(catalogue, next, step, planned);
  return refusal ?? settle(next);
}

/** Each is refused where the object is another one by then. */
const OF_THE_CLUSTER: ReadonlySet<Step['kind']> = new Set([
  'addFinalizer',
  'removeFinalizer',
  'endForceNewCluster',
]);

function carryOut(
  catalogue: Catalogue,
  next: World,
  step: Step,
  planned: Decision['planned'],
): Refusal | undefined {
  switch (step.kind) {
    case 'wait':
      return undefined;
    case 'addFinalizer':
      next.isHeld = true;
      return undefined;
    case 'removeFinalizer':
      next.isHeld = false;
      if (next.deletion === 1) endCluster(next);
      return undefined;
    case 'createAdminToken':
      next.hasSecret = true;
      return undefined;
    case 'apply':
      if (step.object.metadata.name === READ_SET)
        return applyReadSet(catalogue, next, step.object as StatefulSet);
      if (step.object.kind === 'StatefulSet') return applySet(catalogue, next, step.object as StatefulSet);
      // The others are one to the model: what each of them is for is of no concern to it.
      next.infrastructure = planned.infrastructure;
      next.appliedInfrastructure = planned.infrastructure;
      return undefined;
    case 'writeStatus':
      next.status = catalogue.statuses.numberOf(step.status);
      return undefined;
    case 'delete':
      return remove(next, step);
    case 'expandVolume':
      return expand(next, step);
    case 'changeMembership':
    case 'handOver':
      return tell(next, step);
    case 'forceNewCluster':
      return forceCluster(next, step);
    case 'endForceNewCluster':
      next.asks = 0;
      return undefined;
    case 'logCheckpoint':
      throw new Error('nobody proves a version in the walk, and a checkpoint is asked for');
    case 'raiseFeatureLevel':
      throw new Error('no member of the walk runs another feature level, and one is to be raised');
    case 'addAdminToken':
    case 'dropAdminToken':
      throw new Error(
        'nobody asks for another admin token in the walk, and one is to take the place of another',
      );
    case 'makeAuthority':
    case 'writeCertificates':
    case 'switchAuthority':
    case 'dropAuthority': {
      const why = performTls(next, step);
      return why === undefined ? undefined : conflict(why);
    }
    default:
      throw new Error(
        `the walk knows no step of the kind ${(step satisfies never as Step).kind}: say in ${import.meta.filename} what it does, and in rules.ts what it may not`,
      );
  }
}

export function endCluster(next: World): void {
  deleteSet(next, false);
  deleteReadPods(next);
  Object.assign(next, { readSet: 0, isReadSetSeen: false, seenReadTemplate: 0, appliedReadSet: 0 });
  Object.assign(next, { deletion: 2, infrastructure: 0, appliedInfrastructure: 0, appliedSet: 0, status: 0 });
  next.hasSecret = false;
}

function applyReadSet(catalogue: Catalogue, next: World, object: StatefulSet): Refusal | undefined {
  const number = catalogue.setNumber(object);
  if (next.readSet !== 0 && catalogue.claimSizeOf(next.readSet) !== catalogue.claimSizeOf(number))
    return { why: 'a claim template cannot be changed', isLasting: true };
  if (next.readSet === 0) next.seenReadTemplate = 0;
  if (next.readSet !== number) next.isReadSetSeen = false;
  Object.assign(next, { readSet: number, appliedReadSet: number });
  return undefined;
}

/** Claim templates cannot be changed. */
function applySet(catalogue: Catalogue, next: World, object: StatefulSet): Refusal | undefined {
  const number = catalogue.setNumber(object);
  if (next.set !== 0 && catalogue.claimSizeOf(next.set) !== catalogue.claimSizeOf(number))
    return { why: 'a claim template cannot be changed', isLasting: true };
  if (next.set === 0) Object.assign(next, { setUid: 1 - next.setUid, seenTemplate: 0 });
  if (next.set !== number) next.isSetSeen = false;
  next.set = number;
  next.appliedSet = number;
  return undefined;
}

function remove(next: World, { object, why }: Extract<Step, { kind: 'delete' }>): Refusal | undefined {
  const { uid, resourceVersion, name } = object.metadata;
  if (name === READ_SET) {
    Object.assign(next, { readSet: 0, isReadSetSeen: false, seenReadTemplate: 0 });
    if (why !== 'claimTemplate') deleteReadPods(next);
    return undefined;
  }
  if (object.kind === 'StatefulSet') {
    if (next.set === 0) return undefined;
    if (uid !== `uid-set-${next.setUid}`) return conflict('it is another StatefulSet');
    deleteSet(next, why === 'claimTemplate');
    return undefined;
  }
  const ordinal = ordinalIn(name);
  const site = siteOf(next, ordinal);
  if (object.kind === 'PersistentVolumeClaim') {
    if (
      uid !== claimUid(site, ordinal) ||
      (resourceVersion !== undefined && resourceVersion !== claimVersion(site))
    )
      return conflict('the claim has changed');
    if (why !== 'formerCluster') Object.assign(site, NO_CLAIM);
    else if (site.pod === Pod.none) Object.assign(site, NO_CLAIM, { isRenewed: true });
    else site.isLeaving = true;
    return undefined;
  }
  if (object.kind !== 'Pod') throw new Error(`the walk knows of no deletion of a ${object.kind}`);
  if (site.pod === Pod.none) return undefined;
  if (resourceVersion !== undefined && resourceVersion !== podVersion(next, site))
    return conflict('the pod has changed');
  site.deleting = true;
  site.byOperator = true;
  return undefined;
}

function expand(next: World, { claim, size }: Extract<Step, { kind: 'expandVolume' }>): Refusal | undefined {
  const site = siteOf(next, ordinalIn(claim.metadata.name));
  if (!site.claim || claim.metadata.resourceVersion !== claimVersion(site))
    return conflict('the claim has changed');
  if (site.capacity === 0) return { why: 'only bound claims can be expanded', isLasting: true };
  if (sizeNumber(size) < site.requested) return { why: 'a claim cannot shrink', isLasting: true };
  site.requested = sizeNumber(size);
  return undefined;
}

/** In force at once; what is asked again is as it was. */
function forceCluster(
  next: World,
  { member }: Extract<Step, { kind: 'forceNewCluster' }>,
): Refusal | undefined {
  const asked = ordinalIn(member.pod);
  const site = next.sites[asked];
  if (site === undefined || !runs(site) || site.mute || !next.hasSecret)
    return conflict('it cannot be reached');
  if (next.leader >= 0) return conflict('a leader is there');
  if (!isUp(site) || site.role === Role.none) return conflict('it has no data');
  force(next, asked);
  return undefined;
}

type Told = Extract<Step, { kind: 'changeMembership' | 'handOver' }>;

/** In force at once; see `unanswered`. */
function tell(next: World, step: Told): Refusal | undefined {
  const asked = ordinalIn(step.leader.pod);
  const site = next.sites[asked];
  if (site === undefined || !runs(site) || site.mute || !next.hasSecret)
    return conflict('it cannot be reached');
  if (next.leader !== asked) return conflict('only the leader does that');
  if (step.kind === 'changeMembership') {
    if (step.expectedIndex !== configurationIndex(next)) return conflict('another configuration is in force');
    if (next.changing >= 0) return conflict('another change is in flight');
    return changeMembership(next, step.change);
  }
  const to = step.to - 1;
  if (!mayLead(next, to)) return conflict(`zk-${to} cannot lead`);
  lead(next, to);
  return undefined;
}

/** The ordinal that a change of the membership is about; -1: there is no such member. */
export function ordinalOf(world: World, change: MembershipChange): number {
  if (change.kind === 'add') return change.member.serverId - 1;
  const found = everyOrdinal(world).find(
    (ordinal) => siteOf(world, ordinal).role !== Role.none && raftIdOf(world, ordinal) === change.raftId,
  );
  return found ?? -1;
}

function changeMembership(next: World, change: MembershipChange): Refusal | undefined {
  const ordinal = ordinalOf(next, change);
  const site = ordinal < 0 ? undefined : siteOf(next, ordinal);
  if (site === undefined) return conflict('there is no such member');
  if (change.kind === 'promote' && site.role === Role.voter) return conflict('it votes already');
  if (change.kind === 'promote' && !site.caughtUp) return conflict('it has not caught up');
  if (change.kind === 'add' && site.role !== Role.none) return conflict('it is a member already');
  applyChange(next, change);
  if (votersOf(next).length === 0) return conflict('it is the last voter');
  return leavesMajority(next) ? undefined : conflict('no majority would be there');
}

/** What a change comes to, whether or not anybody should ask for it. */
export function applyChange(next: World, change: MembershipChange): void {
  const ordinal = ordinalOf(next, change);
  if (ordinal < 0) return;
  const site = siteOf(next, ordinal);
  if (change.kind === 'promote') {
    site.role = Role.voter;
  } else if (change.kind === 'add') {
    const generation = site.generation === 0 ? 1 : 0;
    Object.assign(site, { role: Role.learner, isBound: false, generation, caughtUp: false });
  } else {
    Object.assign(site, { role: Role.none, isBound: false, caughtUp: false });
    if (site.data === Data.current) site.data = Data.outdated;
    if (site.data === Data.granted) site.data = Data.empty;
  }
}

/** What is done without an answer: a change of the membership has yet to come to its end, and of what was applied nothing is remembered. */
export function unanswered(world: World, done: World, step: Step): World {
  const next = copyOf(done);
  next.appliedInfrastructure = world.appliedInfrastructure;
  next.appliedSet = world.appliedSet;
  next.appliedReadSet = world.appliedReadSet;
  if (step.kind !== 'changeMembership') return next;
  // Of read replicas it is in force: what they wait for is looked at by the members' changes.
  if (isReadServerId((step.change.kind === 'add' ? step.change.member : step.change).serverId)) return next;
  const changing = ordinalOf(step.change.kind === 'add' ? done : world, step.change);
  const { role, isBound, generation, data } = world.sites[changing]!;
  return settle({ ...next, changing, before: { role, isBound, generation, data } });
}

function ordinalIn(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

function conflict(why: string): Refusal {
  return { why, isLasting: false };
}
