import type { BackupWish } from '../../src/admin/backup-source.ts';
import type { ReadHistogram, Series } from '../../src/admin/member-histograms.ts';
import type { MemberMetrics } from '../../src/admin/member-metrics.ts';
import type { MemberStatus } from '../../src/admin/member-standing.ts';
import type {
  CheckpointResult,
  CheckpointView,
  FeatureLevelResult,
  ForceResult,
  MembershipChange,
  MembershipResult,
  TransferResult,
} from '../../src/admin/member-status.ts';
import type {
  CommandAnswer,
  HttpView,
  MonitorValues,
  StreamCaller,
  StreamRefusal,
  TakenSnapshot,
} from '../../src/admin/zookeeper-commands.ts';
import type { NamespaceQuotas } from '../../src/model/namespace-quotas.ts';

const READY: MemberStatus = {
  serverId: 2,
  raftId: 12,
  instance: 120,
  clusterId: 'c1',
  role: 'leader',
  term: 7,
  leader: 2,
  lastZxid: 900,
  appliedIndex: 899,
  commitIndex: 900,
  lastLogTerm: 7,
  lastLogIndex: 905,
  recovery: 2,
  configurationIndex: 5,
  changing: false,
  featureLevel: 3,
  lowestFeatureLevel: 2,
  highestFeatureLevel: 4,
  serving: true,
  caughtUp: true,
  draining: false,
  reason: '',
  certificates: [
    {
      listener: 'clients',
      serial: '0A1B',
      subject: 'CN=member-2',
      issuer: 'CN=authority',
      notAfter: '2030-01-01T00:00:00.000Z',
      trusted: [],
    },
  ],
  checkpoints: [{ index: 880, digest: 'd880' }],
  members: [
    {
      serverId: 1,
      raftId: 11,
      instance: 110,
      role: 'follower',
      address: '127.0.0.1:2888',
      lagEntries: 4,
      connected: true,
      highestFeatureLevel: 4,
    },
    {
      serverId: 2,
      raftId: 12,
      instance: 120,
      role: 'leader',
      address: '127.0.0.1:2889',
      clientAddress: '127.0.0.1:2182',
      lagEntries: 0,
      connected: true,
      ready: true,
      connections: 1,
    },
    { serverId: 3, raftId: 0, instance: 0, role: 'joining', address: '127.0.0.1:2890', connected: false },
  ],
};

/** Every number is another one, so that no two metrics can be mistaken for each other. */
export const METRICS: MemberMetrics = {
  connections: 101,
  connectionsTotal: 102,
  connectionsRefusedTotal: 103,
  tlsHandshakesTotal: 186,
  tlsFailuresTotal: 185,
  tlsPending: 206,
  strangers: 207,
  peerTlsFailuresTotal: 208,
  httpConnections: 209,
  httpTlsFailuresTotal: 210,
  fileReloadsFailedTotal: 184,
  connectionsEvictedTotal: 198,
  clientMemoryBytes: 197,
  badInputTotal: 104,
  unauthenticatedTotal: 194,
  failedAuthsTotal: 201,
  failedSessionPasswordsTotal: 202,
  failedAdminTokensTotal: 203,
  failedJoinSecretsTotal: 211,
  slowedProofsTotal: 204,
  auditLinesLostTotal: 205,
  readsTotal: 105,
  writesTotal: 106,
  refusedTotal: 107,
  receivedBytesTotal: 108,
  sentBytesTotal: 109,
  outstandingRequests: 110,
  sessions: 111,
  watches: 112,
  watchEventsTotal: 199,
  nodes: 113,
  treeBytes: 114,
  treeLimitBytes: 213,
  diskFreeBytes: 214,
  diskRoom: 215,
  term: 115,
  lastIndex: 116,
  commitIndex: 117,
  appliedIndex: 118,
  featureLevel: 212,
  leaderChangesTotal: 119,
  snapshotsTakenTotal: 120,
  snapshotsInstalledTotal: 121,
  logBytesTotal: 122,
  logSyncsTotal: 123,
  logSyncSecondsTotal: 1.25,
};

/** A member of plain objects; `transfers` holds the server ids that leadership was asked for. */
export class FakeMember implements HttpView {
  state: MemberStatus = READY;
  numbers: MemberMetrics = METRICS;
  transfer: TransferResult = { ok: true };
  readonly transfers: number[] = [];
  featureLevel: FeatureLevelResult = { ok: true, featureLevel: 4 };
  checkpoint: CheckpointResult = { ok: true, index: 901, digest: 'd901' };
  /** Levels that were asked for. */
  readonly levels: number[] = [];
  membership: MembershipResult = { ok: true, raftId: 41, configurationIndex: 42 };
  /** What was asked of the membership, and by which configuration. */
  readonly changes: [MembershipChange, number][] = [];
  /** Addresses that had no valid token, and how long each caller has to wait. */
  readonly failed: string[] = [];
  delayMs = 0;

  readonly proofs: HttpView['proofs'] = {
    failedProof: (address, kind) => this.failed.push(`${address} ${kind}`),
    delayMs: () => this.delayMs,
  };

  status(): MemberStatus {
    return this.state;
  }

  /** What `mntr` tells. */
  monitored: MonitorValues = { gauges: [], counters: [], summaries: [], sets: [] };
  /** Commands that were run. */
  readonly ran: string[] = [];

  readonly commands: HttpView['commands'] = {
    names: ['monitor', 'ruok', 'watches'],
    isOpen: (name) => name !== 'watches',
    run: async (name): Promise<CommandAnswer> => {
      this.ran.push(name);
      return { told: name, command: name, error: null };
    },
    monitor: () => this.monitored,
  };

  /** Who asked for streams, and what they are answered. */
  readonly callers: StreamCaller[] = [];
  refused: StreamRefusal | undefined;
  snapshot: TakenSnapshot | StreamRefusal = { status: 503, error: 'none' };
  notServing: string | undefined;
  noRestore: StreamRefusal | undefined;
  /** What came to be restored. */
  readonly restored: Uint8Array[] = [];

  /** What is given as a backup; undefined: it is refused. */
  backup: readonly Uint8Array[] | undefined;
  /** What was asked for, and how often one was released. */
  readonly backupsAsked: BackupWish[] = [];
  backupsReleased = 0;

  readonly backups: HttpView['backups'] = {
    take: async (wish) => {
      this.backupsAsked.push(wish);
      const { backup } = this;
      if (backup === undefined) return { ok: false, code: 'log-compacted', message: 'gone' };
      const reached = { index: 9, term: 2, zxid: 9, timeMs: 5, featureLevel: 1, digest: 'd' };
      return {
        ok: true,
        reached,
        read: async function* () {
          yield* backup;
        },
        release: () => {
          this.backupsReleased++;
        },
      };
    },
  };

  readonly streams: HttpView['streams'] = {
    notServing: () => this.notServing,
    refusal: (caller) => {
      this.callers.push(caller);
      return this.refused;
    },
    takeSnapshot: async () => this.snapshot,
    whyNoRestore: () => this.noRestore,
    restore: async (body) => {
      try {
        for await (const piece of body) this.restored.push(piece);
        return { lastZxid: 0x1b };
      } catch (error) {
        return { status: 400, error: (error as Error).message };
      }
    },
  };

  /** Of each metric by its name. */
  series = new Map<string, readonly Series[]>();

  readonly histograms: ReadHistogram = ({ name }) => this.series.get(name) ?? [];

  quotas(): NamespaceQuotas {
    return {
      limits: [{ namespace: 'app', countLimit: 10, bytesLimit: -1, count: 7, bytes: 300 }],
      refused: [['app', 2]],
    };
  }

  metrics(): MemberMetrics {
    return this.numbers;
  }

  async transferLeadership(toServerId: number): Promise<TransferResult> {
    this.transfers.push(toServerId);
    return this.transfer;
  }

  async changeMembership(change: MembershipChange, expectedIndex: number): Promise<MembershipResult> {
    this.changes.push([change, expectedIndex]);
    return this.membership;
  }

  async raiseFeatureLevel(level: number): Promise<FeatureLevelResult> {
    this.levels.push(level);
    return this.featureLevel;
  }

  checkpoints(): readonly CheckpointView[] {
    return [{ index: 880, digests: [{ serverId: 2, raftId: 12, digest: 'd880' }] }];
  }

  async checkpointNow(): Promise<CheckpointResult> {
    return this.checkpoint;
  }

  forced: ForceResult = { ok: true, recovery: 3, index: 906, term: 1_048_583 };
  /** Server ids and last entries of those that were to be a new cluster. */
  readonly forces: [number, number][] = [];

  async forceNewCluster(serverId: number, lastIndex: number): Promise<ForceResult> {
    this.forces.push([serverId, lastIndex]);
    return this.forced;
  }

  async drain(): Promise<void> {
    this.state = { ...this.state, draining: true, reason: 'this member is about to stop' };
  }

  undrain(): void {
    this.state = { ...this.state, draining: false, reason: '' };
  }
}
