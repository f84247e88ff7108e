import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { KubeMetrics } from '../src/metrics.ts';
import { type RunningProbes, startProbes } from '../src/probes.ts';

const running: RunningProbes[] = [];
afterEach(async () => {
  for (const probes of running.splice(0)) await probes.close();
});

async function start(
  notReady: string[],
  metrics = new KubeMetrics('rookery_operator'),
): Promise<(path: string) => Promise<Response>> {
  const sources = { notReady: () => notReady, registry: metrics.registry };
  const probes = await startProbes(sources, { host: '127.0.0.1', port: 0 });
  running.push(probes);
  return (path) => fetch(`http://127.0.0.1:${probes.port}${path}`);
}

test('ready follows the reasons against it; live does not', async () => {
  const reasons = ['no whole list of pods has come from the API server yet'];
  const get = await start(reasons);
  const before = await get('/readyz');
  expect([before.status, await before.json()]).toEqual([503, { ready: false, reasons: [...reasons] }]);
  expect((await get('/healthz')).status).toBe(200);
  reasons.length = 0;
  expect((await get('/readyz')).status).toBe(200);
});

test('the metrics show queues, caches, requests and who leads', async () => {
  const metrics = new KubeMetrics('rookery_operator');
  metrics.showQueue('cluster', { depth: 3, delayed: 1 });
  metrics.showCache('pods', { size: 5 });
  metrics.showCache('pods', { size: 7 });
  metrics.showLeader(() => true);
  metrics.requested('patch', 409, 0.01);
  metrics.watchRestarted('pods', 'silent');
  const response = await (await start([], metrics))('/metrics');
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  for (const line of [
    'rookery_operator_queue_depth{controller="cluster"} 3',
    'rookery_operator_queue_delayed{controller="cluster"} 1',
    'rookery_operator_cached_objects{resource="pods"} 12',
    'rookery_operator_leader 1',
    'rookery_operator_api_request_seconds_count{verb="patch",code="409"} 1',
    'rookery_operator_watch_restarts_total{resource="pods",reason="silent"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

test.each(hasIpv6 ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'])('on :: they answer at %s', async (host) => {
  const sources = { notReady: () => [], registry: new KubeMetrics('rookery_operator').registry };
  const probes = await startProbes(sources, { host: '::', port: 0 });
  running.push(probes);
  expect((await fetch(`http://${host}:${probes.port}/readyz`)).status).toBe(200);
});

test('an address that cannot be had is an error, not a process without probes', async () => {
  await start([]);
  const sources = { notReady: () => [], registry: new KubeMetrics('rookery_operator').registry };
  await expect(startProbes(sources, { host: '127.0.0.1', port: running[0]!.port })).rejects.toThrow(
    'EADDRINUSE',
  );
});
