import type { MemberStanding } from '../admin/member-standing.ts';
import { javaHex } from '../four-letter-words/java-text.ts';
import type { CommandFacts } from './facts.ts';

/** Who leads; a member alone leads nobody. */
export function leader({ mode, status }: CommandFacts): Record<string, unknown> {
  if (mode === 'standalone') return { error: 'server is not initialized' };
  const found = status.members.find(({ serverId }) => serverId === status.leader);
  return {
    is_leader: status.role === 'leader',
    // As ZooKeeper while it knows of none.
    leader_id: status.leader ?? -1,
    leader_ip: found === undefined ? '' : hostOf(found.address),
  };
}

/** The voters, by their server ids. */
export function votingView({ mode, status }: CommandFacts): Record<string, unknown> {
  if (mode === 'standalone') return { current_config: {} };
  const voters = status.members.filter(({ role }) => role !== 'learner' && role !== 'joining');
  return { current_config: Object.fromEntries(voters.map((voter) => [voter.serverId, place(voter)])) };
}

/** One port carries what ZooKeeper has two for. */
function place({ address, clientAddress }: MemberStanding): Record<string, unknown> {
  return {
    server_addresses: [address],
    election_addresses: [address],
    ...(clientAddress === undefined ? {} : { client_address: clientAddress }),
    learner_type: 'participant',
  };
}

/** Where it is with the others; the epoch is Raft's term. */
export function zabState({ mode, status }: CommandFacts): Record<string, unknown> {
  if (mode === 'standalone') return { voting: false, zabstate: '' };
  const { serverId, role, lastZxid, term } = status;
  const self = status.members.find((member) => member.serverId === serverId);
  return {
    myid: serverId,
    is_leader: role === 'leader',
    ...(self?.clientAddress === undefined ? {} : { client_address: self.clientAddress }),
    voting: role === 'leader' || role === 'follower' || role === 'candidate',
    last_zxid: `0x${javaHex(lastZxid)}`,
    zab_epoch: term,
    zab_counter: lastZxid,
    zabstate: phase(status),
  };
}

function phase({ leader: knows, caughtUp }: CommandFacts['status']): string {
  if (knows === undefined) return 'election';
  return caughtUp ? 'broadcast' : 'synchronization';
}

/** The learners that this member leads. */
export function observers({ leadership, status }: CommandFacts): Record<string, unknown> {
  const learners =
    leadership === undefined
      ? []
      : status.members.filter(({ role, connected }) => role === 'learner' && connected);
  return {
    synced_observers: leadership?.syncedLearners ?? 0,
    observers: learners.map(({ serverId, address }) => ({ sid: serverId, remote_socket_address: address })),
  };
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
