/** How a member takes up leadership, keeps it, and hands it on. */
import { send } from './durability.ts';
import { appendOwn, trackMembers } from './leader-log.ts';
import { MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { quorumSilentTicks } from './progress-quorum.ts';
import { replicate, sendHeartbeats } from './replication.ts';
import type { TransferResult } from './results.ts';
import { becomeFollower } from './role.ts';
import { tickSnapshot } from './snapshot-sender.ts';
import { clearSuspicion } from './suspect.ts';
import { EntryKind, type NodeId, Role } from './types.ts';

const noData = new Uint8Array(0);

/** The election is won. */
export function becomeLeader(node: RaftNode): void {
  node.role = Role.leader;
  node.leader = node.id;
  node.hurried = false;
  node.failedCampaigns = 0;
  node.transferee = 0;
  node.heartbeatTimer = node.options.heartbeatTicks;
  node.commitAtHeartbeat = node.log.commit;
  node.round += 1;
  clearSuspicion(node);
  trackMembers(node, node.configuration);
  node.uncommittedBytes = node.log.bytesBetween(node.log.commit + 1, node.log.last);
  node.termStart = appendOwn(node, EntryKind.empty, noData);
}

/** A leader that no majority has answered within an election time-out steps down (thesis, 6.2). */
function checkQuorum(node: RaftNode): void {
  if (quorumSilentTicks(node) >= node.options.electionTicks) becomeFollower(node, node.term);
}

export function tickLeader(node: RaftNode): void {
  for (const progress of node.peers) tickSnapshot(node, progress);
  if (node.transferee !== 0) {
    node.transferTimer -= 1;
    if (node.transferTimer <= 0) node.transferee = 0;
  }
  node.heartbeatTimer -= 1;
  if (node.heartbeatTimer > 0) return;
  node.heartbeatTimer = node.options.heartbeatTicks;
  node.commitAtHeartbeat = node.log.commit;
  checkQuorum(node);
  if (node.role === Role.leader) sendHeartbeats(node);
}

export function transferLeadership(node: RaftNode, to: NodeId): TransferResult {
  if (node.role !== Role.leader) return 'not-leader';
  if (node.transferee !== 0) return 'transferring';
  if (!node.configuration.voters.includes(to) || !node.progress.has(to)) return 'no-such-voter';
  if (!node.connected.has(to)) return 'not-connected';
  node.transferee = to;
  node.transferTimer = node.options.electionTicks;
  node.timeoutNowSent = false;
  return undefined;
}

function sendTimeoutNow(node: RaftNode, to: NodeId): void {
  send(node, { type: MessageType.timeoutNow, from: node.id, to, term: node.term });
}

/** Tells the target to campaign once it holds the whole log (thesis, 3.10). */
export function continueTransfer(node: RaftNode): void {
  if (node.transferee === 0 || node.timeoutNowSent) return;
  const target = node.progress.get(node.transferee);
  if (target === undefined) node.transferee = 0;
  else if (target.match === node.log.last) {
    node.timeoutNowSent = true;
    sendTimeoutNow(node, target.id);
  }
}

/** The voter that can be elected soonest: connected, with the most of the log. 0: there is none. */
export function bestSuccessor(node: RaftNode): NodeId {
  let best: Progress | undefined;
  for (const progress of node.peers) {
    const candidate = node.connected.has(progress.id) && node.configuration.voters.includes(progress.id);
    if (candidate && (best === undefined || progress.match > best.match)) best = progress;
  }
  return best?.id ?? 0;
}

/** The committed configuration has no place for this leader: it tells the others, names a successor and steps down. */
export function resign(node: RaftNode): void {
  replicate(node);
  const successor = bestSuccessor(node);
  if (successor !== 0) sendTimeoutNow(node, successor);
  becomeFollower(node, node.term);
}
