/** For each alert of the chart: what is scraped when it fires, and what is nearly that when it does not. */

/** Values as promtool writes them, one a minute: `0x10` eleven times 0, `0+1x10` from 0 to 10. By the series. */
export type Scraped = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  readonly fires: Scraped;
  readonly holds: Scraped;
  /** When it is looked, in minutes. */
  readonly at: number;
  /** Of the alert, besides its severity; none: it does not say whom it is about. */
  readonly labels: Readonly<Record<string, string>>;
}

const ENSEMBLE = { namespace: 'ns', ensemble: 'zk' };
const POD = { ...ENSEMBLE, pod: 'zk-0' };
const OPERATOR = { namespace: 'ops' };
const OPERATOR_POD = { ...OPERATOR, pod: 'rookery-operator-1' };

const CERTIFICATE = { listener: 'clients', serial: '0A', issuer: 'CN=authority' };

/** A series of a member, the first one unless `pod` says otherwise. */
function of(metric: string, labels: Readonly<Record<string, string>> = {}): string {
  return series(metric, { ...POD, ...labels });
}

function series(metric: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${pairs.join(',')}}`;
}

/** A histogram in which one a minute takes up to half a second, or each takes up to one. */
function buckets(metric: string, isSlow: boolean): Scraped {
  return {
    [of(`${metric}_bucket`, { le: '0.5' })]: isSlow ? '0x30' : '0+60x30',
    [of(`${metric}_bucket`, { le: '1' })]: '0+60x30',
    [of(`${metric}_bucket`, { le: '+Inf' })]: '0+60x30',
  };
}

/** Of what never stops; the counter stands still where it holds. */
function counted(
  alert: string,
  metric: string,
  labels: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): AlertCase {
  return {
    alert,
    fires: { [of(metric, more)]: '0+1x60' },
    holds: { [of(metric, more)]: '7x60' },
    at: 30,
    labels,
  };
}

function slow(alert: string, metric: string): AlertCase {
  return { alert, fires: buckets(metric, true), holds: buckets(metric, false), at: 20, labels: POD };
}

const cached = series('rookery_operator_cached_objects', {
  ...OPERATOR_POD,
  resource: 'coordinationclusters',
});
const leads = { [of('rookery_role', { role: 'leader' })]: '1x60' };

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: 'RookeryNoLeader',
    fires: {
      [of('rookery_leader_server_id')]: '0x10',
      [of('rookery_leader_server_id', { pod: 'zk-1' })]: '0x10',
    },
    holds: {
      [of('rookery_leader_server_id')]: '0x10',
      [of('rookery_leader_server_id', { pod: 'zk-1' })]: '2x10',
    },
    at: 3,
    labels: ENSEMBLE,
  },
  {
    // A read replica that is ready stands behind another Service.
    alert: 'RookeryNoMemberReady',
    fires: { ...readiness({ member: 0, replica: 1 }), [of('rookery_leader_server_id')]: '2x10' },
    holds: { ...readiness({ member: 1, replica: 0 }), [of('rookery_leader_server_id')]: '2x10' },
    at: 3,
    labels: ENSEMBLE,
  },
  {
    // Of three voters one is away; a read replica and who proves a version are not missed.
    alert: 'RookeryQuorumAtRisk',
    fires: { ...linked({ 2: 1, 3: 0, 101: 1, 255: 1 }), ...leads },
    holds: { ...linked({ 2: 1, 3: 1, 101: 0, 255: 0 }), ...leads },
    at: 12,
    labels: POD,
  },
  {
    alert: 'RookeryLeaderChanges',
    fires: { [of('rookery_raft_leader_changes_total')]: '0+1x60' },
    holds: { [of('rookery_raft_leader_changes_total')]: '0 1 1 2x58' },
    at: 30,
    labels: ENSEMBLE,
  },
  {
    alert: 'RookerySessionsDropped',
    fires: { [of('rookery_sessions')]: '100x10 60x10' },
    holds: { [of('rookery_sessions')]: '100x10 80x10' },
    at: 14,
    labels: ENSEMBLE,
  },
  {
    alert: 'RookeryMemberDown',
    fires: { [of('up')]: '0x10' },
    holds: { [series('up', { namespace: 'ns', pod: 'other' })]: '0x10' },
    at: 6,
    labels: POD,
  },
  {
    alert: 'RookeryMemberDisconnected',
    fires: { ...linked({ 2: 0 }), ...leads },
    holds: { ...linked({ 2: 0 }), [of('rookery_role', { role: 'leader' })]: '0x60' },
    at: 6,
    labels: { ...POD, peer: '2' },
  },
  {
    alert: 'RookeryMemberNotReady',
    fires: { [of('rookery_ready')]: '0x20' },
    holds: { [of('rookery_ready')]: '0x8 1 0x11' },
    at: 12,
    labels: POD,
  },
  {
    alert: 'RookeryMemberLags',
    fires: { [of('rookery_peer_lag_entries', { peer: '2' })]: '20000x20', ...linked({ 2: 1 }) },
    holds: { [of('rookery_peer_lag_entries', { peer: '2' })]: '20000x20', ...linked({ 2: 0 }) },
    at: 12,
    labels: { ...POD, peer: '2' },
  },
  {
    alert: 'RookeryMemberRestarts',
    fires: { [of('process_start_time_seconds')]: '1x5 2x5 3x5 4x5' },
    holds: { [of('process_start_time_seconds')]: '1x5 2x5 3x10' },
    at: 20,
    labels: POD,
  },
  {
    alert: 'RookeryFewDescriptors',
    fires: { [of('process_open_fds')]: '90x20', [of('process_max_fds')]: '100x20' },
    holds: { [of('process_open_fds')]: '70x20', [of('process_max_fds')]: '100x20' },
    at: 12,
    labels: POD,
  },
  slow('RookeryEventLoopBlocked', 'rookery_event_loop_delay_seconds'),
  slow('RookeryLogSyncSlow', 'rookery_log_sync_seconds'),
  {
    alert: 'RookeryDiskLow',
    fires: { [of('rookery_disk_room')]: '1x10' },
    holds: { [of('rookery_disk_room')]: '1x3 0x7' },
    at: 6,
    labels: POD,
  },
  {
    alert: 'RookeryTreeNearlyFull',
    fires: { [of('rookery_tree_bytes')]: '900x20', [of('rookery_tree_limit_bytes')]: '1000x20' },
    holds: { [of('rookery_tree_bytes')]: '800x20', [of('rookery_tree_limit_bytes')]: '1000x20' },
    at: 12,
    labels: POD,
  },
  counted('RookeryRequestsRefused', 'rookery_requests_refused_total', ENSEMBLE),
  slow('RookeryRequestsSlow', 'rookery_request_seconds'),
  counted('RookeryConnectionsRefused', 'rookery_connections_refused_total', POD),
  counted('RookeryConnectionsEvicted', 'rookery_connections_evicted_total', POD),
  {
    // In two weeks less than a day, and nobody has replaced it for an hour.
    alert: 'RookeryCertificateEndsSoon',
    fires: { [of('rookery_certificate_not_after_timestamp_seconds', CERTIFICATE)]: `${13 * 86_400}x90` },
    holds: { [of('rookery_certificate_not_after_timestamp_seconds', CERTIFICATE)]: `${20 * 86_400}x90` },
    at: 70,
    labels: { ...POD, ...CERTIFICATE },
  },
  {
    alert: 'RookeryCertificateEndsNow',
    fires: { [of('rookery_certificate_not_after_timestamp_seconds', CERTIFICATE)]: '86400x10' },
    holds: { [of('rookery_certificate_not_after_timestamp_seconds', CERTIFICATE)]: `${13 * 86_400}x10` },
    at: 2,
    labels: { ...POD, ...CERTIFICATE },
  },
  counted('RookeryFileNotReloaded', 'rookery_file_reload_failures_total', POD),
  {
    alert: 'RookeryClientHandshakesFail',
    fires: handshakes('0+60x60', '0+60x60'),
    holds: handshakes('0+6x60', '0+60x60'),
    at: 30,
    labels: ENSEMBLE,
  },
  {
    alert: 'RookeryPeersTurnedAway',
    fires: turnedAway('0+1x60', '0+1x60'),
    holds: turnedAway('0 1 2x58', '0x60'),
    at: 30,
    labels: POD,
  },
  {
    alert: 'RookeryFailedProofs',
    fires: failedProofs('0+40x60'),
    holds: failedProofs('0+2x60'),
    at: 30,
    labels: ENSEMBLE,
  },
  counted('RookeryAuditLinesLost', 'rookery_audit_lines_lost_total', POD),
  {
    alert: 'RookeryOperatorDown',
    fires: {},
    holds: { [series('rookery_operator_leader', OPERATOR_POD)]: '0x20' },
    at: 12,
    labels: {},
  },
  {
    alert: 'RookeryOperatorNotLeading',
    fires: { [series('rookery_operator_leader', OPERATOR_POD)]: '0x20' },
    holds: {
      [series('rookery_operator_leader', OPERATOR_POD)]: '0x20',
      [series('rookery_operator_leader', { ...OPERATOR, pod: 'rookery-operator-2' })]: '1x20',
    },
    at: 7,
    labels: OPERATOR,
  },
  {
    alert: 'RookeryOperatorReconcileErrors',
    fires: { [reconciled('error')]: '0+1x60' },
    holds: { [reconciled('success')]: '0+1x60', [reconciled('error')]: '7x60' },
    at: 50,
    labels: { ...OPERATOR, controller: 'clusters' },
  },
  {
    alert: 'RookeryOperatorQueueStuck',
    fires: queue(1),
    holds: queue(0),
    at: 17,
    labels: { ...OPERATOR_POD, controller: 'clusters' },
  },
  {
    alert: 'RookeryOperatorApiErrors',
    fires: { [apiRequests('503')]: '0+1x60' },
    holds: { [apiRequests('404')]: '0+1x60' },
    at: 40,
    labels: { ...OPERATOR, code: '503' },
  },
  {
    alert: 'RookeryMembersNotScraped',
    fires: { [cached]: '2x30', [of('rookery_info')]: '1x30' },
    holds: {
      [cached]: '2x30',
      [of('rookery_info')]: '1x30',
      [of('rookery_info', { ensemble: 'other' })]: '1x30',
    },
    at: 17,
    labels: {},
  },
];

function readiness({ member, replica }: Readonly<Record<'member' | 'replica', 0 | 1>>): Scraped {
  const reader = { pod: 'zk-read-100' };
  return {
    [of('rookery_ready')]: `${member}x10`,
    [of('rookery_role', { role: 'learner' })]: '0x10',
    [of('rookery_ready', reader)]: `${replica}x10`,
    [of('rookery_role', { ...reader, role: 'learner' })]: '1x10',
  };
}

/** Of each member by its server id, whether the link to it is up. */
function linked(peers: Readonly<Record<string, 0 | 1>>): Scraped {
  const entries = Object.entries(peers).map(([peer, isUp]) => [
    of('rookery_peer_connected', { peer }),
    `${isUp}x60`,
  ]);
  return Object.fromEntries(entries) as Scraped;
}

function handshakes(failed: string, through: string): Scraped {
  return {
    [of('rookery_tls_handshake_failures_total')]: failed,
    [of('rookery_tls_handshakes_total')]: through,
  };
}

function turnedAway(bySecret: string, byTls: string): Scraped {
  return {
    [of('rookery_failed_proofs_join_secret_total')]: bySecret,
    [of('rookery_peer_tls_handshake_failures_total')]: byTls,
  };
}

function failedProofs(auth: string): Scraped {
  return {
    [of('rookery_failed_proofs_auth_total')]: auth,
    [of('rookery_failed_proofs_session_password_total')]: '0x60',
    [of('rookery_failed_proofs_admin_token_total')]: '0x60',
  };
}

function reconciled(outcome: string): string {
  const labels = { ...OPERATOR_POD, controller: 'clusters', outcome };
  return series('rookery_operator_reconcile_seconds_count', labels);
}

function apiRequests(code: string): string {
  return series('rookery_operator_api_request_seconds_count', { ...OPERATOR_POD, code });
}

/** Who stands by has keys waiting all the time. */
function queue(isLeader: 0 | 1): Scraped {
  return {
    [series('rookery_operator_queue_depth', { ...OPERATOR_POD, controller: 'clusters' })]: '3x30',
    [series('rookery_operator_leader', OPERATOR_POD)]: `${isLeader}x30`,
  };
}
