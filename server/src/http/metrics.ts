import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { MEMBER_METRICS, METRIC_NAMES } from '../admin/member-metrics.ts';
import { isReady, type MemberStatus, type StatusRole } from '../admin/member-standing.ts';
import { QUOTA_METRICS } from '../admin/quota-metrics.ts';
import type { HttpView } from '../admin/zookeeper-commands.ts';
import { VERSION } from '../config/version.ts';
import { memberHistograms } from './histograms.ts';
import { zookeeperMetrics } from './zookeeper-metrics.ts';

const ROLES: readonly StatusRole[] = ['leader', 'follower', 'candidate', 'learner', 'joining', 'starting'];

function memberMetrics(registry: Registry, member: HttpView): void {
  // One look at the member per scrape, by the collector that comes first.
  let values = member.metrics();
  for (const [place, key] of METRIC_NAMES.entries()) {
    const { name, help, type } = MEMBER_METRICS[key];
    const refresh = (): void => {
      if (place === 0) values = member.metrics();
    };
    const options = { name, help, registers: [registry] };
    if (type === 'counter') {
      new Counter({
        ...options,
        collect() {
          refresh();
          this.reset();
          this.inc(values[key]);
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          refresh();
          this.set(values[key]);
        },
      });
    }
  }
}

function quotaMetrics(registry: Registry, member: HttpView): void {
  for (const { name, help, type, of } of QUOTA_METRICS) {
    const options = { name, help, labelNames: ['namespace'], registers: [registry] };
    if (type === 'counter') {
      new Counter({
        ...options,
        collect() {
          this.reset();
          for (const [namespace, value] of of(member.quotas())) this.inc({ namespace }, value);
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          for (const [namespace, value] of of(member.quotas())) this.set({ namespace }, value);
        },
      });
    }
  }
}

function statusMetrics(registry: Registry, member: HttpView): void {
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
    'rookery_leader_server_id',
    'Server id of the leader that it knows, 0 for none.',
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
    name: 'rookery_certificate_not_after_timestamp_seconds',
    help: 'When the certificate ends that is shown at the ports of that listener, seconds since 1970.',
    labelNames: ['listener', 'serial', 'issuer'],
    registers,
    collect() {
      this.reset();
      for (const { listener, serial, issuer, notAfter } of member.status().certificates)
        this.set({ listener, serial, issuer }, Date.parse(notAfter) / 1000);
    },
  });
  new Gauge({
    name: 'rookery_peer_connected',
    help: '1 while the link to that member is up.',
    labelNames: ['peer'],
    registers,
    collect() {
      this.reset();
      const { serverId, members } = member.status();
      for (const peer of members) {
        if (peer.serverId !== serverId) this.set({ peer: String(peer.serverId) }, Number(peer.connected));
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
        if (peer.lagEntries !== undefined) this.set({ peer: String(peer.serverId) }, peer.lagEntries);
      }
    },
  });
}

/** A registry of its own per member, so that several of them fit in one process. */
export function metricsRegistry(member: HttpView): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  memberMetrics(registry, member);
  memberHistograms(registry, member);
  statusMetrics(registry, member);
  quotaMetrics(registry, member);
  new Gauge({
    name: 'rookery_info',
    help: 'Always 1; the labels say what runs here.',
    labelNames: ['version', 'member'],
    registers: [registry],
    collect() {
      this.set({ version: VERSION, member: String(member.status().serverId) }, 1);
    },
  });
  return registry;
}

/** GET /metrics: Prometheus' text format. Our own names first, then ZooKeeper's. @param tree what is counted at the doors of the tree */
export function metrics(app: FastifyInstance, member: HttpView, tree?: Registry): void {
  const registry = metricsRegistry(member);
  app.get('/metrics', async (_request, reply) => {
    const own = await registry.metrics();
    const ofTree = tree === undefined ? '' : await tree.metrics();
    reply.type(registry.contentType);
    return own + ofTree + zookeeperMetrics(member.commands.monitor());
  });
}
