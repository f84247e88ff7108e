import type { Entry, Fitness, NodeId, SnapshotMeta } from './types.ts';

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
