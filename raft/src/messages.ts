/** What members send one another, and which of it makes sense by itself. */
import { configurationOf } from './configuration.ts';
import { type Entry, EntryKind, type Fitness, type NodeId, type SnapshotMeta } from './types.ts';

/** Numeric tags, stable on the wire. */
export const MessageType = {
  preVote: 1,
  preVoteResponse: 2,
  vote: 3,
  voteResponse: 4,
  append: 5,
  appendResponse: 6,
  heartbeat: 7,
  heartbeatResponse: 8,
  snapshotChunk: 9,
  snapshotResponse: 10,
  timeoutNow: 11,
  readIndex: 12,
  readIndexResponse: 13,
  logStatus: 14,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

interface Envelope {
  readonly from: NodeId;
  readonly to: NodeId;
  /** The sender's term; in a preVote the term it would campaign for. */
  readonly term: number;
}

/** Asks for a vote (or whether one would be given): lastIndex and lastTerm are the candidate's. */
export interface VoteRequest extends Envelope {
  readonly type: typeof MessageType.preVote | typeof MessageType.vote;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The leader itself asked for this election (leadership transfer): check-quorum leases do not refuse it. */
  readonly transfer: boolean;
}
export interface VoteResponse extends Envelope {
  readonly type: typeof MessageType.preVoteResponse | typeof MessageType.voteResponse;
  readonly granted: boolean;
}
export interface Append extends Envelope {
  readonly type: typeof MessageType.append;
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
}
export interface AppendResponse extends Envelope {
  readonly type: typeof MessageType.appendResponse;
  readonly accepted: boolean;
  /** accepted: the last index known to match, durable at the sender; refused: the prevIndex that did not match. */
  readonly index: number;
  /** refused: where the leader may try next. */
  readonly hintIndex: number;
  readonly hintTerm: number;
}
export interface Heartbeat extends Envelope {
  readonly type: typeof MessageType.heartbeat;
  readonly commit: number;
  /** Echoed by the response; a quorum of echoes confirms the leader for every read registered before the round began. */
  readonly round: number;
}
export interface HeartbeatResponse extends Envelope {
  readonly type: typeof MessageType.heartbeatResponse;
  readonly round: number;
  /** Of the sender; absent: able. */
  readonly fitness?: Fitness;
}
export interface SnapshotChunk extends Envelope {
  readonly type: typeof MessageType.snapshotChunk;
  readonly snapshot: SnapshotMeta;
  /** Byte offset of `data` within the snapshot. */
  readonly offset: number;
  readonly data: Uint8Array;
  readonly done: boolean;
}
export interface SnapshotResponse extends Envelope {
  readonly type: typeof MessageType.snapshotResponse;
  readonly index: number;
  /** The offset that the receiver wants next (0 to begin again); with `installed` the whole snapshot is durable. */
  readonly offset: number;
  readonly installed: boolean;
}
/** Tells the target of a leadership transfer to campaign at once. */
export interface TimeoutNow extends Envelope {
  readonly type: typeof MessageType.timeoutNow;
}
/** A follower asks the leader for a read index. */
export interface ReadIndex extends Envelope {
  readonly type: typeof MessageType.readIndex;
  readonly token: number;
}
export interface ReadIndexResponse extends Envelope {
  readonly type: typeof MessageType.readIndexResponse;
  readonly token: number;
  readonly index: number;
}
/** How far a log goes, durably, so that suspect members can find out which log is the newest of all voters'. */
export interface LogStatus extends Envelope {
  readonly type: typeof MessageType.logStatus;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Voters of the sender's configuration, of both majorities: a suspect's own configuration may have been cut off with its tail. */
  readonly voters: readonly NodeId[];
  /** Asks the receiver to answer with its own. */
  readonly reply: boolean;
}

export type Message =
  | VoteRequest
  | VoteResponse
  | Append
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | SnapshotChunk
  | SnapshotResponse
  | TimeoutNow
  | ReadIndex
  | ReadIndexResponse
  | LogStatus;

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
