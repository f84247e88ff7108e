import { ProofKind } from '../failed-proofs/proof-guard.ts';
import type { Member } from '../member.ts';
import type { MachineCounts } from './machine-counts.ts';

/** What the numbers are read from. */
interface Sources {
  readonly member: Member;
  readonly counts: MachineCounts;
  readonly clients: Member['clients'];
  readonly counters: Member['clients']['counters'];
  readonly running: Member['running'];
  readonly raft: NonNullable<Member['running']>['replica']['raft'] | undefined;
  readonly tree: NonNullable<Member['running']>['machine']['tree'] | undefined;
  readonly disk: ReturnType<NonNullable<Member['storage']>['metrics']> | undefined;
}

interface MetricRow {
  /** As Prometheus wants names and units. */
  readonly name: string;
  readonly help: string;
  /** A counter only grows while the process lives. */
  readonly type: 'counter' | 'gauge';
  readonly of: (sources: Sources) => number;
  /** What ZooKeeper calls it, where it has the same. */
  readonly zookeeper?: string;
}

function counter(name: string, help: string, of: MetricRow['of'], zookeeper?: string): MetricRow {
  return { name, help, type: 'counter', of, ...(zookeeper === undefined ? {} : { zookeeper }) };
}

function gauge(name: string, help: string, of: MetricRow['of']): MetricRow {
  return { name, help, type: 'gauge', of };
}

/** The plain numbers of a member: its name in the JSON of /admin/members, and in /metrics. A new one is a row here. */
export const MEMBER_METRICS = {
  connections: gauge(
    'rookery_connections',
    'Open connections of clients.',
    ({ counters }) => counters.connections,
  ),
  connectionsTotal: counter(
    'rookery_connections_accepted_total',
    'Connections of clients accepted.',
    ({ counters }) => counters.connectionsTotal,
    'connection_request_count',
  ),
  connectionsRefusedTotal: counter(
    'rookery_connections_refused_total',
    'Connections of clients refused because of a limit.',
    ({ counts }) => counts.connectionsRefused(),
    'connection_rejected',
  ),
  tlsHandshakesTotal: counter(
    'rookery_tls_handshakes_total',
    'TLS handshakes with clients that came through.',
    ({ counts }) => counts.tlsHandshakes(),
  ),
  tlsFailuresTotal: counter(
    'rookery_tls_handshake_failures_total',
    'TLS handshakes with clients that did not come through, and plain connections where TLS is required.',
    ({ counts }) => counts.tlsFailures(),
  ),
  tlsPending: gauge(
    'rookery_tls_handshakes_pending',
    'TLS handshakes with clients that are under way.',
    ({ counts }) => counts.tlsPending(),
  ),
  strangers: gauge(
    'rookery_peer_strangers',
    'Connections to the peer port that have not shown yet that a member is at their other end.',
    ({ counts }) => counts.strangers(),
  ),
  peerTlsFailuresTotal: counter(
    'rookery_peer_tls_handshake_failures_total',
    'TLS handshakes at the peer port that did not come through, and plain connections where TLS is required.',
    ({ counts }) => counts.peerTlsFailures(),
  ),
  httpConnections: gauge(
    'rookery_http_connections',
    'Open connections to HTTP, those in their TLS handshakes included.',
    ({ counts }) => counts.httpConnections(),
  ),
  httpTlsFailuresTotal: counter(
    'rookery_http_tls_handshake_failures_total',
    'TLS handshakes at the port of HTTP that did not come through, and plain connections where TLS is required.',
    ({ counts }) => counts.httpTlsFailures(),
  ),
  fileReloadsFailedTotal: counter(
    'rookery_file_reload_failures_total',
    'Times that a changed file of certificates, secrets or users could not be used; what it held before stays.',
    ({ counts }) => counts.fileReloadsFailed(),
  ),
  connectionsEvictedTotal: counter(
    'rookery_connections_evicted_total',
    'Connections closed because all clients together held too much memory.',
    ({ counters }) => counters.evicted,
  ),
  clientMemoryBytes: gauge(
    'rookery_client_memory_bytes',
    'Bytes held for clients: parts of messages, requests that wait, replies that are not read.',
    ({ clients }) => clients.memory.totalBytes,
  ),
  badInputTotal: counter(
    'rookery_bad_input_total',
    'Connections closed because of what they sent.',
    ({ counters }) => counters.badInput,
  ),
  unauthenticatedTotal: counter(
    'rookery_unauthenticated_total',
    'Connections closed because they asked before they had proved who they are.',
    ({ counters }) => counters.unauthenticated,
  ),
  failedAuthsTotal: counter(
    'rookery_failed_proofs_auth_total',
    'Auth requests of clients that proved nothing.',
    ({ member }) => member.proofs.failures[ProofKind.auth],
  ),
  failedSessionPasswordsTotal: counter(
    'rookery_failed_proofs_session_password_total',
    'Clients that asked for a session and did not know its password.',
    ({ member }) => member.proofs.failures[ProofKind.sessionPassword],
  ),
  failedAdminTokensTotal: counter(
    'rookery_failed_proofs_admin_token_total',
    'Calls of /admin with a token that is not the right one.',
    ({ member }) => member.proofs.failures[ProofKind.adminToken],
  ),
  failedJoinSecretsTotal: counter(
    'rookery_failed_proofs_join_secret_total',
    'Connections to the peer port that proved another join secret than that of this member.',
    ({ member }) => member.proofs.failures[ProofKind.joinSecret],
  ),
  slowedProofsTotal: counter(
    'rookery_slowed_proofs_total',
    'Proofs that had to wait because their address had failed too often.',
    ({ member }) => member.proofs.slowed,
  ),
  auditLinesLostTotal: counter(
    'rookery_audit_lines_lost_total',
    'Lines of the audit log that could not be written.',
    ({ counts }) => counts.auditLinesLost(),
  ),
  readsTotal: counter('rookery_reads_total', 'Reads answered.', ({ counters }) => counters.reads),
  writesTotal: counter('rookery_writes_total', 'Writes answered.', ({ counters }) => counters.writes),
  refusedTotal: counter(
    'rookery_requests_refused_total',
    'Requests refused before they were proposed.',
    ({ counters }) => counters.refused,
  ),
  receivedBytesTotal: counter(
    'rookery_received_bytes_total',
    'Bytes received from clients.',
    ({ counters }) => counters.receivedBytes,
    'bytes_received_count',
  ),
  sentBytesTotal: counter(
    'rookery_sent_bytes_total',
    'Bytes sent to clients.',
    ({ counters }) => counters.sentBytes,
    'response_bytes',
  ),
  outstandingRequests: gauge(
    'rookery_outstanding_requests',
    'Requests read and not yet answered.',
    ({ clients }) => clients.executor.outstanding,
  ),
  sessions: gauge(
    'rookery_sessions',
    'Sessions of the ensemble, as this member knows them.',
    ({ running }) => running?.machine.sessions.size ?? 0,
  ),
  watches: gauge('rookery_watches', 'Watches on this member.', ({ clients }) => clients.watches.count),
  watchEventsTotal: counter(
    'rookery_watch_events_total',
    'Events told to watchers.',
    ({ clients }) => clients.watches.events,
  ),
  nodes: gauge('rookery_nodes', 'Znodes.', ({ tree }) => tree?.nodeCount ?? 0),
  treeBytes: gauge(
    'rookery_tree_bytes',
    'Bytes of the paths and data of all znodes.',
    ({ tree }) => tree?.storedBytes ?? 0,
  ),
  treeLimitBytes: gauge(
    'rookery_tree_limit_bytes',
    'Bytes of znodes from which on nothing is taken that makes them more (limits.treeBytes).',
    ({ member }) => member.config.limits.treeBytes,
  ),
  diskFreeBytes: gauge(
    'rookery_disk_free_bytes',
    'Free bytes of the disk, of the one that has less of them, as of the last look.',
    ({ disk }) => disk?.freeBytes ?? 0,
  ),
  diskRoom: gauge(
    'rookery_disk_room',
    'Room on the disk: 0 ample, 1 low, 2 only small writes are taken, 3 only deletions are.',
    ({ member }) => member.storage?.room ?? 0,
  ),
  term: gauge('rookery_raft_term', 'Raft term.', ({ raft }) => raft?.term ?? 0),
  lastIndex: gauge(
    'rookery_raft_last_index',
    'Index of the last entry of the log.',
    ({ raft }) => raft?.lastIndex ?? 0,
  ),
  commitIndex: gauge(
    'rookery_raft_commit_index',
    'Index of the last entry known to be committed.',
    ({ raft }) => raft?.commit ?? 0,
  ),
  appliedIndex: gauge(
    'rookery_raft_applied_index',
    'Index of the last entry applied to the tree.',
    ({ running }) => running?.replica.appliedIndex ?? 0,
  ),
  featureLevel: gauge(
    'rookery_feature_level',
    'Feature level in force; 0 while this member has read no data.',
    ({ running }) => running?.machine.featureLevel ?? 0,
  ),
  leaderChangesTotal: counter(
    'rookery_raft_leader_changes_total',
    'Times that this member learned of another leader.',
    ({ member }) => member.leaderChanges.count,
  ),
  snapshotsTakenTotal: counter(
    'rookery_snapshots_taken_total',
    'Snapshots taken.',
    ({ running }) => running?.snapshots.taken ?? 0,
  ),
  snapshotsInstalledTotal: counter(
    'rookery_snapshots_installed_total',
    'Snapshots received from the leader and installed.',
    ({ running }) => running?.snapshots.installed ?? 0,
  ),
  logBytesTotal: counter(
    'rookery_log_bytes_total',
    'Bytes appended to the log.',
    ({ disk }) => disk?.bytesWritten ?? 0,
  ),
  logSyncsTotal: counter(
    'rookery_log_syncs_total',
    'Syncs of the log to disk.',
    ({ disk }) => disk?.syncs ?? 0,
  ),
  logSyncSecondsTotal: counter(
    'rookery_log_sync_seconds_total',
    'Seconds spent in syncs of the log.',
    ({ counts }) => counts.logSyncs().sum / 1000,
  ),
} satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof MEMBER_METRICS;
export type MemberMetrics = Readonly<Record<MetricName, number>>;
export const METRIC_NAMES = Object.keys(MEMBER_METRICS) as readonly MetricName[];

/** Those that ZooKeeper has, too, under its names. */
export function zookeeperMetricsOf(
  member: Member,
  counts: MachineCounts,
): readonly (readonly [string, number])[] {
  const sources = sourcesOf(member, counts);
  return Object.values<MetricRow>(MEMBER_METRICS).flatMap(({ zookeeper, of }) =>
    zookeeper === undefined ? [] : [[zookeeper, of(sources)] as const],
  );
}

export function metricsOf(member: Member, counts: MachineCounts): MemberMetrics {
  const sources = sourcesOf(member, counts);
  const values = METRIC_NAMES.map((name) => [name, MEMBER_METRICS[name].of(sources)]);
  return Object.fromEntries(values) as MemberMetrics;
}

function sourcesOf(member: Member, counts: MachineCounts): Sources {
  const { clients, running } = member;
  return {
    member,
    counts,
    clients,
    counters: clients.counters,
    running,
    raft: running?.replica.raft,
    tree: running?.machine.tree,
    disk: member.storage?.metrics(),
  };
}
