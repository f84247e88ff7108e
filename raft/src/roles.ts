/**
 * What a member has in one role alone: it begins with the role and is gone with it.
 *
 *   Follower ──► Candidate (pre-candidate, then candidate) ──► Leader
 *      ▲──────────────────┴──────────────────────────────────────┘
 */
import { CatchUpRounds } from './catching-up.ts';
import type { Progress } from './progress.ts';
import { type NodeId, Role, type SnapshotMeta } from './types.ts';

export const NOTHING_ACKNOWLEDGED = -1;
export const UNKNOWN_INDEX = -1;

/** A snapshot that is being received: see snapshot-transfer.ts. */
export class IncomingSnapshot {
  readonly from: NodeId;
  readonly snapshot: SnapshotMeta;
  /** Bytes written aside. */
  written = 0;
  /** Bytes of the piece being written. */
  writing = 0;
  /** The piece being written is the last. */
  done = false;

  constructor(from: NodeId, snapshot: SnapshotMeta) {
    this.from = from;
    this.snapshot = snapshot;
  }
}

/** Of one leader, or of none: another leader makes another Follower. */
export class Follower {
  readonly role = Role.follower;
  /** 0: unknown. */
  readonly leader: NodeId;
  /** The log equals the leader's of this term up to here. */
  matched = 0;
  /** So far the leader was told, on the present link. */
  acknowledged = NOTHING_ACKNOWLEDGED;
  acknowledgementOwed = false;
  readonly rounds = new CatchUpRounds();
  incomingSnapshot: IncomingSnapshot | undefined;
  /** Of a suspect member: what the leader's log held at first contact, or UNKNOWN_INDEX; see suspect.ts. */
  catchUpIndex = UNKNOWN_INDEX;
  /** Reads that were asked of the leader: token → tick at which to give up. Ascending by tick. */
  readonly forwardedReads = new Map<number, number>();

  constructor(leader: NodeId) {
    this.leader = leader;
  }
}

/** Asks for pre-votes, then for votes. */
export class Candidate {
  readonly role: typeof Role.preCandidate | typeof Role.candidate;
  readonly votes = new Map<NodeId, boolean>();
  /** The leader has asked for this election. */
  readonly isTransfer: boolean;

  constructor(role: Candidate['role'], isTransfer: boolean) {
    this.role = role;
    this.isTransfer = isTransfer;
  }
}

/** A read that waits for its round: see read-index.ts. */
export interface PendingRead {
  readonly token: number;
  /** Who asked: this member itself or a follower. */
  readonly from: NodeId;
  /** Commit index when it was registered. */
  readonly index: number;
  /** The heartbeat round, begun after it was registered, that confirms it. */
  readonly round: number;
}

export class Leader {
  readonly role = Role.leader;
  /** The other members. */
  readonly progress = new Map<NodeId, Progress>();
  /** The same, for loops. */
  readonly peers: Progress[] = [];
  /** The entry that began this leader's term. */
  termStart = 0;
  uncommittedBytes: number;
  heartbeatTimer: number;
  commitAtHeartbeat: number;
  /** Registered before an entry of this leader's own term has committed. */
  waitingReads: PendingRead[] = [];
  /** Ascending by round. */
  pendingReads: PendingRead[] = [];
  /** Some of `pendingReads` wait for a round that has not begun. */
  isRoundWanted = false;
  /** 0: no leadership transfer under way. */
  transferee: NodeId = 0;
  transferTimer = 0;
  timeoutNowSent = false;
  /** Ticks until leadership may be handed to a fitter member again. */
  handOverPause = 0;
  /** For how long it has been short of room. */
  shortTicks = 0;

  constructor(heartbeatTicks: number, commit: number, uncommittedBytes: number) {
    this.heartbeatTimer = heartbeatTicks;
    this.commitAtHeartbeat = commit;
    this.uncommittedBytes = uncommittedBytes;
  }
}
