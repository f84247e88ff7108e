import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, CoordinationError, Permission, READ_ACL, TransactionError } from '../src/index.ts';
import { TestServer } from '../src/testing/index.ts';

let server: TestServer;
let zk: Client;

beforeAll(async () => {
  server = await TestServer.start();
  zk = await server.connect();
});

afterAll(() => server.stop());

async function failure(promise: Promise<unknown>): Promise<CoordinationError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CoordinationError);
  return error as CoordinationError;
}

describe('each call', () => {
  test('create says the path and the stat, get the value, set the new stat', async () => {
    const { path, stat } = await zk.create('/a', 'one');
    expect(path).toBe('/a');
    expect(stat).toMatchObject({ version: 0, dataLength: 3, ephemeralOwner: 0n, numChildren: 0 });
    expect((await zk.get('/a')).data.toString()).toBe('one');
    expect(await zk.set('/a', new Uint8Array([0, 255]), { version: 0 })).toMatchObject({ version: 1 });
    const read = await zk.get('/a');
    expect([...read.data]).toEqual([0, 255]);
    expect(read.stat.mzxid).toBeGreaterThan(stat.mzxid);
  });

  test('exists is undefined where there is no such node', async () => {
    expect(await zk.exists('/none')).toBeUndefined();
    expect(await zk.exists('/zookeeper')).toMatchObject({ version: 0 });
  });

  test('a node of each kind is what it is called', async () => {
    await zk.create('/kinds');
    const own = await zk.create('/kinds/e', '', { kind: 'ephemeral' });
    expect(own.stat.ephemeralOwner).toBe(zk.session.id);
    const numbered = await zk.create('/kinds/n-', '', { kind: 'persistent-sequential' });
    expect(numbered.path).toMatch(/^\/kinds\/n-\d{10}$/);
    const both = await zk.create('/kinds/b-', '', { kind: 'ephemeral-sequential' });
    expect(both.path > numbered.path.replace('n-', 'b-')).toBe(true);
    await zk.create('/kinds/c', '', { kind: 'container' });
    expect((await zk.children('/kinds')).names.sort()).toEqual(
      ['e', 'c', numbered.path.slice(7), both.path.slice(7)].sort(),
    );
    expect((await zk.ephemerals('/kinds')).sort()).toEqual([both.path, '/kinds/e'].sort());
    expect(await zk.countDescendants('/kinds')).toBe(4);
    expect(() => zk.create('/kinds/x', '', { kind: 'container', ttlMs: 5 })).toThrow(RangeError);
  });

  test('delete takes a version, and says why it did nothing', async () => {
    await zk.create('/d');
    expect(await failure(zk.delete('/d', { version: 7 }))).toMatchObject({
      code: 'BAD_VERSION',
      operation: 'delete',
      path: '/d',
      retry: 'no',
      serverCode: -103,
    });
    await zk.delete('/d', { version: 0 });
    expect(await failure(zk.delete('/d'))).toMatchObject({
      code: 'NO_NODE',
      message: expect.stringMatching(/\/d/),
    });
  });

  test('an access list is read and set, and holds', async () => {
    await zk.create('/acl', 'x', { acl: READ_ACL });
    expect(await failure(zk.set('/acl', 'y'))).toMatchObject({ code: 'NO_AUTH', retry: 'no' });
    const { acl, stat } = await zk.getAcl('/acl');
    expect([acl, stat.aversion]).toEqual([READ_ACL, 0]);
    await zk.create('/open');
    const list = [{ perms: Permission.read, scheme: 'world', id: 'anyone' }];
    expect(await zk.setAcl('/open', list, { version: 0 })).toMatchObject({ aversion: 1 });
  });

  test('a transaction is done whole, or says the step that could not be', async () => {
    const results = await zk.transaction([
      { do: 'create', path: '/t', data: 'x' },
      { do: 'create', path: '/t/n-', kind: 'persistent-sequential' },
      { do: 'set', path: '/t', data: 'y', version: 0 },
      { do: 'check', path: '/t', version: 1 },
      { do: 'delete', path: '/t/n-0000000000' },
    ]);
    expect(results.map(({ path }) => path)).toEqual([
      '/t',
      '/t/n-0000000000',
      undefined,
      undefined,
      undefined,
    ]);
    expect(results[2]?.stat).toMatchObject({ version: 1 });
    const error = await failure(
      zk.transaction([
        { do: 'set', path: '/t', data: 'z' },
        { do: 'check', path: '/t', version: 9 },
        { do: 'delete', path: '/t' },
      ]),
    );
    expect(error).toBeInstanceOf(TransactionError);
    expect(error).toMatchObject({
      index: 1,
      code: 'BAD_VERSION',
      path: '/t',
      operation: 'check',
      retry: 'no',
    });
    expect((await zk.get('/t')).data.toString()).toBe('y');
  });

  test('calls are answered in the order in which they were made, without waiting for one another', async () => {
    await zk.create('/order', '0');
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        (i % 2 === 0 ? zk.set('/order', String(i)) : zk.get('/order')).then(() => order.push(i)),
      ),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect((await zk.get('/order')).data.toString()).toBe('998');
  });

  test('a value of a megabyte goes both ways', async () => {
    const value = Buffer.alloc(1_000_000, 7);
    await zk.create('/large', value);
    expect((await zk.get('/large')).data.equals(value)).toBe(true);
  });

  test('what a client proves counts from then on, and stands in whoAmI', async () => {
    const other = await server.connect();
    await other.authenticate('digest', 'ann:secret');
    expect(await other.whoAmI()).toContainEqual({ scheme: 'digest', user: 'ann' });
    await other.create('/ann', 'x', { acl: [{ perms: Permission.all, scheme: 'auth', id: '' }] });
    expect(await failure(zk.get('/ann'))).toMatchObject({ code: 'NO_AUTH' });
    server.breakConnections();
    expect((await other.get('/ann')).data.toString()).toBe('x');
    await other.close();
    const proved = await server.connect({ auth: [{ scheme: 'digest', auth: 'ann:secret' }] });
    expect((await proved.get('/ann')).data.toString()).toBe('x');
    await proved.close();
  });

  test('a proof that the server does not believe ends the client, and says so', async () => {
    const other = await server.connect();
    const pending = failure(other.authenticate('no-such-scheme', 'x'));
    expect(await pending).toMatchObject({ code: 'AUTH_FAILED' });
    expect(other.state).toBe('closed');
    expect(await failure(other.get('/'))).toMatchObject({ code: 'CLOSED' });
  });

  test('a path that is none is refused before anybody is asked', () => {
    expect(() => zk.get('a')).toThrow(/"a" is no path/);
    expect(() => zk.create('')).toThrow(RangeError);
  });

  test('sync is answered', async () => {
    await zk.sync('/');
  });
});

describe('with a chroot', () => {
  test('paths are those below it, in both directions', async () => {
    await zk.create('/app');
    await zk.create('/app2');
    const inside = await server.connect({ chroot: '/app' });
    expect((await inside.create('/x', '1')).path).toBe('/x');
    expect((await inside.create('/x/e-', '', { kind: 'ephemeral-sequential' })).path).toBe('/x/e-0000000000');
    expect((await zk.get('/app/x')).data.toString()).toBe('1');
    expect((await inside.children('/')).names).toEqual(['x']);
    expect(await inside.ephemerals()).toEqual(['/x/e-0000000000']);
    const [created] = await inside.transaction([{ do: 'create', path: '/y' }]);
    expect(created?.path).toBe('/y');
    expect(await failure(inside.get('/z'))).toMatchObject({
      path: '/z',
      message: expect.not.stringMatching('app'),
    });
    const changes = inside.watch('/x', { recursive: true });
    expect(await changes.next()).toMatchObject({ value: { type: 'start', path: '/x' } });
    await inside.create('/x/new');
    expect(await changes.next()).toMatchObject({ value: { type: 'created', path: '/x/new' } });
    await inside.close();
  });
});
