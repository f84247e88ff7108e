/**
 * What comes from the peers. Messages: what their term means comes first, then each kind goes to its subject. Links that the transport
 * reports to be up or down.
 */
import { send } from './durability.ts';
import {
  askNewlyConnected,
  hasLiveLeader,
  onLinkDown,
  onPreVote,
  onPreVoteResponse,
  onTimeoutNow,
  onVote,
  onVoteResponse,
  reconsiderVotes,
} from './election.ts';
import { becomeFollower, followLeader, onAppend, onHeartbeat } from './follower.ts';
import { afterCommit } from './membership.ts';
import {
  type Append,
  type AppendResponse,
  type Heartbeat,
  type HeartbeatResponse,
  isPlausibleTerm,
  isWellFormed,
  type Message,
  MessageType,
  type SnapshotChunk,
  type SnapshotResponse,
} from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Progress, ProgressState } from './progress.ts';
import { onReadIndex, onReadIndexResponse, refuseReads } from './read-index.ts';
import { onAppendResponse, onHeartbeatResponse } from './replication.ts';
import { type Leader, NOTHING_ACKNOWLEDGED } from './roles.ts';
import { onSnapshotChunk, onSnapshotResponse } from './snapshot-transfer.ts';
import { askStatus, onLogStatus } from './suspect.ts';
import { type NodeId, Role } from './types.ts';

/** A message from an older term. Its sender learns of the newer one where that helps: a deposed leader, a candidate. */
function onOldTerm(node: RaftNode, message: Message): void {
  switch (message.type) {
    case MessageType.append:
    case MessageType.heartbeat:
    case MessageType.snapshotChunk:
      send(node, {
        type: MessageType.appendResponse,
        from: node.id,
        to: message.from,
        term: node.term,
        accepted: false,
        index: 0,
        hintIndex: 0,
        hintTerm: 0,
      });
      return;
    case MessageType.preVote:
      onPreVote(node, message);
      return;
    case MessageType.vote:
      onVote(node, message);
      return;
    case MessageType.logStatus:
      onLogStatus(node, message);
      return;
    default:
      return;
  }
}

/** Whether the message counts in the current term, which it may have raised (paper, 5.1). */
function takeTerm(node: RaftNode, message: Message): boolean {
  const { type, term } = message;
  if (term < node.term) {
    onOldTerm(node, message);
    return false;
  }
  if (term === node.term) return true;
  // Of a term that may never begin:
  if (type === MessageType.preVote || type === MessageType.logStatus) return true;
  if (type === MessageType.preVoteResponse && message.granted) return true;
  if (type === MessageType.vote && !message.transfer && hasLiveLeader(node)) return false;
  becomeFollower(node, term);
  return true;
}

/** Only the leader of the term sends it; a term has one leader at most, so another sender's is not believed. */
function isFromLeader(node: RaftNode, message: Message): boolean {
  return node.role !== Role.leader && (node.leader === 0 || node.leader === message.from);
}

function onLeadersMessage(node: RaftNode, message: Append | Heartbeat | SnapshotChunk): void {
  if (!isFromLeader(node, message)) return;
  const follower = followLeader(node, message.from);
  if (message.type === MessageType.append) onAppend(node, follower, message);
  else if (message.type === MessageType.heartbeat) onHeartbeat(node, follower, message);
  else onSnapshotChunk(node, follower, message);
}

function onFollowersAnswer(
  node: RaftNode,
  leader: Leader,
  progress: Progress,
  message: AppendResponse | HeartbeatResponse | SnapshotResponse,
): void {
  if (message.type === MessageType.heartbeatResponse) onHeartbeatResponse(node, leader, progress, message);
  else if (message.type === MessageType.snapshotResponse) onSnapshotResponse(progress, message);
  else if (onAppendResponse(node, leader, progress, message)) afterCommit(node, leader);
}

/**
 * Malformed, stale or unexpected messages have no effect.
 * @throws InvariantViolation where the leader's log contradicts what is committed here
 */
export function step(node: RaftNode, message: Message): void {
  if (message.to !== node.id || message.from === node.id) return;
  if (!isWellFormed(message) || !isPlausibleTerm(message.term, node.term) || !takeTerm(node, message)) return;
  const leader = node.asLeader;
  const progress = leader?.progress.get(message.from);
  if (progress !== undefined) progress.heardTick = node.now;
  switch (message.type) {
    case MessageType.append:
    case MessageType.heartbeat:
    case MessageType.snapshotChunk:
      onLeadersMessage(node, message);
      return;
    case MessageType.appendResponse:
    case MessageType.heartbeatResponse:
    case MessageType.snapshotResponse:
      if (leader !== undefined && progress !== undefined) onFollowersAnswer(node, leader, progress, message);
      return;
    case MessageType.preVote:
      onPreVote(node, message);
      return;
    case MessageType.preVoteResponse:
      onPreVoteResponse(node, message);
      return;
    case MessageType.vote:
      onVote(node, message);
      return;
    case MessageType.voteResponse:
      onVoteResponse(node, message);
      return;
    case MessageType.timeoutNow:
      onTimeoutNow(node, message.from);
      return;
    case MessageType.readIndex:
      onReadIndex(node, message);
      return;
    case MessageType.readIndexResponse:
      onReadIndexResponse(node, message);
      return;
    case MessageType.logStatus:
      onLogStatus(node, message);
      reconsiderVotes(node);
      return;
    default:
      message satisfies never;
  }
}

export function peerConnected(node: RaftNode, id: NodeId): void {
  if (id === node.id) return;
  node.connected.add(id);
  node.statuses.delete(id);
  const { state } = node;
  if (state.role === Role.leader) {
    const progress = state.progress.get(id);
    if (progress !== undefined) forgetUnderWay(progress);
  } else if (state.role === Role.follower && id === state.leader) state.acknowledged = NOTHING_ACKNOWLEDGED;
  askNewlyConnected(node, id);
  if (node.suspect) askStatus(node, id);
}

/**
 * What was under way may be lost, and the member may have restarted as a suspect one with less than it acknowledged: only what it
 * acknowledges from now on counts.
 */
function forgetUnderWay(progress: Progress): void {
  if (progress.state === ProgressState.snapshot) {
    progress.snapshotBusy = false;
    return;
  }
  progress.becomeProbe(progress.match > 0 ? progress.match + 1 : progress.next);
  progress.match = 0;
}

export function peerDisconnected(node: RaftNode, id: NodeId): void {
  if (!node.connected.delete(id)) return;
  node.statuses.delete(id);
  const leader = node.asLeader;
  if (leader?.transferee === id) leader.transferee = 0;
  if (node.leader === id) refuseReads(node);
  onLinkDown(node, id);
}
