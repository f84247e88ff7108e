/** The leader's sending side: appends, heartbeats, and entries that have left memory. */
import { send } from './durability.ts';
import { endOfBatch, entryBytes } from './log.ts';
import { MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Progress, ProgressState } from './progress.ts';
import { continueSnapshot } from './snapshot-sender.ts';
import type { Entry, NodeId } from './types.ts';

const none: readonly Entry[] = [];
/** Of the window, what one read of storage brings: each takes a turn of a leader that may be busy, and the window stays filled meanwhile. */
const READ_FRACTION = 1 / 4;

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
export function replicate(node: RaftNode): void {
  const slices = new SharedSlice();
  for (const progress of node.peers) {
    if (!node.connected.has(progress.id)) continue;
    if (progress.state !== ProgressState.snapshot) sendPending(node, progress, slices);
    if (progress.state === ProgressState.snapshot) continueSnapshot(node, progress);
  }
}

/** Entries from storage; undefined: storage has dropped them, only a snapshot helps. */
export function entriesRead(
  node: RaftNode,
  to: NodeId,
  from: number,
  entries: readonly Entry[] | undefined,
): void {
  const progress = node.progress.get(to);
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
export function sendHeartbeats(node: RaftNode): void {
  for (const progress of node.peers) {
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
export function sendLossCheck(node: RaftNode, progress: Progress): void {
  if (progress.next > node.log.base) sendEntries(node, progress, none);
}
