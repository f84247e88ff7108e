import { CreateMode } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { Bounds } from '../../../src/bounds/bounds.ts';
import { until } from '../../connections/ensemble.ts';
import { EventReader } from './event-reader.ts';
import { basic, ServedTree } from './served-tree.ts';

let tree: ServedTree;
const readers: EventReader[] = [];

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await tree.stop();
});

async function serve(bounds: Partial<Bounds> = {}, count = 1): Promise<void> {
  tree = await ServedTree.start(count, {}, bounds);
}

async function watch(path: string, headers: Record<string, string> = {}, at = tree.ensemble.leader) {
  const reader = await EventReader.open(`${tree.url(at)}/watch${path}`, headers);
  readers.push(reader);
  return reader;
}

const watchCount = (): number => tree.ensemble.leader.member.clients.watches.count;

describe('a watch', () => {
  test('tells how the node is, and then all that happens to it, each with its zxid as id', async () => {
    await serve();
    const reader = await watch('/n');
    expect(reader.headers.get('content-type')).toBe('text/event-stream');
    expect(await reader.next()).toMatchObject({ event: 'start', data: { path: '/n', node: null } });
    const zxids: number[] = [];
    const done = async (answer: Promise<{ headers: Headers }>) =>
      zxids.push(Number((await answer).headers.get('rookery-zxid')));
    await done(tree.put('/nodes/n?create', '1'));
    await done(tree.put('/nodes/n', '2'));
    await done(tree.put('/nodes/n/child?create'));
    await done(tree.put('/nodes/n/child/below?create'));
    await done(tree.remove('/nodes/n/child/below'));
    await done(tree.remove('/nodes/n/child'));
    await done(tree.remove('/nodes/n'));
    const told = [];
    for (let at = 0; at < 5; at++) told.push(await reader.next());
    expect(told.map((each) => [each?.event, each?.id])).toEqual([
      ['created', zxids[0]],
      ['changed', zxids[1]],
      ['children', zxids[2]],
      ['children', zxids[5]],
      ['deleted', zxids[6]],
    ]);
    expect(told[0]?.data).toEqual({ path: '/n', zxid: zxids[0] });
  });

  test('begins with value and stat', async () => {
    await serve();
    const { json, headers } = await tree.put('/nodes/n?create', 'blue');
    const start = (await (await watch('/n')).next())!;
    expect(start.data.node).toEqual({
      value: Buffer.from('blue').toString('base64'),
      text: 'blue',
      stat: json.stat,
      etag: headers.get('etag'),
    });
    expect(start.id).toBe(start.data.zxid);
  });

  test('of all below a node tells of each of them, and gives the id of a write with the last of its changes alone', async () => {
    await serve();
    await tree.put('/nodes/n?create');
    const reader = await watch('/n?recursive');
    await reader.next();
    await tree.put('/nodes/n/a/b?parents');
    expect(await reader.types(2)).toEqual(['created /n/a', 'created /n/a/b']);
    const { headers } = await tree.transact([
      { do: 'set', path: '/n', text: 'x' },
      { do: 'set', path: '/n/a', text: 'x' },
      { do: 'delete', path: '/n/a/b' },
    ]);
    const told = [await reader.next(), await reader.next(), await reader.next()];
    expect(told.map((each) => [each?.event, each?.data.path, each?.id])).toEqual([
      ['changed', '/n', undefined],
      ['changed', '/n/a', undefined],
      ['deleted', '/n/a/b', Number(headers.get('rookery-zxid'))],
    ]);
  });

  test('gives the id of a write that takes many turns with the last of its changes alone', async () => {
    await serve({ turnSteps: 4, pieceNodes: 2 });
    await tree.put('/nodes/n?create');
    const { ensemble } = tree;
    const session = await ensemble.session(ensemble.leader);
    const count = 60;
    for (let at = 0; at < count; at++) {
      const path = at % 3 === 0 ? `/n/e${at}` : `/e${at}`;
      await session.ask(() => session.create(path, '', CreateMode.ephemeral));
    }
    const reader = await watch('/n?recursive');
    await reader.next();
    await session.ask(() => session.leave());
    const told = [];
    for (let at = 0; at < count / 3; at++) told.push(await reader.next());
    expect(new Set(told.map((each) => each?.data.zxid)).size).toBe(1);
    expect(told.map((each) => each?.id)).toEqual([
      ...new Array(count / 3 - 1).fill(undefined),
      told[0]?.data.zxid,
    ]);
  });

  test('shows that it is alive while nothing happens', async () => {
    await serve({ httpHeartbeatMs: 5 });
    const reader = await watch('/');
    for (let at = 0; at < 3; at++) await reader.heartbeat();
  });

  test('ends with its reader, and leaves nothing behind', async () => {
    await serve();
    const all = [await watch('/'), await watch('/'), await watch('/zookeeper?recursive')];
    for (const reader of all) await reader.next();
    // As ZooKeeper counts: the node and its list of children, and the other node.
    expect(watchCount()).toBe(3);
    all[0]!.close();
    all[2]!.close();
    await until(() => watchCount() === 2);
    await tree.put('/nodes/n?create');
    expect(await all[1]!.types(1)).toEqual(['children /']);
    all[1]!.close();
    await until(() => watchCount() === 0);
  });

  test('of a node that may not be read is refused, and tells nothing of what is closed later', async () => {
    await serve();
    const acl = [{ scheme: 'auth', id: '', permissions: ['read', 'write', 'admin'] }];
    const ann = basic('ann', 'a');
    await tree.putJson('/nodes/closed', { acl }, ann);
    expect((await tree.ask('/watch/closed')).json).toMatchObject({ code: 'NO_AUTH', path: '/closed' });
    const [stranger, owner] = [await watch('/?recursive'), await watch('/?recursive', ann)];
    for (const reader of [stranger, owner]) await reader.next();
    await tree.putJson('/nodes/closed', { text: 'secret' }, ann);
    await tree.put('/nodes/open?create');
    expect(await owner.types(2)).toEqual(['changed /closed', 'created /open']);
    expect(await stranger.types(1)).toEqual(['created /open']);
  });

  test('is one of so many, of all and of an address, and does not keep requests out', async () => {
    await serve({
      httpWatches: 3,
      httpWatchesPerAddress: 2,
      httpWalks: 3,
      httpRequests: 1,
      httpRequestsPerAddress: 1,
    });
    await (await watch('/')).next();
    const second = await watch('/');
    await second.next();
    const third = await tree.ask('/watch/');
    expect([third.status, third.json.code, third.json.retry]).toEqual([429, 'TOO_MANY_PENDING', 'safe']);
    expect((await tree.ask('/nodes/')).status).toBe(200);
    second.close();
    let status = 429;
    await until(
      () => status === 200,
      () => `${status}`,
      async () => {
        const abort = new AbortController();
        status = (await fetch(`${tree.url()}/watch/`, { signal: abort.signal })).status;
        abort.abort();
      },
    );
  });

  test('goes on over the end of its connection within the member: what came meanwhile is told as missed', async () => {
    await serve();
    await tree.put('/nodes/n?create');
    const reader = await watch('/n');
    await reader.next();
    const { clients } = tree.ensemble.leader.member;
    clients.registry.closeAll('a test asks for it');
    await tree.put('/nodes/n', '2', basic('somebody', 'else'));
    const told = await reader.next();
    expect(['missed', 'changed']).toContain(told?.event);
    await tree.put('/nodes/n', '3');
    for (let last = told; last?.event !== 'changed'; ) last = await reader.next();
  });
});

describe('a watch that is taken up again', () => {
  const since = (id: number | undefined) => ({ 'last-event-id': String(id) });

  test('is told nothing where nothing has happened, and goes on', async () => {
    await serve();
    await tree.put('/nodes/n?create');
    const start = (await (await watch('/n')).next())!;
    for (const path of ['/n', '/n?recursive']) {
      const reader = await watch(path, since(start.id));
      expect(await reader.next()).toEqual({
        event: 'resumed',
        id: start.id,
        data: { path: '/n', zxid: start.id },
      });
    }
  });

  test('is told the last change of each kind, and nothing of what happened elsewhere', async () => {
    await serve();
    await tree.put('/nodes/n?create');
    const start = (await (await watch('/n')).next())!;
    await tree.put('/nodes/elsewhere?create');
    const quiet = await watch('/n', since(start.id));
    expect(await quiet.types(1)).toEqual(['resumed /n']);
    await tree.put('/nodes/n', '1');
    const child = await tree.put('/nodes/n/child?create');
    const set = await tree.put('/nodes/n', '2');
    const reader = await watch('/n', since(start.id));
    const told = [await reader.next(), await reader.next(), await reader.next()];
    expect(told.map((each) => [each?.event, each?.id])).toEqual([
      ['children', Number(child.headers.get('rookery-zxid'))],
      ['changed', Number(set.headers.get('rookery-zxid'))],
      ['resumed', told[2]?.data.zxid],
    ]);
    await tree.remove('/nodes/n/child');
    expect(await reader.types(1)).toEqual(['children /n']);
  });

  test('is told that it missed something where that cannot be excluded, and how the node is', async () => {
    await serve();
    await tree.put('/nodes/n?create', '1');
    const start = (await (await watch('/n?recursive')).next())!;
    await tree.put('/nodes/n/child?create');
    const below = await watch('/n?recursive', since(start.id));
    expect(await below.next()).toMatchObject({ event: 'missed', data: { path: '/n', fromZxid: start.id } });
    expect(await below.types(2)).toEqual(['start /n', 'resumed /n']);
    await tree.remove('/nodes/n/child');
    await tree.remove('/nodes/n');
    const gone = await watch('/n', since(start.id));
    expect(await gone.types(1)).toEqual(['missed /n']);
    expect(await gone.next()).toMatchObject({ event: 'start', data: { node: null } });
    await tree.put('/nodes/n?create', '2');
    const anew = await watch('/n', since(start.id));
    expect(await anew.types(2)).toEqual(['created /n', 'resumed /n']);
    const future = await watch('/n', since(Number.MAX_SAFE_INTEGER));
    expect(await future.types(3)).toEqual(['missed /n', 'start /n', 'resumed /n']);
  });

  test('at another member begins there from no older a state', async () => {
    await serve({}, 3);
    const [one, other] = tree.ensemble.followers;
    await tree.put('/nodes/n?create');
    for (let round = 0; round < 5; round++) {
      const { headers } = await tree.ask('/nodes/n', { method: 'PUT', body: `${round}` }, one);
      const zxid = Number(headers.get('rookery-zxid'));
      const reader = await watch('/n', since(zxid), other);
      const told = await reader.next();
      expect(told).toMatchObject({ event: 'resumed' });
      expect(told!.id).toBeGreaterThanOrEqual(zxid);
    }
  });

  test.each(['x', '-1', '1e3', '99999999999999999999'])('with the id %j is refused', async (id) => {
    await serve();
    const { status, json } = await tree.ask('/watch/', { headers: { 'last-event-id': id } });
    expect([status, json.code]).toEqual([400, 'BAD_ARGUMENTS']);
  });
});
