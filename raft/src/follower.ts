/** A follower's side of replication: appends and heartbeats of the term's leader, and the acknowledgements. */
import { hearCommit, reviewRound } from './catching-up.ts';
import { send, sendOnceDurable } from './durability.ts';
import { InvariantViolation } from './errors.ts';
import { fitnessOf } from './fitness.ts';
import { type Append, type Heartbeat, MessageType } from './messages.ts';
import { NOTHING_ACKNOWLEDGED, type RaftNode } from './node.ts';
import { clearWhenCaughtUp, contactLeader } from './suspect.ts';
import { type Entry, EntryKind, Role } from './types.ts';
import { configurationOf } from './well-formed.ts';

function refuse(node: RaftNode, message: Append): void {
  const { log } = node;
  const hintIndex = log.lastWithTermAtMost(Math.min(message.prevIndex, log.last), message.prevTerm);
  send(node, {
    type: MessageType.appendResponse,
    from: node.id,
    to: message.from,
    term: node.term,
    accepted: false,
    index: message.prevIndex,
    hintIndex,
    hintTerm: Math.max(0, log.termAt(hintIndex)),
  });
}

/** Takes the entries that are new, after cutting off what conflicts with them (paper, 5.3). */
function takeEntries(node: RaftNode, message: Append): void {
  const { log } = node;
  const { entries, prevIndex } = message;
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i] as Entry;
    if (entry.index <= log.last) {
      const term = log.termAt(entry.index);
      if (term === entry.term || term === -1) continue;
      log.truncateFrom(entry.index);
      node.configurations.truncateFrom(entry.index);
    }
    log.append(entry);
    if (entry.kind === EntryKind.configuration) {
      const configuration = configurationOf(entry);
      if (configuration !== undefined) node.configurations.append(configuration);
    }
  }
  node.matched = Math.max(node.matched, prevIndex + entries.length);
}

/** `followLeader` has been called. */
export function onAppend(node: RaftNode, message: Append): void {
  const { log } = node;
  const { prevIndex, prevTerm } = message;
  const known = log.termAt(prevIndex);
  if (prevIndex > log.commit) {
    if (known !== prevTerm) {
      refuse(node, message);
      return;
    }
  } else if (known !== -1 && known !== prevTerm)
    throw new InvariantViolation('committed-entry-conflict', `index ${prevIndex}: ${known}, ${prevTerm}`);
  takeEntries(node, message);
  // What only moves the commit index over entries that were acknowledged on this link needs no answer.
  const movesCommit = Math.min(message.commit, node.matched) > log.commit;
  if (message.entries.length > 0 || prevIndex > node.acknowledged || !movesCommit)
    node.acknowledgementOwed = true;
  // A leader that at first heard only of what was durable before would send the rest again.
  if (node.acknowledged === NOTHING_ACKNOWLEDGED && log.persisted < node.matched)
    node.acknowledged = log.persisted;
  hearCommit(node, message.commit);
  log.commitTo(Math.min(message.commit, node.matched));
  contactLeader(node);
  clearWhenCaughtUp(node);
}

/** `followLeader` has been called. */
export function onHeartbeat(node: RaftNode, message: Heartbeat): void {
  node.log.commitTo(Math.min(message.commit, node.matched));
  reviewRound(node);
  contactLeader(node);
  const { id: from, term } = node;
  const response = {
    type: MessageType.heartbeatResponse,
    from,
    to: message.from,
    term,
    round: message.round,
    fitness: fitnessOf(node),
  };
  // Nothing but the term must be durable: behind the sync of a large batch the leader would take it for silence.
  if (node.durable.term === term) send(node, response);
  else sendOnceDurable(node, response);
}

/**
 * One acknowledgement for all appends since the last one, as far as they are durable: what is still being written
 * is told once it is.
 */
export function acknowledge(node: RaftNode): void {
  if (!node.acknowledgementOwed || node.role !== Role.follower || node.leader === 0) return;
  if (node.durable.term !== node.term) return;
  const index = Math.min(node.matched, node.log.persisted);
  if (index < node.matched && index <= node.acknowledged) return;
  node.acknowledged = index;
  node.acknowledgementOwed = index < node.matched;
  send(node, {
    type: MessageType.appendResponse,
    from: node.id,
    to: node.leader,
    term: node.term,
    accepted: true,
    index,
    hintIndex: 0,
    hintTerm: 0,
  });
}
