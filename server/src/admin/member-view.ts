import { Role } from 'raft-ts-lite';
import { joinAddress } from '../config/addresses.ts';
import type { MemberAddress } from '../config/config.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { decodeContext, NOBODY } from '../replica/membership/membership.ts';
import { checkpointNow, checkpointsOf } from './checkpoint.ts';
import { raiseFeatureLevel } from './feature-level.ts';
import { forceNewCluster } from './force-new-cluster.ts';
import { relinquish, transferLeadership } from './leadership-transfer.ts';
import type { MachineCounts } from './machine-counts.ts';
import { metricsOf } from './member-metrics.ts';
import type { MemberStanding, MemberStatus, StatusRole } from './member-standing.ts';
import type { MemberView } from './member-status.ts';
import { changeMembership } from './membership-change.ts';
import { quotasOf } from './quota-metrics.ts';

/** A running member as HTTP sees it. */
export function memberView(member: Member, scheduler: Scheduler, counts: MachineCounts): MemberView {
  return {
    proofs: member.proofs,
    status: () => status(member, counts),
    metrics: () => metricsOf(member, counts),
    quotas: () => quotasOf(member),
    histograms: (row) => row.of(member, counts),
    transferLeadership: (serverId) => transferLeadership(member, scheduler, serverId),
    changeMembership: (change, expectedIndex) => changeMembership(member, scheduler, change, expectedIndex),
    raiseFeatureLevel: (level) => raiseFeatureLevel(member, scheduler, level),
    forceNewCluster: (serverId, lastIndex) => forceNewCluster(member, serverId, lastIndex),
    drain: () => {
      member.draining.start();
      return relinquish(member, scheduler);
    },
    undrain: () => member.draining.end(),
    checkpoints: () => checkpointsOf(member),
    checkpointNow: () => checkpointNow(member, scheduler),
  };
}

function status(member: Member, counts: MachineCounts): MemberStatus {
  const waitingFor = counts.waitingFor();
  const { running, config } = member;
  const raft = running?.replica.raft;
  const leader = raft === undefined ? undefined : member.serverIdOf(raft.leader);
  return {
    serverId: config.serverId,
    raftId: member.links.self.raftId,
    instance: member.links.self.instance,
    clusterId: member.links.self.clusterId,
    role: ownRole(member),
    term: raft?.term ?? 0,
    ...(leader === undefined ? {} : { leader }),
    lastZxid: member.clients.executor.lastZxid,
    appliedIndex: running?.replica.appliedIndex ?? 0,
    commitIndex: raft?.commit ?? 0,
    lastLogTerm: raft?.termAt(raft.lastIndex) ?? 0,
    lastLogIndex: raft?.lastIndex ?? 0,
    recovery: member.links.self.recovery?.number ?? 0,
    configurationIndex: raft?.configuration.index ?? 0,
    changing: raft?.changeInFlight ?? false,
    featureLevel: running?.machine.featureLevel ?? 0,
    lowestFeatureLevel: member.levels.range.lowest,
    highestFeatureLevel: member.levels.range.highest,
    serving: member.clients.serving && waitingFor === '',
    caughtUp: member.service.ready,
    draining: member.draining.active,
    // While it starts, the clients' listener waits for the member; from then on the member may wait for the listener.
    reason:
      member.reason === '' && waitingFor !== ''
        ? `cannot listen for clients yet: ${waitingFor}`
        : member.reason,
    certificates: counts.certificates(),
    checkpoints: running?.checkpoints.own() ?? [],
    ...(member.proving.divergence === undefined ? {} : { differs: member.proving.divergence }),
    members: standings(member),
  };
}

/** What this member is right now. */
export function ownRole(member: Member): StatusRole {
  const { running } = member;
  // Who has data is somebody already, however long it takes to read them: only an empty disk joins.
  if (member.storage === undefined) return 'starting';
  if (running === undefined) return member.links.self.clusterId === '' ? 'joining' : 'starting';
  const { raft } = running.replica;
  if (raft.configuration.learners.includes(running.identity.raftId)) return 'learner';
  if (!raft.configuration.voters.includes(running.identity.raftId)) return 'joining';
  if (raft.role === Role.leader) return 'leader';
  return raft.role === Role.follower ? 'follower' : 'candidate';
}

function standings(member: Member): MemberStanding[] {
  const addresses = new Map(member.config.members.map((address) => [address.serverId, address]));
  const byServerId = new Map<number, Place>();
  for (const [raftId, text] of member.running?.replica.raft.configuration.contexts ?? []) {
    const context = decodeContext(text);
    const { instance, provesVersion } = context;
    byServerId.set(context.serverId, {
      raftId,
      instance,
      ...(provesVersion === true ? { provesVersion } : {}),
    });
    if (!addresses.has(context.serverId)) addresses.set(context.serverId, { ...context, role: 'voter' });
  }
  // Where callers decide, the file names those who began: some of them may have left for good.
  const isDecided = member.config.membership === 'admin' && byServerId.size > 0;
  const isListed = ({ serverId }: MemberAddress): boolean =>
    !isDecided || byServerId.has(serverId) || serverId === member.config.serverId;
  return [...addresses.values()]
    .filter(isListed)
    .sort((a, b) => a.serverId - b.serverId)
    .map((address) => standing(member, address, byServerId.get(address.serverId) ?? NO_MEMBER));
}

/** What the configuration knows of a member. */
type Place = Pick<MemberStanding, 'raftId' | 'instance' | 'provesVersion'>;

const NO_MEMBER: Place = { raftId: 0, instance: NOBODY };

function standing(member: Member, address: MemberAddress, place: Place): MemberStanding {
  const { raftId } = place;
  const self = address.serverId === member.config.serverId;
  const fixed = {
    serverId: address.serverId,
    ...place,
    address: joinAddress(address.host, address.peerPort),
    ...(address.clientPort === undefined
      ? {}
      : { clientAddress: joinAddress(address.clientHost ?? address.host, address.clientPort) }),
    role: self ? ownRole(member) : otherRole(member.running, raftId),
    connected: self || member.links.isUp(address.serverId),
    ...highestLevel(member, address.serverId, self),
  };
  const lagEntries = lag(member, raftId, self);
  const known = lagEntries === undefined ? fixed : { ...fixed, lagEntries };
  if (!self) return known;
  const { counters, serving } = member.clients;
  return {
    ...known,
    ready: serving,
    connections: counters.connections,
    requestsTotal: counters.reads + counters.writes,
  };
}

function highestLevel(
  { levels, links }: Member,
  serverId: number,
  self: boolean,
): Pick<MemberStanding, 'highestFeatureLevel'> {
  const range = self ? levels.range : links.helloOf(serverId)?.levels;
  return range === undefined ? {} : { highestFeatureLevel: range.highest };
}

function otherRole(running: RunningReplica | undefined, raftId: number): MemberStanding['role'] {
  if (running === undefined || raftId === 0) return 'joining';
  const { raft } = running.replica;
  if (raft.leader === raftId) return 'leader';
  if (raft.configuration.learners.includes(raftId)) return 'learner';
  return raft.leader === 0 ? 'voter' : 'follower';
}

function lag(member: Member, raftId: number, self: boolean): number | undefined {
  const replica = member.running?.replica;
  if (replica === undefined) return undefined;
  const { raft } = replica;
  if (self) return Math.max(0, raft.commit - replica.appliedIndex);
  if (raft.role !== Role.leader) return undefined;
  const match = raft.peers().find((peer) => peer.id === raftId)?.match;
  // A leader that has not heard from a member since its election does not know what that one has: 0 stands for that.
  return match === undefined || match === 0 ? undefined : Math.max(0, raft.commit - match);
}
