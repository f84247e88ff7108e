import type { QuorumConfig, QuorumMember } from '../zookeeper-learner/quorum-config.ts';

/** Who is stopped when, and in whose place somebody stands meanwhile. */
export interface Roles {
  readonly leader: QuorumMember;
  /** So many voters that, with the leader, they are just a majority: they are stopped first, one by one, and stood in for. */
  readonly replaced: readonly QuorumMember[];
  /** The voters besides. */
  readonly others: readonly QuorumMember[];
  /** Those without a vote. They serve nobody without a leader. */
  readonly observers: readonly QuorumMember[];
}

/**
 * Whether `config` can be taken over from, and by what order; a reason in words where it cannot.
 *
 * @param leader host:port of the leader's quorum port, as whoever follows it was told it
 */
export function rolesOf(config: QuorumConfig, leader: string): Roles | { readonly refused: string } {
  if (config.isWeighted)
    return {
      refused: 'its votes have weights or groups (group.N, weight.N): no majority of members decides',
    };
  const voters = config.members.filter(({ isVoter }) => isVoter);
  const leading = memberAt(voters, leader);
  if (leading === undefined) {
    const named = voters.map(({ host, quorumPort }) => `${host}:${quorumPort}`).join(', ');
    return { refused: `it is led from ${leader}, which its configuration has under another name: ${named}` };
  }
  const followers = voters.filter((voter) => voter !== leading);
  const standIns = Math.floor(voters.length / 2);
  return {
    leader: leading,
    replaced: followers.slice(0, standIns),
    others: followers.slice(standIns),
    observers: config.members.filter(({ isVoter }) => !isVoter),
  };
}

/** By host and port, or else by port and the first label of the name, where that is one member's alone. */
function memberAt(members: readonly QuorumMember[], address: string): QuorumMember | undefined {
  const exactly = members.find(({ host, quorumPort }) => `${host}:${quorumPort}` === address);
  if (exactly !== undefined) return exactly;
  const short = shortOf(address);
  const likely = members.filter(({ host, quorumPort }) => shortOf(`${host}:${quorumPort}`) === short);
  return likely.length === 1 ? likely[0] : undefined;
}

function shortOf(address: string): string {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at);
  return /^[\d.]+$|:/.test(host) ? address : `${host.split('.')[0]}${address.slice(at)}`;
}
