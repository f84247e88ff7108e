import type { Client } from '@rookery/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServedTree } from '../../v1/served-tree.ts';
import { clientOf, identity, linesOf, OWN_ACL, serveWindow } from './served-window.ts';

let window: ServedTree;
let zk: Client;

beforeEach(async () => {
  window = await serveWindow();
  zk = await clientOf(window);
});

afterEach(async () => {
  await zk.close();
  await window.stop();
});

const remove = (path: string, headers: Record<string, string> = {}) =>
  window.remove(`/subtree${path}`, headers);

describe('a subtree', () => {
  test('goes with all below it, over more children than a page has, children first', async () => {
    for (const path of ['/top', '/top/many', '/top/other', '/beside']) await zk.create(path);
    for (let batch = 0; batch < 4; batch++) {
      const steps = Array.from({ length: 400 }, (_, at) => ({
        do: 'create' as const,
        path: `/top/many/${batch * 400 + at}`,
      }));
      await zk.transaction(steps);
    }
    await zk.create('/top/many/7/below');
    const lines = linesOf(await remove('/top?expect=1604'));
    expect(lines.at(-1)).toEqual({ end: true, done: 1_604 });
    expect(lines.length).toBeGreaterThan(1);
    expect((await zk.children('/')).names.sort()).toEqual(['beside', 'zookeeper']);
  });

  test('of more nodes than are expected stays whole', async () => {
    for (const path of ['/top', '/top/a', '/top/b']) await zk.create(path);
    const refused = await remove('/top?expect=2');
    expect([refused.status, refused.json.code]).toEqual([409, 'MORE_NODES']);
    expect(await zk.countDescendants('/top')).toBe(2);
  });

  test('in which there is something that the caller may not see stays whole', async () => {
    const ann = await clientOf(window, 'ann:a');
    for (const path of ['/top', '/top/a']) await zk.create(path);
    await ann.create('/top/anns', '', { acl: OWN_ACL });
    await ann.create('/top/anns/below', '', { acl: OWN_ACL });
    const refused = await remove('/top?expect=100');
    expect([refused.status, refused.json.code, refused.json.path]).toEqual([403, 'NO_AUTH', '/top/anns']);
    expect(await ann.countDescendants('/top')).toBe(3);
    expect(linesOf(await remove('/top?expect=4', identity('ann', 'a')))).toContainEqual({
      end: true,
      done: 4,
    });
    await ann.close();
  });

  test('which the caller may see and not remove says so in the last line', async () => {
    await zk.create('/top', '', { acl: [{ scheme: 'world', id: 'anyone', perms: 5 }] });
    await zk.create('/top/a');
    expect(linesOf(await remove('/top?expect=2')).at(-1)).toMatchObject({
      error: { code: 'NO_AUTH', path: '/top/a' },
    });
    expect(await zk.exists('/top/a')).toBeDefined();
  });

  test('at a path that cannot go, or without a number that is one, is refused', async () => {
    await zk.create('/top');
    const paths = [
      '/?expect=100',
      '?expect=100',
      '/zookeeper?expect=100',
      '/top',
      '/top?expect=0',
      '/top?expect=x',
    ];
    for (const path of paths) {
      const refused = await remove(path);
      expect([refused.status, refused.json.code], path).toEqual([400, 'BAD_ARGUMENTS']);
    }
    expect((await zk.children('/')).names.sort()).toEqual(['top', 'zookeeper']);
  });

  test('that is not there is 404', async () => {
    expect((await remove('/none?expect=1')).json.code).toBe('NO_NODE');
  });
});
