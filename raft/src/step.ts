/** Sorts incoming messages: what their term means comes first, then each kind to its subject. */
import { onAppendResponse, onHeartbeatResponse } from './acknowledgement.ts';
import { send } from './durability.ts';
import {
  hasLiveLeader,
  onPreVote,
  onPreVoteResponse,
  onTimeoutNow,
  onVote,
  onVoteResponse,
  reconsiderVotes,
} from './election.ts';
import { onAppend, onHeartbeat } from './follower.ts';
import { type Message, MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import { onReadIndex, onReadIndexResponse } from './read-index.ts';
import { becomeFollower, followLeader } from './role.ts';
import { onSnapshotChunk } from './snapshot-receiver.ts';
import { onSnapshotResponse } from './snapshot-sender.ts';
import { onLogStatus } from './suspect.ts';
import { Role } from './types.ts';
import { isPlausibleTerm, isWellFormed } from './well-formed.ts';

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

/**
 * Malformed, stale or unexpected messages have no effect.
 * @throws InvariantViolation where the leader's log contradicts what is committed here
 */
export function step(node: RaftNode, message: Message): void {
  if (message.to !== node.id || message.from === node.id) return;
  if (!isWellFormed(message) || !isPlausibleTerm(message.term, node.term) || !takeTerm(node, message)) return;
  const progress = node.progress.get(message.from);
  if (progress !== undefined) progress.heardTick = node.now;
  switch (message.type) {
    case MessageType.append:
      if (!isFromLeader(node, message)) return;
      followLeader(node, message.from);
      onAppend(node, message);
      return;
    case MessageType.appendResponse:
      if (progress !== undefined) onAppendResponse(node, message, progress);
      return;
    case MessageType.heartbeat:
      if (!isFromLeader(node, message)) return;
      followLeader(node, message.from);
      onHeartbeat(node, message);
      return;
    case MessageType.heartbeatResponse:
      if (progress !== undefined) onHeartbeatResponse(node, message, progress);
      return;
    case MessageType.snapshotChunk:
      if (!isFromLeader(node, message)) return;
      followLeader(node, message.from);
      onSnapshotChunk(node, message);
      return;
    case MessageType.snapshotResponse:
      if (progress !== undefined) onSnapshotResponse(message, progress);
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
