import { ConfigurationHistory, decodeConfiguration } from './configuration.ts';
import { RaftLog } from './log.ts';
import type { LogStatus, Message, VoteRequest } from './messages.ts';
import { checkOptions, type RaftOptions } from './options.ts';
import { Prng } from './prng.ts';
import type { Progress } from './progress.ts';
import type { EntriesRead, ReadState, SnapshotRead, SnapshotWrite, Write } from './ready.ts';
import {
  type Configuration,
  type Entry,
  EntryKind,
  Fitness,
  type HardState,
  type NodeId,
  Role,
  type SnapshotMeta,
} from './types.ts';

export const NOTHING_ACKNOWLEDGED = -1;

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
  /** For how long it has been under way. */
  writingTicks = 0;
  /** It holds all that the log lacks on disk, not term and vote alone. */
  writesLog = false;
  /** The disk took no entries, and has not yet taken all of them since. */
  isRefused = false;
  /** Until the program tries again, only term and vote are written: they need no room. */
  isHeldBack = false;
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

/** Committed entries on their way to the program: see applying.ts. */
export class Applying {
  /** The program has not done yet with what it was handed. */
  isHeld = false;
  /** From storage, consecutive, not handed out yet. */
  read: readonly Entry[] = [];
  /** First index that was asked of storage and has not come; 0: none. */
  readingFrom = 0;
}

interface PendingRead {
  readonly token: number;
  /** Who asked: this member itself or a follower. */
  readonly from: NodeId;
  /** Commit index when it was registered. */
  readonly index: number;
  /** The heartbeat round, begun after it was registered, that confirms it. */
  readonly round: number;
}

/** Linearizable reads: see read-index.ts. */
export class Reads {
  /** Registered before an entry of the leader's own term committed. */
  waiting: PendingRead[] = [];
  /** Ascending by round. */
  pending: PendingRead[] = [];
  /** Asked of the leader by this follower: token → tick at which to give up. Ascending by tick. */
  readonly forwarded = new Map<number, number>();
  states: ReadState[] = [];
  /** Some of `pending` wait for a round that has not begun. */
  roundWanted = false;

  get count(): number {
    return this.waiting.length + this.pending.length + this.forwarded.size;
  }
}

/** A snapshot that is being received: see snapshot-receiver.ts. */
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

/** Everything a member knows. The other files are functions over it, one subject each; `Raft` is their front. */
export class RaftNode {
  readonly id: NodeId;
  readonly options: RaftOptions;
  readonly prng: Prng;
  readonly log: RaftLog;
  readonly configurations: ConfigurationHistory;
  readonly durable: DurableState;
  readonly applying = new Applying();
  readonly reads = new Reads();
  /** Peers to which a link is up. */
  readonly connected = new Set<NodeId>();

  role: Role = Role.follower;
  term: number;
  vote: NodeId;
  /** 0: unknown. */
  leader: NodeId = 0;
  /** Ticks since the start; only differences matter. */
  now = 0;

  /** Ticks until an election begins or the one under way is given up. */
  electionTimer = 0;
  /** Not as a leader: ticks since the leader was heard of; of a former leader since it last had a majority. */
  silentTicks = 0;
  /** The link to the leader broke and none has been heard of since: elections are retried quickly. */
  hurried = false;
  failedCampaigns = 0;
  readonly votes = new Map<NodeId, boolean>();
  /** The election under way was asked for by the leader. */
  transferCampaign = false;

  /** Follower: the log equals the leader's of this term up to here. */
  matched = 0;
  /** So far the leader was told, on the present link. */
  acknowledged = NOTHING_ACKNOWLEDGED;
  acknowledgementOwed = false;
  /** Newest commit index heard of, and what it was when the present round of catching up began; see catching-up.ts. */
  heardCommit = 0;
  roundCommit = 0;
  roundBegan = 0;
  /** Of the round before; and whether that was over in time. */
  formerCommit = 0;
  keptUp = false;
  incomingSnapshot: IncomingSnapshot | undefined;
  /** The snapshot of which a piece is being written, even if another leader has begun another one since. */
  writingAside: SnapshotMeta | undefined;

  /** Leader: the other members. */
  readonly progress = new Map<NodeId, Progress>();
  readonly peers: Progress[] = [];
  /** The entry that began the leader's term. */
  termStart = 0;
  uncommittedBytes = 0;
  heartbeatTimer = 0;
  commitAtHeartbeat = 0;
  /** Newest heartbeat round sent. */
  round = 0;
  /** 0: no leadership transfer under way. */
  transferee: NodeId = 0;
  transferTimer = 0;
  timeoutNowSent = false;
  /** Ticks until leadership may be handed to a fitter member again. */
  handOverPause = 0;
  /** For how long it has been short of room, as a leader. */
  shortTicks = 0;

  /** What the program said of this member. */
  declaredFitness: Fitness = Fitness.able;

  /** The log's tail was damaged: see suspect.ts. */
  suspect: boolean;
  readonly statuses = new Map<NodeId, LogStatus>();
  /** What the leader's log held at first contact; -1: not known. */
  catchUpIndex = -1;
  /** Asked of this suspect member in its term: given once the statuses of all voters' logs allow it. */
  pendingVote: VoteRequest | undefined;

  entriesReads: EntriesRead[] = [];
  snapshotReads: SnapshotRead[] = [];
  snapshotWrites: SnapshotWrite[] = [];
  /** Reused by every count of a majority. */
  readonly scratch: number[] = [];

  constructor(options: RaftOptions) {
    checkOptions(options);
    this.id = options.id;
    this.options = options;
    this.prng = new Prng(options.seed);
    this.log = new RaftLog(options);
    this.configurations = new ConfigurationHistory(options.snapshot.configuration);
    for (const entry of [...(options.stored?.configurations ?? []), ...options.entries]) {
      if (entry.kind === EntryKind.configuration) this.configurations.append(decodeConfiguration(entry.data));
    }
    this.term = options.hardState.term;
    this.vote = options.hardState.vote;
    this.durable = new DurableState(options.hardState);
    this.suspect = options.suspect;
    this.electionTimer = this.drawElectionTicks();
  }

  get configuration(): Configuration {
    return this.configurations.current;
  }

  /** Its disk holds nothing of its cluster's log yet: it neither votes nor campaigns, since it may have forgotten votes. */
  get isBlank(): boolean {
    return this.log.persisted === 0;
  }

  drawElectionTicks(): number {
    return this.options.electionTicks + this.prng.below(this.options.electionTicks);
  }
}
