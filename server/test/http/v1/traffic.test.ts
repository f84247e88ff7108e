import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../connections/ensemble.ts';
import { ServedTree } from './served-tree.ts';

let tree: ServedTree;

afterEach(() => tree.stop());

/** What GET /metrics says of the tree over HTTP, by name and labels. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(new URL('/metrics', tree.url()))).text();
  const lines = text.split('\n').filter((line) => line.startsWith('rookery_http_tree_'));
  return new Map(
    lines.map((line) => [line.slice(18, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Opened, with its first event; `end` has its caller go. */
async function watch(path: string, prefix = '/v1'): Promise<{ end(): void }> {
  const gone = new AbortController();
  const { body } = await fetch(new URL(`${prefix}/watch${path}`, tree.url()), { signal: gone.signal });
  await body!.getReader().read();
  return { end: () => gone.abort() };
}

const counted = (samples: ReadonlyMap<string, number>, door: string, operation: string, status: string) =>
  samples.get(`requests_total{door="${door}",operation="${operation}",status="${status}"}`);

describe('GET /metrics', () => {
  test('counts requests for the tree by door, operation and class of status, and times each operation', async () => {
    tree = await ServedTree.start();
    await tree.put('/nodes/a?create', 'x');
    for (let at = 0; at < 3; at++) await tree.ask('/nodes/a');
    await fetch(`${tree.url()}/nodes/a`, { method: 'HEAD' });
    await tree.ask('/nodes/none');
    await tree.ask('/nodes/a', { headers: { authorization: 'Bearer of-nobody' } });
    await tree.ask('/nodes/a', { headers: { origin: 'http://elsewhere.example' } });
    await fetch(new URL('/window/v1/nodes/a', tree.url()));
    await fetch(new URL('/window/node/a', tree.url()));
    const samples = await scrape();
    expect(counted(samples, '/v1', 'writeNode', '2xx')).toBe(1);
    expect(counted(samples, '/v1', 'readNode', '2xx')).toBe(4);
    expect(counted(samples, '/v1', 'readNode', '4xx')).toBe(3);
    expect(counted(samples, '/window/v1', 'readNode', '2xx')).toBe(1);
    expect(counted(samples, '/window', 'readNodePage', '2xx')).toBe(1);
    expect([...samples.keys()].filter((name) => name.includes('status="none"'))).toEqual([]);
    // But for the one that all of HTTP refuses.
    expect(samples.get('request_seconds_count{operation="readNode"}')).toBe(7);
    expect(samples.get('request_seconds_bucket{le="+Inf",operation="readNode"}')).toBe(7);
    expect(samples.get('request_seconds_sum{operation="readNode"}')).toBeGreaterThan(0);
    expect([samples.get('requests'), samples.get('sessions')]).toEqual([0, 1]);
  });

  test('has no label that a caller can make up', async () => {
    tree = await ServedTree.start();
    for (const path of ['/nodes/made-up', '/made-up', '/nodes/a?made-up'])
      for (const method of ['GET', 'POST', 'PURGE'])
        await tree.ask(path, {
          method,
          headers: { host: 'made-up', 'x-made-up': 'made-up', authorization: 'made-up made-up' },
        });
    const samples = [...(await scrape()).keys()];
    expect(samples.some((sample) => sample.includes('door="/v1",operation="none",status="4xx"'))).toBe(true);
    expect(samples.filter((sample) => sample.includes('made'))).toEqual([]);
  });

  test('shows what goes on: watches, walks and sessions, and those that found no place', async () => {
    const bounds = { httpWatches: 3, httpWatchesPerAddress: 3, httpWalks: 1, httpWalksPerAddress: 1 };
    tree = await ServedTree.start(1, {}, bounds);
    const watches = [await watch('/'), await watch('/', '/window/v1')];
    const walk = new AbortController();
    // What is to be imported goes on coming.
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: new ReadableStream({ start: (more) => more.enqueue(new TextEncoder().encode(' ')) }),
      duplex: 'half',
      signal: walk.signal,
    } as const;
    const walked = fetch(new URL('/window/import/a', tree.url()), request).catch(() => undefined);
    let samples = await scrape();
    while (samples.get('walks') !== 1) samples = await scrape();
    const other = await fetch(new URL('/window/subtree/', tree.url()));
    expect([(await tree.ask('/watch/')).status, other.status]).toEqual([429, 429]);
    samples = await scrape();
    expect(counted(samples, '/v1', 'watchNode', '2xx')).toBe(1);
    expect(counted(samples, '/v1', 'watchNode', '4xx')).toBe(1);
    const names = [
      'watches',
      'walks',
      'sessions',
      'refused_total{wanted="watch"}',
      'refused_total{wanted="walk"}',
    ];
    expect(names.map((name) => samples.get(name))).toEqual([2, 1, 1, 1, 1]);
    for (const { end } of watches) end();
    walk.abort();
    await walked;
    while (samples.get('watches') !== 0 || samples.get('walks') !== 0) samples = await scrape();
  });

  test('counts a caller that goes before its answer, and a request while it is under way', async () => {
    tree = await ServedTree.start();
    const { executor } = tree.ensemble.leader.member.clients;
    tree.ensemble.leader.holdDisk();
    const gone = new AbortController();
    const asked = fetch(`${tree.url()}/nodes/a?create`, { method: 'PUT', signal: gone.signal });
    await until(
      () => executor.outstanding > 0 || tree.ensemble.leader.member.running!.machine.sessions.size > 0,
    );
    expect((await scrape()).get('requests')).toBe(1);
    gone.abort();
    await asked.catch(() => undefined);
    let samples = await scrape();
    while (samples.get('requests') !== 0) samples = await scrape();
    expect(counted(samples, '/v1', 'writeNode', 'none')).toBe(1);
    tree.ensemble.leader.releaseDisk();
  });
});
