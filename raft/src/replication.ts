/**
 * The leader's side of replication: its log, whom it sends what, what they acknowledge, and what that commits.
 *
 *   appendOwn ──► replicate ──► append ──► follower ──► acknowledgement ──► advanceCommit
 */
import { membersOf } from './configuration.ts';
import { send } from './durability.ts';
import { endOfBatch, entryBytes } from './log.ts';
import { type AppendResponse, type HeartbeatResponse, MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import { Inflight, Progress, ProgressState } from './progress.ts';
import { quorumReached } from './quorum.ts';
import { confirmReads, releaseWaitingReads } from './read-index.ts';
import type { ProposeResult } from './ready.ts';
import type { Leader } from './roles.ts';
import { continueSnapshot } from './snapshot-transfer.ts';
import { type Configuration, type Entry, EntryKind, Fitness, type NodeId } from './types.ts';

const none: readonly Entry[] = [];
/** Of the window, what one read of storage brings: each takes a turn of a leader that may be busy, and the window stays filled meanwhile. */
const READ_FRACTION = 1 / 4;

/** Appends one entry of the leader's own term and returns its index. It is sent and written by the next `ready()`. */
export function appendOwn(node: RaftNode, leader: Leader, kind: EntryKind, data: Uint8Array): number {
  const { log } = node;
  const entry = { index: log.last + 1, term: node.term, kind, data };
  log.append(entry);
  leader.uncommittedBytes += entryBytes(entry);
  return entry.index;
}

export function propose(node: RaftNode, batch: readonly Uint8Array[]): ProposeResult {
  const leader = node.asLeader;
  if (leader === undefined) return { refused: 'not-leader' };
  if (leader.transferee !== 0) return { refused: 'transferring' };
  const { log, options } = node;
  let bytes = 0;
  for (let i = 0; i < batch.length; i += 1) bytes += (batch[i] as Uint8Array).length;
  // One batch is always taken, however large, or it never would be.
  const waiting = Math.max(leader.uncommittedBytes, log.unpersistedBytes);
  if (waiting > 0 && waiting + bytes > options.maxUncommittedBytes) return { refused: 'overloaded' };
  const firstIndex = log.last + 1;
  for (let i = 0; i < batch.length; i += 1)
    appendOwn(node, leader, EntryKind.command, batch[i] as Uint8Array);
  return { firstIndex };
}

/** Begins to follow the progress of the members that the configuration adds, and stops with those that it removes. */
export function trackMembers(node: RaftNode, leader: Leader, configuration: Configuration): void {
  const { log, now, options } = node;
  const { progress, peers } = leader;
  const { maxInflightMessages, maxInflightBytes } = options;
  const members = membersOf(configuration);
  for (const id of members) {
    if (id === node.id || progress.has(id)) continue;
    progress.set(
      id,
      new Progress(id, log.last + 1, now, new Inflight(maxInflightMessages, maxInflightBytes)),
    );
  }
  for (const id of progress.keys()) {
    if (!members.includes(id)) progress.delete(id);
  }
  peers.length = 0;
  for (const each of progress.values()) peers.push(each);
}

function sendEntries(node: RaftNode, progress: Progress, entries: readonly Entry[]): void {
  const prevIndex = progress.next - 1;
  const lastIndex = prevIndex + entries.length;
  send(node, {
    type: MessageType.append,
    from: node.id,
    to: progress.id,
    term: node.term,
    prevIndex,
    prevTerm: node.log.termAt(prevIndex),
    entries,
    commit: node.log.commit,
  });
  progress.sentCommit = Math.min(node.log.commit, lastIndex);
  if (progress.state === ProgressState.probe) progress.paused = true;
  else if (entries.length > 0) {
    progress.next = lastIndex + 1;
    progress.inflight.sent(lastIndex, bytesOf(entries));
  }
}

/** Nothing more may be under way to it now. */
function isFull({ state, paused, inflight }: Progress): boolean {
  return state === ProgressState.probe ? paused : inflight.isFull;
}

function bytesOf(entries: readonly Entry[]): number {
  let bytes = 0;
  for (let i = 0; i < entries.length; i += 1) bytes += entryBytes(entries[i] as Entry);
  return bytes;
}

/** The slice that the previous append carried: followers in step share one array. */
class SharedSlice {
  #entries: readonly Entry[] = none;

  take(node: RaftNode, from: number): readonly Entry[] {
    const { log, options } = node;
    const to = log.endWithin(from, log.last, options.maxMessageBytes);
    const shared = this.#entries;
    const first = shared[0];
    if (
      first !== undefined &&
      first.index === from &&
      shared.length === to - from + 1 &&
      first === log.entry(from) &&
      shared[shared.length - 1] === log.entry(to)
    )
      return shared;
    this.#entries = log.slice(from, to);
    return this.#entries;
  }
}

function sendPending(node: RaftNode, progress: Progress, slices: SharedSlice): void {
  const { log } = node;
  if (progress.next <= log.base) {
    progress.becomeSnapshot();
    return;
  }
  while (!isFull(progress) && progress.next <= log.last) {
    if (progress.next < log.first) {
      if (progress.readingFrom !== progress.next) askEntries(node, progress);
      return;
    }
    sendEntries(node, progress, slices.take(node, progress.next));
  }
  const toTell = Math.min(log.commit, progress.next - 1);
  const untested = progress.state === ProgressState.probe && !progress.paused;
  if (untested || (progress.state === ProgressState.replicate && toTell > progress.sentCommit))
    sendEntries(node, progress, none);
}

function askEntries(node: RaftNode, progress: Progress): void {
  const { maxMessageBytes, maxInflightBytes } = node.options;
  const readBytes = Math.max(maxMessageBytes, Math.floor(maxInflightBytes * READ_FRACTION));
  progress.readingFrom = progress.next;
  node.entriesReads.push({
    to: progress.id,
    from: progress.next,
    maxBytes: progress.state === ProgressState.probe ? maxMessageBytes : readBytes,
  });
}

/** Sends each follower what it can take now: the entries of a whole turn leave in one append each. */
export function replicate(node: RaftNode, leader: Leader): void {
  const slices = new SharedSlice();
  for (const progress of leader.peers) {
    if (!node.connected.has(progress.id)) continue;
    if (progress.state !== ProgressState.snapshot) sendPending(node, progress, slices);
    if (progress.state === ProgressState.snapshot) continueSnapshot(node, progress);
  }
}

/** Entries from storage; undefined: storage has dropped them, only a snapshot helps. */
export function entriesRead(
  node: RaftNode,
  leader: Leader,
  to: NodeId,
  from: number,
  entries: readonly Entry[] | undefined,
): void {
  const progress = leader.progress.get(to);
  if (progress === undefined || progress.readingFrom !== from || progress.next !== from) return;
  progress.readingFrom = 0;
  if (entries === undefined) {
    progress.becomeSnapshot();
    return;
  }
  const first = entries[0];
  const last = entries[entries.length - 1];
  if (first === undefined || last === undefined || first.index !== from) return;
  if (last.index !== from + entries.length - 1 || node.log.termAt(last.index) !== last.term) return;
  if (from <= node.log.base || node.log.termAt(first.index) !== first.term) return;
  if (node.connected.has(to)) sendInPieces(node, progress, entries);
}

/** As much of them as the follower can take now; what is left is read again. */
function sendInPieces(node: RaftNode, progress: Progress, entries: readonly Entry[]): void {
  for (let sent = 0; sent < entries.length && !isFull(progress); ) {
    const end = endOfBatch(entries, sent, entries.length, node.options.maxMessageBytes);
    sendEntries(node, progress, entries.slice(sent, end));
    sent = end;
  }
}

/** One round to all; a follower commits no further than where its log is known to equal the leader's. */
export function sendHeartbeats(node: RaftNode, leader: Leader): void {
  for (const progress of leader.peers) {
    send(node, {
      type: MessageType.heartbeat,
      from: node.id,
      to: progress.id,
      term: node.term,
      commit: Math.min(progress.match, node.log.commit),
      round: node.round,
    });
  }
}

/** Asks whether the log still agrees at `next - 1`; a refusal shows that an append was lost. */
function sendLossCheck(node: RaftNode, progress: Progress): void {
  if (progress.next > node.log.base) sendEntries(node, progress, none);
}

/** Whether the commit index moved. */
export function onAppendResponse(
  node: RaftNode,
  leader: Leader,
  progress: Progress,
  message: AppendResponse,
): boolean {
  if (message.index > node.log.last) return false;
  if (message.accepted) return onAccepted(node, leader, progress, message.index);
  onRefused(node, progress, message);
  return false;
}

function onAccepted(node: RaftNode, leader: Leader, progress: Progress, index: number): boolean {
  const advanced = index > progress.match;
  if (advanced) progress.match = index;
  if (progress.state === ProgressState.probe) progress.becomeReplicate();
  else if (progress.state === ProgressState.snapshot && index >= node.log.base) progress.becomeReplicate();
  if (progress.next <= index) progress.next = index + 1;
  progress.inflight.acknowledged(index);
  return advanced && advanceCommit(node, leader);
}

/** Backs up to where both logs may agree, a whole term at a time (paper, 5.3). */
function onRefused(node: RaftNode, progress: Progress, message: AppendResponse): void {
  const { index, hintIndex, hintTerm } = message;
  if (progress.state === ProgressState.snapshot) return;
  if (progress.state === ProgressState.probe && index !== progress.next - 1) return;
  // Below what it once acknowledged: a stale refusal, or a suspect member that lost its tail. To forget the
  // acknowledgement is right for the one and safe for the other.
  if (index <= progress.match) progress.match = 0;
  const agreed = hintTerm > 0 ? node.log.lastWithTermAtMost(hintIndex, hintTerm) : hintIndex;
  progress.becomeProbe(Math.max(progress.match + 1, Math.min(index, agreed + 1)));
}

export function onHeartbeatResponse(
  node: RaftNode,
  leader: Leader,
  progress: Progress,
  message: HeartbeatResponse,
): void {
  progress.fitness = message.fitness ?? Fitness.able;
  if (message.round > progress.round && message.round <= node.round) {
    progress.round = message.round;
    confirmReads(node, leader);
  }
  progress.paused = false;
  const waiting = progress.state === ProgressState.replicate && progress.match < progress.next - 1;
  if (waiting && progress.match === progress.matchAtHeartbeat) sendLossCheck(node, progress);
  progress.matchAtHeartbeat = progress.match;
}

const matchOf = (progress: Progress): number => progress.match;

/**
 * Commits what a majority holds durably, the leader counting itself only once it has persisted, and only up to an entry of
 * its own term: earlier ones commit along with that (paper, 5.4.2). Returns whether the commit index moved.
 */
export function advanceCommit(node: RaftNode, leader: Leader): boolean {
  const { log } = node;
  const index = quorumReached(node, leader, log.persisted, matchOf);
  if (index <= log.commit || log.termAt(index) !== node.term) return false;
  const before = log.commit;
  log.commitTo(index);
  leader.uncommittedBytes -= log.bytesBetween(before + 1, index);
  if (before < leader.termStart) releaseWaitingReads(node, leader);
  return true;
}
