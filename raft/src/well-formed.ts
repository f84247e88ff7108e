import { decodeConfiguration } from './configuration.ts';
import { MalformedConfiguration } from './errors.ts';
import { type Append, type Message, MessageType, type SnapshotChunk } from './messages.ts';
import { type Configuration, type Entry, EntryKind } from './types.ts';

/** Indices, terms, ids and rounds: whole numbers below 2^53. */
function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Beyond it no term is believed: so many elections remain below 2^53. */
export const MAX_TERM = Number.MAX_SAFE_INTEGER - 2 ** 20;
/**
 * A term rises by one with each election: a cluster that elected ten times a second would take thirteen years for so many. No member was away
 * for longer, so a term that is further ahead is no member's.
 */
export const MAX_TERM_LEAD = 2 ** 32;

/** Whether a true member may be in `term` while this one is in `own`. */
export function isPlausibleTerm(term: number, own: number): boolean {
  return term <= MAX_TERM && term - own <= MAX_TERM_LEAD;
}

/** The configuration that an entry holds; undefined where its bytes are none, or another index's. */
export function configurationOf(entry: Entry): Configuration | undefined {
  try {
    const configuration = decodeConfiguration(entry.data);
    return configuration.index === entry.index ? configuration : undefined;
  } catch (error) {
    if (error instanceof MalformedConfiguration) return undefined;
    throw error;
  }
}

/** Consecutive, terms that never fall and end at or below the leader's, and readable configurations. */
function isAppend(message: Append): boolean {
  const { entries, prevIndex, prevTerm, term, commit } = message;
  if (!isWhole(prevIndex) || !isWhole(prevTerm) || !isWhole(commit) || prevTerm > term) return false;
  let last = prevTerm;
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i] as Entry;
    if (entry.index !== prevIndex + 1 + i || entry.term < last || entry.term > term) return false;
    if (!isWhole(entry.term)) return false;
    if (entry.kind === EntryKind.configuration && configurationOf(entry) === undefined) return false;
    last = entry.term;
  }
  return true;
}

function isChunk({ snapshot, offset, term }: SnapshotChunk): boolean {
  return (
    isWhole(snapshot.index) &&
    isWhole(snapshot.term) &&
    snapshot.term <= term &&
    snapshot.configuration.index <= snapshot.index &&
    isWhole(offset)
  );
}

/** Whether the numbers of a message make sense by themselves. */
export function isWellFormed(message: Message): boolean {
  if (!isWhole(message.term) || !isWhole(message.from) || message.from === 0) return false;
  switch (message.type) {
    case MessageType.append:
      return isAppend(message);
    case MessageType.snapshotChunk:
      return isChunk(message);
    case MessageType.appendResponse:
      return isWhole(message.index) && isWhole(message.hintIndex) && isWhole(message.hintTerm);
    case MessageType.heartbeat:
      return isWhole(message.commit) && isWhole(message.round);
    case MessageType.heartbeatResponse:
      return isWhole(message.round);
    case MessageType.snapshotResponse:
      return isWhole(message.index) && isWhole(message.offset);
    case MessageType.preVote:
    case MessageType.vote:
      return isWhole(message.lastIndex) && isWhole(message.lastTerm) && message.lastTerm < message.term;
    case MessageType.logStatus:
      return isWhole(message.lastIndex) && isWhole(message.lastTerm) && message.voters.every(isWhole);
    case MessageType.readIndex:
    case MessageType.readIndexResponse:
      return Number.isSafeInteger(message.token);
    case MessageType.preVoteResponse:
    case MessageType.voteResponse:
    case MessageType.timeoutNow:
      return true;
    default:
      message satisfies never;
      return false;
  }
}
