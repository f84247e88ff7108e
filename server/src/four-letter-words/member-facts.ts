import { Role } from 'raft-ts-lite';
import type { MachineCounts } from '../admin/machine-counts.ts';
import { ownRole } from '../admin/member-view.ts';
import { joinAddress } from '../config/addresses.ts';
import { mostMembers } from '../config/most-members.ts';
import { electionPortShown } from '../config/server-line.ts';
import { ProofKind } from '../failed-proofs/proof-guard.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeadershipFacts, WordFacts } from './facts.ts';
import { measuredOf } from './measured.ts';

/** What the words tell of the machine around a member. */
export interface WordMachine {
  readonly clock: Clock;
  readonly counts: MachineCounts;
  environment(): readonly (readonly [key: string, value: string])[];
  descriptors: WordFacts['descriptors'];
}

/** While they are not asked for: to measure them costs a look at the disk. */
export const NO_SIZES: WordFacts['sizes'] = { dataBytes: 0, logBytes: 0 };

/** What is true of a member now. */
export function wordFacts(
  member: Member,
  { clock, counts, environment, descriptors }: WordMachine,
  sizes: WordFacts['sizes'],
): WordFacts {
  const { clients, config, running } = member;
  const raft = running?.replica.raft;
  const tree = running?.machine.tree;
  const nowMs = clock.monotonicMs();
  return {
    allowed: config.fourLetterWords,
    serving: clients.serving || clients.isReadOnly,
    mode: mode(member),
    lastZxid: clients.executor.lastZxid,
    nodes: tree?.nodeCount ?? 0,
    treeBytes: tree?.storedBytes ?? 0,
    ephemerals: tree?.ephemeralCount ?? 0,
    sessions: running?.machine.sessions.size ?? 0,
    outstanding: clients.executor.outstanding,
    receivedPackets: clients.counters.receivedPackets,
    sentPackets: clients.counters.sentPackets,
    sentSizes: clients.counters.sentSizes,
    latency: clients.latency.summary(),
    connectionCount: clients.counters.connections,
    authFailures: clients.proofs.failures[ProofKind.auth],
    uptimeMs: Math.round(nowMs - member.startedMs),
    voters: raft?.configuration.voters.length ?? config.members.length,
    leadership: raft?.role === Role.leader ? leadershipOf(running!.replica, nowMs) : undefined,
    watches: { count: clients.watches.count, bySession: () => clients.watches.facts() },
    sizes,
    configuration: configurationLines(member, sizes),
    descriptors,
    nowMs: clock.wallMs(),
    tickTimeMs: config.tickTimeMs,
    digests: () =>
      running?.checkpoints
        .own()
        .map(({ index, digest }) => ({ zxid: running.machine.zxidOf(index), digest })) ?? [],
    connections: () => [...clients.registry],
    environment,
    sessionTimeouts: () => running?.machine.sessions.values() ?? [],
    remainingOfSessions: () => clients.sessions.remaining(),
    ephemeralPaths: () =>
      tree?.sessionsWithEphemerals().map((session) => ({ session, paths: tree.ephemeralsOf(session) })) ?? [],
    measured: () => measuredOf(member, counts),
    resetConnections: () => clients.registry.resetStats(),
    resetServer: () => clients.resetServerStats(),
  };
}

function leadershipOf(replica: RunningReplica['replica'], nowMs: number): LeadershipFacts {
  const { raft } = replica;
  const connected = raft.peers().filter((peer) => peer.connected);
  const followers = connected.filter(({ id }) => raft.configuration.voters.includes(id));
  const learners = connected.filter(({ id }) => raft.configuration.learners.includes(id));
  const synced = (peers: typeof connected): number => peers.filter(({ id }) => replica.isCaughtUp(id)).length;
  return {
    followers: followers.length,
    learners: learners.length,
    syncedFollowers: synced(followers),
    syncedLearners: synced(learners),
    pendingSyncs: replica.reads.waiting,
    uptimeMs: Math.round(nowMs - replica.leadsSinceMs),
    proposalSizes: replica.proposalSizes,
  };
}

function mode(member: Member): WordFacts['mode'] {
  if (member.clients.isReadOnly) return 'read-only';
  if (mostMembers(member.config) === 1) return 'standalone';
  const role = ownRole(member);
  if (role === 'leader') return 'leader';
  return role === 'learner' ? 'observer' : 'follower';
}

/** As `conf` of an ensemble's member, or of a server alone, prints them. */
function configurationLines({ config }: Member, { dataBytes, logBytes }: WordFacts['sizes']): string[] {
  const own = [
    `clientPort=${config.client.port}`,
    'secureClientPort=-1',
    `dataDir=${config.dataDir}`,
    `dataDirSize=${dataBytes}`,
    `dataLogDir=${config.dataLogDir}`,
    `dataLogSize=${logBytes}`,
    `tickTime=${config.tickTimeMs}`,
    `maxClientCnxns=${config.client.maxConnectionsPerAddress}`,
    `minSessionTimeout=${config.minSessionTimeoutMs}`,
    `maxSessionTimeout=${config.maxSessionTimeoutMs}`,
    'clientPortListenBacklog=-1',
    `serverId=${config.serverId}`,
  ];
  if (config.members.length === 1) return [...own, ''];
  const self = config.members.find(({ serverId }) => serverId === config.serverId);
  const peerPort = self?.peerPort ?? 0;
  return [
    ...own,
    `initLimit=${config.initLimit}`,
    `syncLimit=${config.syncLimit}`,
    'electionAlg=3',
    `electionPort=${self === undefined ? 0 : electionPortShown(self)}`,
    `quorumPort=${peerPort}`,
    `peerType=${self?.role === 'learner' ? 1 : 0}`,
    'membership: ',
    ...config.members.map((member) => {
      const { serverId, host, peerPort: port, role } = member;
      return `server.${serverId}=${joinAddress(host, port)}:${electionPortShown(member)}:${role === 'voter' ? 'participant' : 'observer'}`;
    }),
    'version=0',
  ];
}
