/** What the dashboard shows. A new panel is a row here; `npm run charts` writes the JSON. */

interface Query {
  /** `$m` stands for what selects the members of the chosen ensemble. */
  readonly expr: string;
  /** As Grafana has it: `{{label}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What it is read for. */
  readonly description: string;
  /** As Grafana calls it. */
  readonly unit: 'short' | 's' | 'bytes' | 'Bps' | 'ops';
  /** A number now, or how it went. */
  readonly kind: 'stat' | 'timeseries';
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Expression → legend. */
type Queries = Readonly<Record<string, string>>;

const queriesOf = (queries: Queries): readonly Query[] =>
  Object.entries(queries).map(([expr, legend]) => ({ expr, legend }));

function now(title: string, queries: Queries, description: string): Panel {
  return { title, description, unit: 'short', kind: 'stat', queries: queriesOf(queries) };
}

function over(title: string, unit: Panel['unit'], queries: Queries, description: string): Panel {
  return { title, description, unit, kind: 'timeseries', queries: queriesOf(queries) };
}

/** A percentile of a histogram, for each value of the labels. */
function percentile(part: number, histogram: string, labels: string): string {
  return `histogram_quantile(${part}, sum by (${labels}, le) (rate(${histogram}_bucket{$m}[$__rate_interval])))`;
}

const rate = (counter: string): string => `rate(${counter}{$m}[$__rate_interval])`;

const overview: Row = {
  title: 'Overview',
  panels: [
    now(
      'Members',
      { 'sum(rookery_ready{$m})': 'ready', 'count(rookery_info{$m})': 'seen' },
      'Seen are those whose metrics arrive. Read replicas are among them.',
    ),
    now(
      'Leader',
      { 'max(rookery_leader_server_id{$m})': 'server id' },
      'Its server id, one more than the ordinal of its pod; 0: nobody knows of one, and nothing is written.',
    ),
  ],
};

const requests: Row = {
  title: 'Requests',
  panels: [
    over(
      'Requests',
      'ops',
      {
        [`sum(${rate('rookery_reads_total')})`]: 'reads',
        [`sum(${rate('rookery_writes_total')})`]: 'writes',
        [`sum(${rate('rookery_requests_refused_total')})`]: 'refused',
      },
      'Refused are those for which a disk or a limit has no room.',
    ),
    over(
      'Latency by operation, p99',
      's',
      { [percentile(0.99, 'rookery_request_seconds', 'operation')]: '{{operation}}' },
      'From the socket to the reply.',
    ),
    over(
      'Connections and requests under way',
      'short',
      {
        'rookery_connections{$m}': '{{pod}} connections',
        'rookery_outstanding_requests{$m}': '{{pod}} requests under way',
      },
      'Clients spread evenly where nothing keeps them from it.',
    ),
  ],
};

const raft: Row = {
  title: 'Raft',
  panels: [
    over(
      'Leader changes',
      'short',
      { 'increase(rookery_raft_leader_changes_total{$m}[15m])': '{{pod}}' },
      'Within 15 minutes, as each member learned of them.',
    ),
    over(
      'Commit and apply, p99',
      's',
      {
        [percentile(0.99, 'rookery_commit_seconds', 'pod')]: '{{pod}} commit',
        [percentile(0.99, 'rookery_apply_seconds', 'pod')]: '{{pod}} apply',
      },
      'Commit: from the proposal until a majority holds it, at the leader. Apply: what a turn of the loop spent on it.',
    ),
    over(
      'Lag',
      'short',
      { 'max by (peer) (rookery_peer_lag_entries{$m})': 'server id {{peer}}' },
      'Entries of the log that each member is known to miss.',
    ),
  ],
};

const disk: Row = {
  title: 'Disk',
  panels: [
    over(
      'Log sync, p99',
      's',
      { [percentile(0.99, 'rookery_log_sync_seconds', 'pod')]: '{{pod}}' },
      'Appends to the log: write and sync. Each write of a client waits for those of a majority.',
    ),
    over(
      'Log written',
      'Bps',
      { [rate('rookery_log_bytes_total')]: '{{pod}}' },
      'What clients write, as it comes to the disks.',
    ),
  ],
};

const sessions: Row = {
  title: 'Sessions and watches',
  panels: [
    over(
      'Sessions',
      'short',
      { 'max(rookery_sessions{$m})': 'sessions' },
      'A step down is many clients that went, or were lost, at once.',
    ),
    over(
      'Watches and events',
      'short',
      {
        'rookery_watches{$m}': '{{pod}} watches',
        [rate('rookery_watch_events_total')]: '{{pod}} events a second',
      },
      'Events told to watchers.',
    ),
  ],
};

const http: Row = {
  title: 'The tree over HTTP',
  panels: [
    over(
      'Requests at /v1 and the window',
      'ops',
      {
        [`sum by (door, status) (${rate('rookery_http_tree_requests_total')})`]: '{{door}} {{status}}',
        [`sum by (wanted) (${rate('rookery_http_tree_refused_total')})`]: 'no place for a {{wanted}}',
      },
      'By door and the first digit of the status; none: the caller went before its answer.',
    ),
    over(
      'Latency over HTTP by operation, p99',
      's',
      { [percentile(0.99, 'rookery_http_tree_request_seconds', 'operation')]: '{{operation}}' },
      'Until the answer begins: what a watch tells later does not count.',
    ),
    over(
      'Under way over HTTP',
      'short',
      {
        'rookery_http_tree_requests{$m}': '{{pod}} requests',
        'rookery_http_tree_watches{$m}': '{{pod}} watches',
        'rookery_http_tree_walks{$m}': '{{pod}} walks',
        'rookery_http_tree_sessions{$m}': '{{pod}} sessions of callers',
      },
      'A member takes so many at a time; sessions are shared by callers who show and prove the same.',
    ),
  ],
};

const memory: Row = {
  title: 'Memory and process',
  panels: [
    over(
      'Memory',
      'bytes',
      {
        'process_resident_memory_bytes{$m}': '{{pod}} process',
        'rookery_tree_bytes{$m}': '{{pod}} tree',
        'rookery_client_memory_bytes{$m}': '{{pod}} clients',
        'nodejs_heap_size_used_bytes{$m}': '{{pod}} heap',
      },
      'The tree lies outside of the heap; half of the limit of memory is its own.',
    ),
    over(
      'Event loop delay, p99',
      's',
      { [percentile(0.99, 'rookery_event_loop_delay_seconds', 'pod')]: '{{pod}}' },
      'For how long a turn kept everything else waiting.',
    ),
  ],
};

/** It looks after all ensembles: nothing narrows it. */
const operator: Row = {
  title: 'Operator',
  panels: [
    over(
      'Reconciles',
      'ops',
      {
        'sum by (outcome) (rate(rookery_operator_reconcile_seconds_count[$__rate_interval]))': '{{outcome}}',
      },
      'By their outcome; requeued is what is looked at again before long.',
    ),
    over(
      'Requests to the API server',
      'ops',
      {
        'sum by (verb, code) (rate(rookery_operator_api_request_seconds_count[$__rate_interval]))':
          '{{verb}} {{code}}',
      },
      'By verb and code; 0: no answer.',
    ),
  ],
};

export const ROWS: readonly Row[] = [overview, requests, raft, disk, sessions, http, memory, operator];
