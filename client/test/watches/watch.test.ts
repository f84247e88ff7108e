import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Change, type Client, EventType } from '../../src/index.ts';
import { TestServer } from '../../src/testing/index.ts';

const TIMEOUT_MS = 6_000;
let server: TestServer;
let zk: Client;
let other: Client;

beforeEach(async () => {
  server = await TestServer.start({ clock: 'held' });
  zk = await server.connect({ sessionTimeoutMs: TIMEOUT_MS });
  other = await server.connect({ sessionTimeoutMs: TIMEOUT_MS });
  await other.create('/x', '1');
});

afterEach(() => server.stop());

async function take(changes: AsyncIterator<Change>, count: number): Promise<Change[]> {
  const taken: Change[] = [];
  while (taken.length < count) taken.push((await changes.next()).value as Change);
  return taken;
}

const brief = (changes: readonly Change[]): string[] => changes.map(({ type, path }) => `${type} ${path}`);

describe('the changes of a node', () => {
  test('come after its first state, each once, with the zxid of its write', async () => {
    const changes = zk.watch('/x');
    const [start] = await take(changes, 1);
    expect(start).toMatchObject({ type: 'start', path: '/x', node: { stat: { version: 0 } } });
    const { mzxid } = await other.set('/x', '2');
    await other.create('/x/child');
    await other.set('/x/child', 'not told');
    await other.delete('/x/child');
    await other.delete('/x');
    const made = await other.create('/x');
    const told = await take(changes, 5);
    expect(brief(told)).toEqual(['changed /x', 'children /x', 'children /x', 'deleted /x', 'created /x']);
    expect(told[0]).toMatchObject({ zxid: mzxid });
    expect(told[4]).toMatchObject({ zxid: made.stat.czxid });
  });

  test('begin with nothing where there is no such node', async () => {
    const changes = zk.watch('/none');
    expect(await take(changes, 1)).toMatchObject([{ type: 'start', node: undefined }]);
    await other.create('/none', 'x');
    expect(brief(await take(changes, 1))).toEqual(['created /none']);
  });

  test('and of all below it are told where that is asked for, of others nothing', async () => {
    const changes = zk.watch('/x', { recursive: true });
    await take(changes, 1);
    await other.create('/xy');
    await other.create('/x/a');
    await other.create('/x/a/b', '1');
    await other.set('/x/a/b', '2');
    await other.delete('/x/a/b');
    expect(brief(await take(changes, 4))).toEqual([
      'created /x/a',
      'created /x/a/b',
      'changed /x/a/b',
      'deleted /x/a/b',
    ]);
    const all = zk.watch('/', { recursive: true });
    await take(all, 1);
    await other.create('/y');
    expect(brief(await take(all, 1))).toEqual(['created /y']);
  });

  test('are told to each of several streams, and go on for one when another ends', async () => {
    const [one, two, below] = [zk.watch('/x'), zk.watch('/x'), zk.watch('/x', { recursive: true })];
    for (const changes of [one, two, below]) await take(changes, 1);
    await one.return();
    await other.create('/x/a');
    expect(brief(await take(two, 1))).toEqual(['children /x']);
    expect(brief(await take(below, 1))).toEqual(['created /x/a']);
    expect(await one.next()).toEqual({ done: true, value: undefined });
  });

  test('that nobody takes become one that says what was missed', async () => {
    const changes = zk.watch('/x', { limit: 3 });
    await take(changes, 1);
    const zxids: number[] = [];
    for (let i = 0; i < 5; i++) zxids.push((await other.set('/x', String(i))).mzxid);
    await zk.sync();
    const [missed] = await take(changes, 1);
    expect(missed).toMatchObject({ type: 'missed', fromZxid: zxids[0]! - 1, toZxid: zxids[3] });
    expect(await take(changes, 1)).toMatchObject([{ type: 'changed', zxid: zxids[4] }]);
  });

  test('go on over another connection, which says from where to where something may have been missed', async () => {
    const changes = zk.watch('/x', { recursive: true });
    await take(changes, 1);
    server.cutOff(zk);
    const { mzxid } = await other.set('/x', 'unseen');
    server.reconnect(zk);
    await server.advance(100);
    await other.set('/x', 'seen');
    const [missed, changed] = await take(changes, 2);
    expect(missed).toMatchObject({ type: 'missed', path: '/x' });
    if (missed?.type !== 'missed') throw new Error('unreachable');
    expect(missed.fromZxid).toBeLessThan(mzxid);
    expect(missed.toZxid).toBeGreaterThanOrEqual(mzxid);
    expect(changed).toMatchObject({ type: 'changed' });
  });

  test('go on in another session', async () => {
    const changes = zk.watch('/x');
    await take(changes, 1);
    const expired = server.expire(zk);
    await server.advance(2_000);
    await expired;
    expect(zk.state).toBe('connected');
    await other.set('/x', 'after');
    expect(brief(await take(changes, 2))).toEqual(['missed /x', 'changed /x']);
  });

  test('end where the loop is left, and the server watches no more', async () => {
    const seen: string[] = [];
    for await (const change of zk.watch('/x')) {
      seen.push(change.type);
      if (change.type === 'changed') break;
      await other.set('/x', '2');
    }
    expect(seen).toEqual(['start', 'changed']);
    await zk.sync();
    expect(server.watchCount).toBe(0);
  });

  test('end with the reason of a signal, and with the client', async () => {
    const abort = new AbortController();
    const aborted = zk.watch('/x', { signal: abort.signal });
    await take(aborted, 1);
    const next = aborted.next();
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(await aborted.next()).toMatchObject({ done: true });
    const closed = zk.watch('/x');
    await take(closed, 1);
    await zk.close();
    expect(await closed.next()).toMatchObject({ done: true });
  });

  test('are not told to whom may not read the node', async () => {
    await other.create('/hidden', '', { acl: [{ perms: 2, scheme: 'world', id: 'anyone' }] });
    await expect(zk.watch('/hidden').next()).rejects.toMatchObject({ code: 'NO_AUTH', path: '/hidden' });
  });

  test('are taken one after the other', async () => {
    const changes = zk.watch('/x');
    const first = changes.next();
    await expect(changes.next()).rejects.toThrow(TypeError);
    await first;
  });
});

describe('a watcher that a read leaves', () => {
  function watcher() {
    const told: string[] = [];
    return {
      told,
      changed: (type: EventType) => void told.push(`changed ${type}`),
      lost: () => void told.push('lost'),
    };
  }

  test('is told of the first change, and of no other', async () => {
    const [data, child, none] = [watcher(), watcher(), watcher()];
    await zk.get('/x', { watcher: data });
    await zk.children('/x', { watcher: child });
    await zk.exists('/none', { watcher: none });
    for (let i = 0; i < 2; i++) {
      await other.set('/x', String(i));
      await other.create(`/x/${i}`);
    }
    await other.create('/none');
    await other.delete('/none');
    await zk.sync();
    expect(data.told).toEqual([`changed ${EventType.changed}`]);
    expect(child.told).toEqual([`changed ${EventType.childrenChanged}`]);
    expect(none.told).toEqual([`changed ${EventType.created}`]);
  });

  test('is told of what changed while the connection was gone', async () => {
    const [data, none, kept] = [watcher(), watcher(), watcher()];
    await other.create('/y');
    await zk.get('/x', { watcher: data });
    await zk.exists('/none', { watcher: none });
    await zk.get('/y', { watcher: kept });
    server.cutOff(zk);
    await other.set('/x', '2');
    await other.create('/none');
    server.reconnect(zk);
    await server.advance(100);
    await zk.sync();
    expect([data.told, none.told, kept.told]).toEqual([
      [`changed ${EventType.changed}`],
      [`changed ${EventType.created}`],
      [],
    ]);
    await other.delete('/y');
    await zk.sync();
    expect(kept.told).toEqual([`changed ${EventType.deleted}`]);
  });

  test('is told that the session is lost, and then of nothing', async () => {
    const data = watcher();
    await zk.get('/x', { watcher: data });
    const expired = server.expire(zk);
    await server.advance(2_000);
    await expired;
    await other.set('/x', '2');
    await zk.sync();
    expect(data.told).toEqual(['lost']);
  });

  test('is told of nothing once it is forgotten, and others of the same path are', async () => {
    const [gone, kept] = [watcher(), watcher()];
    await zk.get('/x', { watcher: gone });
    await zk.get('/x', { watcher: kept });
    zk.forgetWatcher('/x', gone);
    await other.set('/x', '2');
    await zk.sync();
    expect([gone.told, kept.told]).toEqual([[], [`changed ${EventType.changed}`]]);
  });
});
