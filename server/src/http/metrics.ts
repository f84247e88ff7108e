import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { MemberMetrics, MemberStatus, MemberView, StatusRole } from '../admin/member-status.ts';
import { VERSION } from '../config/version.ts';
import { isReady } from './health.ts';

type Row = readonly [name: string, help: string];

/** Names and units as Prometheus wants them. */
const METRICS: Readonly<Record<keyof MemberMetrics, Row>> = {
  connections: ['rookery_connections', 'Open connections of clients.'],
  connectionsTotal: ['rookery_connections_accepted_total', 'Connections of clients accepted.'],
  connectionsRefusedTotal: [
    'rookery_connections_refused_total',
    'Connections of clients refused because of a limit.',
  ],
  connectionsEvictedTotal: [
    'rookery_connections_evicted_total',
    'Connections closed because all clients together held too much memory.',
  ],
  clientMemoryBytes: [
    'rookery_client_memory_bytes',
    'Bytes held for clients: parts of messages, requests that wait, replies that are not read.',
  ],
  badInputTotal: ['rookery_bad_input_total', 'Connections closed because of what they sent.'],
  readsTotal: ['rookery_reads_total', 'Reads answered.'],
  writesTotal: ['rookery_writes_total', 'Writes answered.'],
  refusedTotal: ['rookery_requests_refused_total', 'Requests refused before they were proposed.'],
  receivedBytesTotal: ['rookery_received_bytes_total', 'Bytes received from clients.'],
  sentBytesTotal: ['rookery_sent_bytes_total', 'Bytes sent to clients.'],
  outstandingRequests: ['rookery_outstanding_requests', 'Requests read and not yet answered.'],
  sessions: ['rookery_sessions', 'Sessions of the ensemble, as this member knows them.'],
  watches: ['rookery_watches', 'Watches on this member.'],
  watchEventsTotal: ['rookery_watch_events_total', 'Events told to watchers.'],
  nodes: ['rookery_nodes', 'Znodes.'],
  treeBytes: ['rookery_tree_bytes', 'Bytes of the paths and data of all znodes.'],
  term: ['rookery_raft_term', 'Raft term.'],
  lastIndex: ['rookery_raft_last_index', 'Index of the last entry of the log.'],
  commitIndex: ['rookery_raft_commit_index', 'Index of the last entry known to be committed.'],
  appliedIndex: ['rookery_raft_applied_index', 'Index of the last entry applied to the tree.'],
  leaderChangesTotal: [
    'rookery_raft_leader_changes_total',
    'Times that this member learned of another leader.',
  ],
  snapshotsTakenTotal: ['rookery_snapshots_taken_total', 'Snapshots taken.'],
  snapshotsInstalledTotal: [
    'rookery_snapshots_installed_total',
    'Snapshots received from the leader and installed.',
  ],
  logBytesTotal: ['rookery_log_bytes_total', 'Bytes appended to the log.'],
  logSyncsTotal: ['rookery_log_syncs_total', 'Syncs of the log to disk.'],
  logSyncSecondsTotal: ['rookery_log_sync_seconds_total', 'Seconds spent in syncs of the log.'],
};

const ROLES: readonly StatusRole[] = ['leader', 'follower', 'candidate', 'learner', 'joining', 'starting'];

function memberMetrics(registry: Registry, member: MemberView): void {
  // One look at the member per scrape, by the collector that comes first.
  let values = member.metrics();
  const names = Object.keys(METRICS) as (keyof MemberMetrics)[];
  for (const [place, name] of names.entries()) {
    const refresh = (): void => {
      if (place === 0) values = member.metrics();
    };
    const options = { name: METRICS[name][0], help: METRICS[name][1], registers: [registry] };
    if (name.endsWith('Total')) {
      new Counter({
        ...options,
        collect() {
          refresh();
          this.reset();
          this.inc(values[name]);
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          refresh();
          this.set(values[name]);
        },
      });
    }
  }
}

function statusMetrics(registry: Registry, member: MemberView): void {
  const registers = [registry];
  const gauge = (name: string, help: string, of: (status: MemberStatus) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(of(member.status()));
      },
    });
  };
  gauge('rookery_ready', '1 when it has caught up and serves.', (status) => Number(isReady(status)));
  gauge(
    'rookery_leader_label',
    'Label of the leader that it knows, 0 for none.',
    (status) => status.leader ?? 0,
  );
  new Gauge({
    name: 'rookery_role',
    help: '1 at the role that this member has.',
    labelNames: ['role'],
    registers,
    collect() {
      const { role } = member.status();
      for (const name of ROLES) this.set({ role: name }, Number(name === role));
    },
  });
  new Gauge({
    name: 'rookery_peer_connected',
    help: '1 while the link to that member is up.',
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      const { label, members } = member.status();
      for (const peer of members) {
        if (peer.label !== label) this.set({ peer: String(peer.label) }, Number(peer.connected));
      }
    },
  });
  new Gauge({
    name: 'rookery_peer_lag_entries',
    help: 'Log entries that a member is known to miss.',
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      for (const peer of member.status().members) {
        if (peer.lagEntries !== undefined) this.set({ peer: String(peer.label) }, peer.lagEntries);
      }
    },
  });
}

/** A registry of its own per member, so that several of them fit in one process. */
export function metricsRegistry(member: MemberView): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  memberMetrics(registry, member);
  statusMetrics(registry, member);
  new Gauge({
    name: 'rookery_info',
    help: 'Always 1; the labels say what runs here.',
    labelNames: ['version', 'member'],
    registers: [registry],
    collect() {
      this.set({ version: VERSION, member: String(member.status().label) }, 1);
    },
  });
  return registry;
}

/** GET /metrics: Prometheus' text format. */
export function metrics(app: FastifyInstance, member: MemberView): void {
  const registry = metricsRegistry(member);
  app.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    reply.type(registry.contentType);
    return text;
  });
}
