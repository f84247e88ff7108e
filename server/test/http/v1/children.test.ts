import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, ServedTree } from './served-tree.ts';

let tree: ServedTree;

beforeAll(async () => {
  tree = await ServedTree.start(1, {}, { httpPageChildren: 5 });
  await tree.put('/nodes/many?create');
  const steps = Array.from({ length: 12 }, (_, at) => ({ do: 'create', path: `/many/c ${at}` }));
  await tree.transact(steps);
});

afterAll(() => tree.stop());

describe('children', () => {
  test('come in pages that lead from one to the next', async () => {
    const names: string[] = [];
    const lengths: number[] = [];
    let next: string | null = '/v1/nodes/many?children&limit=4';
    while (next !== null) {
      const page = await tree.ask(next.slice('/v1'.length));
      expect(page.json.stat.numChildren).toBe(12);
      expect(page.headers.get('link')).toBe(
        page.json.next === null ? null : `<${page.json.next}>; rel="next"`,
      );
      lengths.push(page.json.children.length);
      names.push(...page.json.children.map(({ name }: { name: string }) => name));
      next = page.json.next;
    }
    expect([names.sort(), lengths]).toEqual([
      Array.from({ length: 12 }, (_, at) => `c ${at}`).sort(),
      [4, 4, 4],
    ]);
  });

  test('are never more than a page may have', async () => {
    for (const query of ['children', 'children&limit=9999'])
      expect((await tree.ask(`/nodes/many?${query}`)).json.children).toHaveLength(5);
  });

  test('have their stats where the caller may read them, and keep to that from page to page', async () => {
    const acl = [{ scheme: 'auth', id: '', permissions: ['read'] }];
    await tree.putJson('/nodes/mixed/closed?parents', { text: 'x' });
    await tree.putJson('/nodes/mixed/own', { text: 'x', acl }, basic('ann', 'a'));
    const seen = async (headers: Record<string, string>) =>
      (await tree.ask('/nodes/mixed?children&stat&limit=1', { headers })).json;
    const first = await seen({});
    expect(first.next).toContain('&stat&');
    const second = async (headers: Record<string, string>) =>
      (await tree.ask(first.next!.slice('/v1'.length), { headers })).json.children[0];
    expect(await second({})).toEqual({ name: 'own', stat: null });
    expect(await second(basic('ann', 'a'))).toMatchObject({ name: 'own', stat: { dataLength: 1 } });
  });

  test('that cannot be gone on with are begun again', async () => {
    const lost = await tree.ask('/nodes/many?children&after=AAAA');
    expect([lost.status, lost.json.code, lost.json.path]).toEqual([410, 'CURSOR_LOST', '/many']);
    for (const query of ['children&limit=0', 'children&limit=x', 'children&after=*', 'children=no'])
      expect((await tree.ask(`/nodes/many?${query}`)).json.code).toBe('BAD_ARGUMENTS');
  });

  test('of no node, and of one that may not be read, are refused', async () => {
    expect((await tree.ask('/nodes/none?children')).json).toMatchObject({ code: 'NO_NODE', path: '/none' });
    const acl = [{ scheme: 'auth', id: '', permissions: ['read'] }];
    await tree.putJson('/nodes/private', { acl }, basic('ann', 'a'));
    expect((await tree.ask('/nodes/private?children')).json).toMatchObject({ code: 'NO_AUTH' });
  });
});
