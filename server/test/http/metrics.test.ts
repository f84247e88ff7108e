import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { metricsRegistry } from '../../src/http/metrics.ts';
import { Histogram } from '../../src/model/histogram.ts';
import { FakeMember, METRICS } from './fake-member.ts';
import { HTTP } from './http-config.ts';

/** Samples of our own by name and server ids. */
async function scrape(member: FakeMember): Promise<ReadonlyMap<string, number>> {
  const text = await metricsRegistry(member).metrics();
  const lines = text.split('\n').filter((line) => line.startsWith('rookery_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('GET /metrics', () => {
  test('shows every number of the member once, under a name of its own', async () => {
    const samples = await scrape(new FakeMember());
    for (const [name, value] of Object.entries(METRICS)) {
      const found = [...samples].filter(([, sample]) => sample === value);
      expect(found, name).toHaveLength(1);
      expect(
        found[0]?.[0].endsWith('_total'),
        `${name} is ${name.endsWith('Total') ? '' : 'not '}a counter`,
      ).toBe(name.endsWith('Total'));
    }
  });

  test('shows role, readiness and the other members', async () => {
    const samples = await scrape(new FakeMember());
    expect(samples.get('rookery_role{role="leader"}')).toBe(1);
    expect(samples.get('rookery_role{role="follower"}')).toBe(0);
    expect(samples.get('rookery_ready')).toBe(1);
    expect(samples.get('rookery_leader_server_id')).toBe(2);
    expect(samples.get('rookery_peer_connected{peer="1"}')).toBe(1);
    expect(samples.get('rookery_peer_connected{peer="3"}')).toBe(0);
    expect(samples.has('rookery_peer_connected{peer="2"}')).toBe(false);
    expect(samples.get('rookery_peer_lag_entries{peer="1"}')).toBe(4);
    expect(samples.has('rookery_peer_lag_entries{peer="3"}')).toBe(false);
    expect([...samples.keys()].some((name) => /^rookery_info\{version="\d.*",member="2"\}$/.test(name))).toBe(
      true,
    );
  });

  test('shows histograms in seconds, each bucket with those below it, told apart by their label', async () => {
    const member = new FakeMember();
    const histogram = new Histogram([1, 10]);
    for (const ms of [0.5, 5, 5, 500]) histogram.observe(ms);
    member.series.set('rookery_request_seconds', [{ label: 'getData', histogram }]);
    const samples = await scrape(member);
    const bucket = (le: string): unknown =>
      samples.get(`rookery_request_seconds_bucket{operation="getData",le="${le}"}`);
    expect([bucket('0.001'), bucket('0.01'), bucket('+Inf')]).toEqual([1, 3, 4]);
    expect(samples.get('rookery_request_seconds_count{operation="getData"}')).toBe(4);
    expect(samples.get('rookery_request_seconds_sum{operation="getData"}')).toBeCloseTo(0.5105);
  });

  test('asks the member anew at each scrape, and forgets members that left', async () => {
    const member = new FakeMember();
    const registry = metricsRegistry(member);
    await registry.metrics();
    member.numbers = { ...METRICS, readsTotal: 9105, sessions: 9111 };
    const { leader: _leader, ...rest } = member.state;
    member.state = { ...rest, role: 'follower', serving: false, members: member.state.members.slice(0, 2) };
    const text = await registry.metrics();
    expect(text).toContain('\nrookery_reads_total 9105\n');
    expect(text).toContain('\nrookery_sessions 9111\n');
    expect(text).toContain('\nrookery_ready 0\n');
    expect(text).toContain('\nrookery_leader_server_id 0\n');
    expect(text).toContain('\nrookery_role{role="leader"} 0\n');
    expect(text).not.toContain('peer="3"');
  });

  test('shows the process, and keeps the members of one process apart', async () => {
    const a = new FakeMember();
    const b = new FakeMember();
    b.numbers = { ...METRICS, nodes: 5 };
    const [first, second] = [metricsRegistry(a), metricsRegistry(b)];
    expect(await first.metrics()).toContain('rookery_nodes 113');
    const text = await second.metrics();
    expect(text).toContain('rookery_nodes 5');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  test("has ZooKeeper's own names behind them, as its own provider for Prometheus writes them", async () => {
    const member = new FakeMember();
    const histogram = new Histogram([1, 10]);
    for (const ms of [0.5, 5]) histogram.observe(ms);
    member.monitored = {
      gauges: [
        ['version', '3.9.5-rookery, built on some day'],
        ['server_state', 'leader'],
        ['znode_count', 5],
        ['avg_latency', '0.0'],
      ],
      counters: [['bytes_received_count', 77]],
      summaries: [
        { name: 'readlatency', hasPercentiles: true, histogram },
        { name: 'fsynctime', hasPercentiles: false, histogram: new Histogram([1, 10]) },
      ],
    };
    const app = createHttp(member, HTTP, undefined, new KeptLog());
    const { body, headers } = await app.inject('/metrics');
    await app.close();
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(body).toContain(
      '\n# TYPE znode_count gauge\nznode_count 5\n# TYPE avg_latency gauge\navg_latency 0\n',
    );
    expect(body).toContain('\n# TYPE bytes_received_count counter\nbytes_received_count 77\n');
    expect(body).toMatch(/\n# TYPE readlatency summary\nreadlatency\{quantile="0\.5"\} [\d.]+\n/);
    expect(body).toContain('\nreadlatency_count 2\nreadlatency_sum 5.5\n');
    expect(body).toContain('\nfsynctime{quantile="0.99"} NaN\nfsynctime_count 0\nfsynctime_sum 0\n');
    expect(body).not.toMatch(/server_state|built on/);
    const types = body.match(/^# TYPE \S+/gm)!;
    expect(new Set(types).size).toBe(types.length);
  });
});
