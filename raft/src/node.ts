import { Applying } from './applying.ts';
import { decodeConfiguration } from './configuration.ts';
import { ConfigurationHistory } from './configuration-history.ts';
import { DurableState } from './durability.ts';
import { Fitness } from './fitness.ts';
import { RaftLog } from './log.ts';
import type { LogStatus, VoteRequest } from './messages.ts';
import { checkOptions, type RaftOptions } from './options.ts';
import { Prng } from './prng.ts';
import type { Progress } from './progress.ts';
import { Reads } from './read-index.ts';
import type { EntriesRead, SnapshotRead, SnapshotWrite } from './ready.ts';
import type { IncomingSnapshot } from './snapshot-receiver.ts';
import { type Configuration, EntryKind, type NodeId, Role, type SnapshotMeta } from './types.ts';

export const NOTHING_ACKNOWLEDGED = -1;

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
