import { ConfigurationHistory, decodeConfiguration, votersOf } from './configuration.ts';
import { RaftLog } from './log.ts';
import type { LogStatus, Message, VoteRequest } from './messages.ts';
import { checkOptions, type RaftOptions } from './options.ts';
import { Prng } from './prng.ts';
import type { EntriesRead, ReadState, SnapshotRead, SnapshotWrite, Write } from './ready.ts';
import { type Candidate, Follower, type Leader } from './roles.ts';
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

/** Everything a member knows. The other files are functions over it, one subject each; `Raft` is their front. */
export class RaftNode {
  readonly id: NodeId;
  readonly options: RaftOptions;
  readonly prng: Prng;
  readonly log: RaftLog;
  readonly configurations: ConfigurationHistory;
  readonly durable: DurableState;
  readonly applying = new Applying();
  /** Peers to which a link is up. */
  readonly connected = new Set<NodeId>();

  term: number;
  vote: NodeId;
  /** The role in this term, with what belongs to it alone. */
  state: Follower | Candidate | Leader = new Follower(0);
  /** Ticks since the start; only differences matter. */
  now = 0;
  /** Newest heartbeat round sent, as a leader of any term: an answer to an earlier leadership never counts for a later one. */
  round = 0;

  /** Not as a leader: ticks until an election begins or the one under way is given up. */
  electionTimer = 0;
  /** Not as a leader: ticks since the leader was heard of; of a former leader since it last had a majority. */
  silentTicks = 0;
  /** The link to the leader broke and none has been heard of since: elections are retried quickly. */
  hurried = false;
  failedCampaigns = 0;

  /** What the program said of this member. */
  declaredFitness: Fitness = Fitness.able;

  /** The log's tail was damaged: see suspect.ts. */
  suspect: boolean;
  readonly statuses = new Map<NodeId, LogStatus>();
  /** Asked of this suspect member in its term: given once the statuses of all voters' logs allow it. */
  pendingVote: VoteRequest | undefined;

  /** The snapshot of which a piece is being written, even if another leader has begun another one since. */
  writingAside: SnapshotMeta | undefined;

  /** For the next Ready. */
  readStates: ReadState[] = [];
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
    const drawn = this.drawElectionTicks();
    // A voter that is alone can hear of no leader: it does not wait for one.
    this.electionTimer = this.isAlone ? 1 : drawn;
  }

  get role(): Role {
    return this.state.role;
  }

  /** 0: unknown. */
  get leader(): NodeId {
    const { state } = this;
    if (state.role === Role.follower) return state.leader;
    return state.role === Role.leader ? this.id : 0;
  }

  /** Where it leads. */
  get asLeader(): Leader | undefined {
    return this.state.role === Role.leader ? this.state : undefined;
  }

  /** Where it is a follower, with a leader or without. */
  get asFollower(): Follower | undefined {
    return this.state.role === Role.follower ? this.state : undefined;
  }

  get configuration(): Configuration {
    return this.configurations.current;
  }

  /** No other vote counts, as far as its log goes. */
  get isAlone(): boolean {
    const voters = votersOf(this.configuration);
    return voters.length === 1 && voters[0] === this.id;
  }

  /** Its disk holds nothing of its cluster's log yet: it neither votes nor campaigns, since it may have forgotten votes. */
  get isBlank(): boolean {
    return this.log.persisted === 0;
  }

  drawElectionTicks(): number {
    return this.options.electionTicks + this.prng.below(this.options.electionTicks);
  }
}
