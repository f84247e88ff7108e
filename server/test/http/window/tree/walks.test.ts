import type { Client } from '@rookery/client';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../../connections/ensemble.ts';
import type { ServedTree } from '../../v1/served-tree.ts';
import { clientOf, identity, linesOf, OWN_ACL, serveWindow, type WindowAt } from './served-window.ts';

const TOKEN = 'a-token-of-some-length';

let window: ServedTree;
let zk: Client;

async function serve(at?: WindowAt): Promise<void> {
  window = await serveWindow(at);
  zk = await clientOf(window);
}

afterEach(async () => {
  await zk.close();
  await window.stop();
});

/** Many children of a node, in as many transactions as it takes. */
async function fill(path: string, count: number, value = '', together = 500): Promise<void> {
  await zk.create(path);
  for (let at = 0; at < count; at += together) {
    const steps = Array.from({ length: Math.min(together, count - at) }, (_, step) => ({
      do: 'create' as const,
      path: `${path}/${at + step}`,
      data: value,
    }));
    await zk.transaction(steps);
  }
}

/** How many reads a member has answered once it answers no more. */
async function quiet(counters: { readonly reads: number }): Promise<number> {
  let [last, times] = [-1, 0];
  await until(
    () => times === 5,
    () => `${counters.reads} reads`,
    async () => {
      times = last === counters.reads ? times + 1 : 0;
      last = counters.reads;
    },
  );
  return last;
}

describe('a count', () => {
  test('has nodes, bytes, ephemerals and levels, over more children than a page has', async () => {
    await serve();
    await fill('/many', 1_234, 'four');
    for (const path of ['/many/0/a', '/many/0/a/b']) await zk.create(path, '12');
    await zk.create('/many/0/a/e', '', { kind: 'ephemeral' });
    const answer = await window.ask('/subtree/many');
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(linesOf(answer)).toEqual([
      { looked: 1_000 },
      { end: true, nodes: 1_238, bytes: 4 * 1_234 + 4, ephemerals: 1, depth: 3, unreadable: 0 },
    ]);
    expect(linesOf(await window.ask('/subtree/')).at(-1)).toMatchObject({ end: true, depth: 4 });
  });

  test('leaves out what the caller may not read, and says how much', async () => {
    await serve();
    const ann = await clientOf(window, 'ann:a');
    await zk.create('/top');
    await ann.create('/top/anns', 'secret', { acl: OWN_ACL });
    await ann.create('/top/anns/below', 'secret', { acl: OWN_ACL });
    const count = async (headers: Record<string, string>) =>
      linesOf(await window.ask('/subtree/top', { headers })).at(-1);
    expect(await count({})).toMatchObject({ nodes: 2, bytes: 0, unreadable: 1 });
    expect(await count(identity('ann', 'a'))).toMatchObject({ nodes: 3, bytes: 12, unreadable: 0 });
    const search = async (headers: Record<string, string>) =>
      linesOf(await window.ask('/search/top?text=SECRET&in=both', { headers }));
    expect(await search({})).toEqual([{ end: true, looked: 2, found: 0, isCut: false, unreadable: 1 }]);
    expect((await search(identity('ann', 'a'))).map(({ path }) => path)).toEqual([
      '/top/anns',
      '/top/anns/below',
      undefined,
    ]);
    expect((await window.ask('/subtree/top/anns')).json).toMatchObject({ code: 'NO_AUTH' });
    await ann.close();
  });
});

describe('a search', () => {
  test('is for names, values or both, up to a limit', async () => {
    await serve();
    await fill('/app', 20, 'the colour is Blue');
    const found = async (query: string) => linesOf(await window.ask(`/search/app?${query}`));
    expect((await found('text=1')).filter(({ where }) => where === 'name')).toHaveLength(11);
    expect((await found('text=BLUE&in=values'))[0]).toEqual({
      path: '/app/0',
      where: 'value',
      excerpt: 'the colour is Blue',
    });
    expect((await found('text=blue')).at(-1)).toMatchObject({ found: 0, looked: 21 });
    expect((await found('text=blue&in=both&limit=5')).at(-1)).toMatchObject({ found: 5, isCut: true });
  });

  test('without a text, or by what there is not, is refused', async () => {
    await serve();
    for (const query of [
      '',
      'text=',
      `text=${'x'.repeat(201)}`,
      'text=a&in=here',
      'text=a&limit=0',
      'text=a&what',
    ]) {
      const refused = await window.ask(`/search/?${query}`);
      expect([refused.status, refused.json.code], query).toEqual([400, 'BAD_ARGUMENTS']);
    }
  });
});

describe('who walks', () => {
  test('where there is no node is told so by the status', async () => {
    await serve();
    for (const path of ['/subtree/none', '/search/none?text=a', '/export/none']) {
      const { status, json } = await window.ask(path);
      expect([status, json.code, json.path], path).toEqual([404, 'NO_NODE', '/none']);
    }
  });

  test('needs the token, and a mode that shows the tree', async () => {
    await serve({ token: TOKEN, mode: 'ensemble' });
    for (const path of ['/subtree/', '/search/?text=a', '/export/', '/node/']) {
      expect((await window.ask(path)).json.code, path).toBe('unauthorized');
      const shown = await window.ask(path, { headers: { authorization: `Bearer ${TOKEN}` } });
      expect([shown.status, shown.json.code], path).toEqual([403, 'window-mode']);
    }
  });

  test('in mode read may count, search and export, and change nothing', async () => {
    await serve({ mode: 'read' });
    await zk.create('/a');
    for (const path of ['/subtree/a', '/search/a?text=a', '/export/a', '/node/a'])
      expect((await window.ask(path)).status, path).toBe(200);
    const remove = await window.ask('/subtree/a?expect=1', { method: 'DELETE' });
    const body = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: '{}' };
    for (const refused of [remove, await window.ask('/import/b', body)])
      expect([refused.status, refused.json.code]).toEqual([403, 'window-mode']);
    expect(await zk.exists('/a')).toBeDefined();
  });

  test('is one of a few at a time, of an address and of all, and has a place among the watches', async () => {
    await serve({
      bounds: { httpWalks: 2, httpWalksPerAddress: 1, httpWatches: 2, httpWatchesPerAddress: 2 },
    });
    await fill('/many', 2_000, 'v'.repeat(300));
    const slow = await fetch(`${window.url()}/export/many`);
    const refused = await window.ask('/subtree/many');
    expect([refused.status, refused.json.code, refused.json.retry]).toEqual([
      429,
      'TOO_MANY_PENDING',
      'safe',
    ]);
    const abort = new AbortController();
    await fetch(`${window.url()}/v1/watch/`, { signal: abort.signal });
    expect((await window.ask('/v1/watch/')).json.code).toBe('TOO_MANY_PENDING');
    // Requests have places of their own.
    expect((await window.ask('/node/many')).status).toBe(200);
    await slow.body!.cancel();
    let status = 429;
    await until(
      () => status === 200,
      () => `${status}`,
      async () => {
        status = (await window.ask('/subtree/many')).status;
      },
    );
    abort.abort();
  });

  test.each(['/subtree/many', '/search/many?text=zzz', '/search/many?text=zzz&in=values'])(
    'and goes away ends the walk: %s reads no further, and its place is free',
    async (path) => {
      await serve({ bounds: { httpWalks: 1, httpWalksPerAddress: 1 } });
      const count = 12_000;
      await zk.create('/many');
      for (let at = 0; at < count; at += 250) {
        const steps = Array.from({ length: 250 }, (_, step) => `/many/${at + step}`).flatMap((parent) => [
          { do: 'create' as const, path: parent, data: 'value' },
          { do: 'create' as const, path: `${parent}/child`, data: 'value' },
        ]);
        await zk.transaction(steps);
      }
      const { counters } = window.ensemble.leader.member.clients;
      const before = counters.reads;
      const away = new AbortController();
      const { body } = await fetch(`${window.url()}${path}`, { signal: away.signal });
      await body!.getReader().read();
      away.abort();
      const last = await quiet(counters);
      // Each node with a child costs a read of its page.
      expect(last - before).toBeLessThan(count);
      expect((await window.ask('/subtree/many/0')).status).toBe(200);
    },
  );

  test('and reads slowly has the walk wait: no more is read of the tree than was taken, and a bound', async () => {
    await serve();
    const count = 3_000;
    await fill('/many', count, 'v'.repeat(10_000), 50);
    const { counters } = window.ensemble.leader.member.clients;
    const before = counters.reads;
    const { body } = await fetch(`${window.url()}/export/many`);
    await body!.getReader().read();
    const last = await quiet(counters);
    // A value and an access list of each.
    expect(last - before).toBeLessThan(2 * count);
    await body!.cancel().catch(() => undefined);
  });
});
