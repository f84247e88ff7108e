import { InvariantViolation } from './errors.ts';
import { type Message, MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import type { Write } from './ready.ts';
import type { Entry, HardState } from './types.ts';

/** A term that no node has: what was handed out came back. */
const NOT_HANDED = -1;

/** Messages that wait for a sync; more are dropped, as a network might. */
const MAX_WAITING_MESSAGES = 1_000;

function hasUnwrittenState(node: RaftNode): boolean {
  return node.term !== node.durable.handedTerm || node.vote !== node.durable.handedVote;
}

function hasUnwrittenLog({ durable, log }: RaftNode): boolean {
  return log.handed < log.last || durable.snapshot !== undefined || durable.clearSuspect;
}

/** These say how far the log goes, not only in which term it is. */
function promisesLog(message: Message): boolean {
  return message.type === MessageType.logStatus || message.type === MessageType.snapshotResponse;
}

/** For what promises nothing, or only what is durable already. */
export function send(node: RaftNode, message: Message): void {
  if (node.connected.has(message.to)) node.durable.outbox.push(message);
}

/** For votes and other promises: leaves once everything known now is durable (paper, 5.1: before responding to RPCs). */
export function sendOnceDurable(node: RaftNode, message: Message): void {
  const { durable } = node;
  if (!node.connected.has(message.to)) return;
  const { isHeldBack } = durable;
  // Nobody knows when it could leave; it is asked for again.
  if (isHeldBack && promisesLog(message)) return;
  const unwritten = hasUnwrittenState(node) || (!isHeldBack && hasUnwrittenLog(node));
  if (!unwritten && durable.writing === undefined) {
    durable.outbox.push(message);
    return;
  }
  const waiting = unwritten ? durable.afterNextWrite : durable.afterCurrentWrite;
  if (waiting.length < MAX_WAITING_MESSAGES) waiting.push(message);
}

/** The next Write, where there is something to write and none is under way. */
export function takeWrite(node: RaftNode): Write | undefined {
  const { durable } = node;
  if (durable.writing !== undefined) return undefined;
  const changed = hasUnwrittenState(node);
  const hasLog = !durable.isHeldBack && hasUnwrittenLog(node);
  if (!changed && !hasLog) return undefined;
  const hardState = changed ? { term: node.term, vote: node.vote } : undefined;
  const write = hasLog ? takeLog(node, hardState) : stateAlone(hardState);
  durable.writing = write;
  durable.writingTicks = 0;
  durable.writesLog = hasLog;
  durable.handedTerm = node.term;
  durable.handedVote = node.vote;
  durable.afterCurrentWrite = durable.afterNextWrite;
  durable.afterNextWrite = [];
  return write;
}

const noEntries: readonly Entry[] = [];

function stateAlone(hardState: HardState | undefined): Write {
  return { snapshot: undefined, hardState, entries: noEntries, clearSuspect: false };
}

function takeLog({ durable, log }: RaftNode, hardState: HardState | undefined): Write {
  const { snapshot, clearSuspect } = durable;
  const from = Math.max(log.handed, snapshot?.index ?? 0) + 1;
  durable.snapshot = undefined;
  durable.clearSuspect = false;
  log.handOut();
  return {
    snapshot,
    hardState,
    entries: from <= log.last ? log.slice(from, log.last) : noEntries,
    clearSuspect,
  };
}

/**
 * The disk took nothing of the Write under way, but for term and vote perhaps. All of it is to be written again: term and vote at once,
 * since votes must not wait for room, the rest once the program tries again.
 */
export function refuseWrite(node: RaftNode, write: Write): void {
  const { durable, log } = node;
  if (durable.writing !== write)
    throw new InvariantViolation('unknown-write', 'writeRefused() of a write that is not under way');
  durable.writing = undefined;
  durable.writingTicks = 0;
  durable.isRefused = true;
  durable.isHeldBack = true;
  if (write.hardState !== undefined) durable.handedTerm = NOT_HANDED;
  durable.snapshot ??= write.snapshot;
  durable.clearSuspect ||= write.clearSuspect;
  log.takeBack();
  const waiting = [...durable.afterCurrentWrite, ...durable.afterNextWrite];
  durable.afterCurrentWrite = [];
  durable.afterNextWrite = [];
  // What promised only the term finds its place again: behind term and vote, or with nothing to wait for.
  for (const message of waiting) sendOnceDurable(node, message);
}

/** The program means that there may be room again. */
export function retryWrites(node: RaftNode): void {
  const { durable } = node;
  if (!durable.isRefused) return;
  durable.isHeldBack = false;
  if (durable.writing === undefined && !hasUnwrittenLog(node)) durable.isRefused = false;
}

/** The Write under way is durable; what waited for it may leave. */
export function completeWrite(node: RaftNode, write: Write): void {
  const { durable, log } = node;
  if (durable.writing !== write)
    throw new InvariantViolation('unknown-write', 'persisted() of a write that is not under way');
  durable.writing = undefined;
  durable.writingTicks = 0;
  if (durable.writesLog) durable.isRefused = false;
  if (write.hardState !== undefined) durable.term = write.hardState.term;
  log.persistedToHanded();
  for (const message of durable.afterCurrentWrite) durable.outbox.push(message);
  durable.afterCurrentWrite = [];
}
