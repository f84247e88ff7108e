import { afterEach, describe, expect, test } from 'vitest';
import { basic, type ServedTree } from '../../v1/served-tree.ts';
import { identity, serveWindow } from './served-window.ts';

const TOKEN = 'a-token-of-some-length';
const bearer = { authorization: `Bearer ${TOKEN}` };

let window: ServedTree | undefined;

afterEach(async () => {
  await window?.stop();
  window = undefined;
});

describe('/window/v1', () => {
  test('does what /v1 does, where programs are not served: links lead below it', async () => {
    window = await serveWindow({ prefix: '/window/v1' });
    const created = await window.put('/nodes/a?create', 'one');
    expect([created.status, created.headers.get('location')]).toEqual([201, '/window/v1/nodes/a']);
    for (const name of ['x', 'y']) await window.put(`/nodes/a/${name}?create`);
    const page = await window.ask('/nodes/a?children&stat&limit=1');
    expect(page.json.next).toMatch(/^\/window\/v1\/nodes\/a\?children&stat&limit=1&after=/);
    expect(page.headers.get('link')).toBe(`<${page.json.next}>; rel="next"`);
    const { origin } = new URL(window.url());
    const next = (await (await fetch(origin + page.json.next)).json()) as { children: { name: string }[] };
    expect(next.children[0]!.name).toBe('y');
    const etag = created.headers.get('etag')!;
    expect((await window.put('/nodes/a', 'two', { 'if-match': etag })).status).toBe(200);
    expect((await window.put('/nodes/a', 'three', { 'if-match': etag })).json.code).toBe('BAD_VERSION');
    expect((await window.transact([{ do: 'delete', path: '/a/x' }])).status).toBe(200);
    expect((await window.ask('/acl/a')).json.acl[0]!.scheme).toBe('world');
    expect((await fetch(`${origin}/v1/nodes/a`)).status).toBe(404);
  });

  test('tells the changes of a node as events', async () => {
    window = await serveWindow({ prefix: '/window/v1' });
    const abort = new AbortController();
    const { body } = await fetch(`${window.url()}/watch/?recursive`, { signal: abort.signal });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body!) {
      const before = text;
      text += decoder.decode(chunk, { stream: true });
      if (!before.includes('event: start') && text.includes('event: start'))
        await window.put('/nodes/new?create');
      if (text.includes('"path":"/new"')) break;
    }
    abort.abort();
    expect(text).toContain('event: created');
  });

  test.each([
    ['read', 200, 403],
    ['ensemble', 403, 403],
  ] as const)(
    'where http.window is %s answers reads with %i and writes with %i',
    async (mode, reads, writes) => {
      window = await serveWindow({ prefix: '/window/v1', mode });
      const statuses = async (asked: Promise<{ status: number }>[]) =>
        (await Promise.all(asked)).map(({ status }) => status);
      expect(
        await statuses([
          window.ask('/nodes/'),
          window.ask('/acl/'),
          fetch(`${window.url()}/nodes/`, { method: 'HEAD' }),
        ]),
      ).toEqual([reads, reads, reads]);
      expect(
        await statuses([
          window.put('/nodes/a?create', 'x'),
          window.remove('/nodes/zookeeper'),
          window.transact([{ do: 'create', path: '/a' }]),
          window.putJson('/acl/', { acl: [] }),
        ]),
      ).toEqual([writes, writes, writes, writes]);
      const refused = await window.put('/nodes/a?create', 'x');
      expect(refused.json).toMatchObject({ code: 'window-mode' });
      expect((refused.json as unknown as { help: string }).help).toContain('http.window: write');
    },
  );

  test('asks for the token, which is nobody in the tree: who the caller is stands in a header of its own', async () => {
    window = await serveWindow({ prefix: '/window/v1', token: TOKEN });
    const acl = [{ scheme: 'auth', id: '', permissions: ['read', 'write', 'admin'] }];
    const ann = { ...bearer, ...identity('ann', 'a') };
    expect((await window.putJson('/nodes/anns?create', { text: 'mine', acl }, ann)).status).toBe(201);
    expect((await window.ask('/nodes/anns', { headers: ann })).json.text).toBe('mine');
    const stranger = await window.ask('/nodes/anns', { headers: bearer });
    expect([stranger.status, stranger.json.code]).toEqual([403, 'NO_AUTH']);
    expect(
      (await window.ask('/nodes/anns', { headers: { ...bearer, ...identity('ann', 'b') } })).status,
    ).toBe(403);
    for (const headers of [{}, identity('ann', 'a'), basic('ann', 'a'), { authorization: 'Bearer other' }]) {
      const refused = await window.ask('/nodes/anns', { headers: headers as Record<string, string> });
      expect([refused.status, refused.json.code]).toEqual([401, 'unauthorized']);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="rookery"');
    }
  });

  test.each(['Bearer x', 'Basic !', 'x'])(
    'takes %j for no proof, and never has a browser ask for a password',
    async (proof) => {
      window = await serveWindow({ prefix: '/window/v1' });
      const refused = await window.ask('/nodes/', { headers: { 'rookery-identity': proof } });
      expect([refused.status, refused.json.code]).toEqual([401, 'AUTH_FAILED']);
      expect(refused.json.message).toContain('rookery-identity');
      expect(refused.headers.get('www-authenticate')).toBeNull();
    },
  );

  test('is not for a page of another site', async () => {
    window = await serveWindow({ prefix: '/window/v1' });
    const foreign = await window.put('/nodes/a?create', 'x', { origin: 'https://evil.example' });
    expect([foreign.status, foreign.json.code]).toEqual([403, 'forbidden-origin']);
    expect((await window.ask('/nodes/a')).status).toBe(404);
  });

  test('says what there is where nothing is', async () => {
    window = await serveWindow({ prefix: '/window/v1' });
    expect((await window.ask('/nope')).status).toBe(404);
    const other = await window.ask('/nodes/x', { method: 'PATCH' });
    expect(other.status).toBe(405);
  });
});
