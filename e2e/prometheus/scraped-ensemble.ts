import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { ClientSession } from '../../testkit/src/session.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../testkit/src/systems/rookery.ts';
import { ALERTS_FILE, readAlerts } from './alerts.ts';
import { RunningPrometheus } from './running-prometheus.ts';

const NODES = 7;
/** Of ZooKeeper's own names, one of each kind, as dashboards made for it ask for them. */
const ZOOKEEPER_QUERIES = [
  'znode_count',
  'num_alive_connections',
  'avg_latency',
  'readlatency{quantile="0.99"}',
  'rate(readlatency_sum[1m])',
  'rate(bytes_received_count[1m])',
  'fsynctime_count',
] as const;

/** Three members as processes, scraped by a real Prometheus that has the chart's alerts. */
export async function scrapeThree(prometheus: string): Promise<string> {
  const folder = newWorkFolder('prometheus');
  const ensemble = await Ensemble.start(rookery);
  try {
    const running = await RunningPrometheus.start(prometheus, folder, ensemble.members, ALERTS_FILE);
    try {
      const account = await look(running, ensemble);
      rmSync(folder, { recursive: true, force: true });
      return account;
    } finally {
      await running.stop();
    }
  } finally {
    await ensemble.stop();
  }
}

async function look(prometheus: RunningPrometheus, ensemble: Ensemble): Promise<string> {
  const session = await ClientSession.connect(ensemble.endpoints[0]!);
  for (let i = 0; i < NODES; i++) await session.create(`/node-${i}`, Buffer.alloc(0));
  const count = async (expression: string): Promise<number> => (await prometheus.query(expression)).length;
  await prometheus.until('three members that are up', async () => (await count('up == 1')) === 3);
  await prometheus.until('the nodes by both names', async () => {
    const [ours] = await prometheus.query('min(rookery_nodes)');
    return ours!.value > NODES && (await count('rookery_nodes == znode_count')) === 3;
  });
  for (const query of ZOOKEEPER_QUERIES)
    await prometheus.until(query, async () => (await count(query)) === 3);
  assert.equal(await count('leader_uptime'), 1, 'one member tells what only a leader has');
  const series = (await prometheus.query('count({job="rookery"})'))[0]!.value;
  await prometheus.until('every alert to be evaluated', async () => {
    const rules = await prometheus.rules();
    return rules.length > 0 && rules.every(({ health }) => health === 'ok');
  });
  const rules = await prometheus.rules();
  assert.equal(rules.length, readAlerts().length);
  const astray = rules.filter(
    ({ name, state }) => state !== 'inactive' && !name.startsWith('RookeryOperator'),
  );
  assert.deepEqual(astray, [], 'an alert of a healthy ensemble');
  const victim = ensemble.members.find(({ serverId }) => serverId === 3)!;
  await victim.kill();
  await prometheus.until('the alert of a member that is down', async () => {
    const down = (await prometheus.rules()).find(({ name }) => name === 'RookeryMemberDown');
    return down?.state === 'pending';
  });
  await session.close();
  return `${rules.length} alerts evaluated, ${series} series, one pending once a member was killed`;
}
