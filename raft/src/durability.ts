import { InvariantViolation } from './errors.ts';
import type { Message } from './messages.ts';
import type { RaftNode } from './node.ts';
import type { Write } from './ready.ts';
import type { HardState, NodeId, SnapshotMeta } from './types.ts';

/** Messages that wait for a sync; more are dropped, as a network might. */
const MAX_WAITING_MESSAGES = 1_000;

/**
 * What is durable, what is being written, and the messages that wait for it.
 *
 *   created ── nothing to write ──────────────────────────────────────────────→ outbox
 *      ├────── promises what the Write under way holds ── persisted(write) ───→ outbox
 *      └────── promises what is not handed out yet ──────→ next Write ────────→ outbox
 */
export class DurableState {
  term: number;
  handedTerm: number;
  handedVote: NodeId;
  writing: Write | undefined;
  /** A wholly received snapshot that the next Write installs. */
  snapshot: SnapshotMeta | undefined;
  clearSuspect = false;
  outbox: Message[] = [];
  afterCurrentWrite: Message[] = [];
  afterNextWrite: Message[] = [];

  constructor(hardState: HardState) {
    this.term = this.handedTerm = hardState.term;
    this.handedVote = hardState.vote;
  }

  /** A snapshot is being installed: nothing above it may be applied yet. */
  get installing(): boolean {
    return this.snapshot !== undefined || this.writing?.snapshot !== undefined;
  }
}

function hasUnwritten(node: RaftNode): boolean {
  const { durable, log } = node;
  return (
    log.handed < log.last ||
    node.term !== durable.handedTerm ||
    node.vote !== durable.handedVote ||
    durable.snapshot !== undefined ||
    durable.clearSuspect
  );
}

/** For what promises nothing, or only what is durable already. */
export function send(node: RaftNode, message: Message): void {
  if (node.connected.has(message.to)) node.durable.outbox.push(message);
}

/** For votes and other promises: leaves once everything known now is durable (paper, 5.1: before responding to RPCs). */
export function sendOnceDurable(node: RaftNode, message: Message): void {
  const { durable } = node;
  if (!node.connected.has(message.to)) return;
  const unwritten = hasUnwritten(node);
  if (!unwritten && durable.writing === undefined) {
    durable.outbox.push(message);
    return;
  }
  const waiting = unwritten ? durable.afterNextWrite : durable.afterCurrentWrite;
  if (waiting.length < MAX_WAITING_MESSAGES) waiting.push(message);
}

/** The next Write, where there is something to write and none is under way. */
export function takeWrite(node: RaftNode): Write | undefined {
  const { durable, log } = node;
  if (durable.writing !== undefined || !hasUnwritten(node)) return undefined;
  const { snapshot } = durable;
  const from = Math.max(log.handed, snapshot?.index ?? 0) + 1;
  const changed = node.term !== durable.handedTerm || node.vote !== durable.handedVote;
  const write: Write = {
    snapshot,
    hardState: changed ? { term: node.term, vote: node.vote } : undefined,
    entries: from <= log.last ? log.slice(from, log.last) : [],
    clearSuspect: durable.clearSuspect,
  };
  durable.writing = write;
  durable.snapshot = undefined;
  durable.clearSuspect = false;
  durable.handedTerm = node.term;
  durable.handedVote = node.vote;
  log.handed = log.last;
  durable.afterCurrentWrite = durable.afterNextWrite;
  durable.afterNextWrite = [];
  return write;
}

/** The Write under way is durable; what waited for it may leave. */
export function completeWrite(node: RaftNode, write: Write): void {
  const { durable, log } = node;
  if (durable.writing !== write)
    throw new InvariantViolation('unknown-write', 'persisted() of a write that is not under way');
  durable.writing = undefined;
  if (write.hardState !== undefined) durable.term = write.hardState.term;
  log.persistedToHanded();
  for (const message of durable.afterCurrentWrite) durable.outbox.push(message);
  durable.afterCurrentWrite = [];
}
