/**
 * A suspect member found a damaged tail of its log and cut it off: torn by a crash (never acknowledged) or acknowledged
 * data gone bad, nobody can tell. A majority that committed an entry may have counted on it, so an election in which it
 * takes part could choose a leader without that entry. Hence it neither votes nor campaigns until one of two things.
 *
 * 1. A leader, which needed nobody's vote from after the damage, has caught it up. The mark is the last index of that
 *    leader's log at first contact, not its commit index: the leader may still receive an acknowledgement that the
 *    member sent before the damage and commit by it, and such an entry is in its log already.
 *
 * 2. Every voter is connected and has told how far its log goes; then it votes for (or campaigns as) nothing older than
 *    the newest of all. If any copy of a committed entry is left, the newest log holds it: a log that ends in a
 *    later term descends from a leader that held it, one of the same term and at least its index is the same leader's
 *    log. A real vote wants statuses given in a term not below the vote's, so that nobody whose older status was
 *    counted can still acknowledge entries of an older leader. "Every voter" follows the configuration of the
 *    newest log, since the suspect's own may have been cut off.
 *
 * What it durably appends it may acknowledge: that is as good as any other copy.
 */
import { votersOf } from './configuration.ts';
import { send, sendOnceDurable } from './durability.ts';
import { type LogStatus, MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Follower, UNKNOWN_INDEX } from './roles.ts';
import { type NodeId, Role } from './types.ts';

export function sendStatus(node: RaftNode, to: NodeId, reply: boolean): void {
  sendOnceDurable(node, {
    type: MessageType.logStatus,
    from: node.id,
    to,
    term: node.term,
    lastIndex: node.log.last,
    lastTerm: node.log.lastTerm,
    voters: votersOf(node.configuration),
    reply,
  });
}

/** Asks one peer how far its log goes. */
export function askStatus(node: RaftNode, to: NodeId): void {
  send(node, {
    type: MessageType.logStatus,
    from: node.id,
    to,
    term: node.term,
    lastIndex: node.log.persisted,
    lastTerm: Math.max(0, node.log.termAt(node.log.persisted)),
    voters: votersOf(node.configuration),
    reply: true,
  });
}

/** Asks all peers how far their logs go, if this member needs to know. */
export function askStatuses(node: RaftNode): void {
  if (!node.suspect) return;
  for (const id of node.connected) askStatus(node, id);
}

/** The leader of the term was heard of: find out what must be caught up. */
export function contactLeader(node: RaftNode, follower: Follower): void {
  if (node.suspect && follower.catchUpIndex === UNKNOWN_INDEX) askStatus(node, follower.leader);
}

export function onLogStatus(node: RaftNode, message: LogStatus): void {
  if (message.reply) sendStatus(node, message.from, false);
  if (!node.suspect) return;
  if (!message.reply && node.connected.has(message.from)) node.statuses.set(message.from, message);
  const follower = node.asFollower;
  const isFromLeader = message.from === follower?.leader && message.term === node.term;
  if (isFromLeader && !message.reply && follower.catchUpIndex === UNKNOWN_INDEX) {
    follower.catchUpIndex = message.lastIndex;
    clearWhenCaughtUp(node);
  }
}

/** Ends the suspicion once the log durably equals the leader's, up to what that held at first contact. */
export function clearWhenCaughtUp(node: RaftNode): void {
  const follower = node.asFollower;
  if (!node.suspect || follower === undefined || follower.catchUpIndex === UNKNOWN_INDEX) return;
  if (Math.min(follower.matched, node.log.persisted) >= follower.catchUpIndex) clearSuspicion(node);
}

export function clearSuspicion(node: RaftNode): void {
  if (!node.suspect) return;
  node.suspect = false;
  node.durable.clearSuspect = true;
  node.statuses.clear();
  node.pendingVote = undefined;
}

/**
 * Whether a log that ends so is the newest of every voter's, each told in a term not below `minTerm`. Members are added to
 * those that must have told while a newer configuration comes to light.
 */
export function isNewestOfAll(node: RaftNode, lastIndex: number, lastTerm: number, minTerm: number): boolean {
  const required = votersOf(node.configuration);
  let newestIndex = node.log.last;
  let newestTerm = node.log.lastTerm;
  let newestVoters: readonly NodeId[] = required;
  for (let i = 0; i < required.length || grow(required, newestVoters); i += 1) {
    const id = required[i] as NodeId;
    if (id === node.id) continue;
    const status = node.statuses.get(id);
    if (status === undefined || status.term < minTerm || !node.connected.has(id)) return false;
    if (status.lastTerm > newestTerm || (status.lastTerm === newestTerm && status.lastIndex > newestIndex)) {
      newestIndex = status.lastIndex;
      newestTerm = status.lastTerm;
      newestVoters = status.voters;
    }
  }
  if (required.length === 0) return false;
  return lastTerm > newestTerm || (lastTerm === newestTerm && lastIndex >= newestIndex);
}

/** Adds the voters that are not required yet; whether there were any. */
function grow(required: NodeId[], voters: readonly NodeId[]): boolean {
  const before = required.length;
  for (const id of voters) {
    if (!required.includes(id)) required.push(id);
  }
  return required.length > before;
}

/** Whether the log may take part in an election for one that ends so: always unless it is suspect or blank. */
export function mayElect(node: RaftNode, lastIndex: number, lastTerm: number, minTerm: number): boolean {
  if (node.isBlank) return false;
  return !node.suspect || isNewestOfAll(node, lastIndex, lastTerm, minTerm);
}

/** Statuses or answers may have been lost: asked again while something waits for them. */
export function tickSuspect(node: RaftNode): void {
  if (!node.suspect || node.now % node.options.heartbeatTicks !== 0) return;
  const electing = node.pendingVote !== undefined || node.role === Role.candidate;
  if (electing || (node.leader === 0 && node.statuses.size < node.connected.size)) askStatuses(node);
}
