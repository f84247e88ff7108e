import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;

beforeAll(async () => {
  shell = await Shell.open();
  await plant(shell.zk, {
    '/app': 'eight',
    '/app/b': '',
    '/app/a': '12345',
    '/app/a/x': '1',
    '/app/a/y': '2',
  });
  await shell.zk.create('/app/e', 'me', { kind: 'ephemeral' });
  await shell.zk.create('/binary', Buffer.from([0, 255, 10]));
});

afterAll(() => shell[Symbol.asyncDispose]());

describe('ls', () => {
  test('names the children in order, one a line', async () => {
    expect(await shell.run('ls', '/app')).toEqual({ code: 0, out: 'a\nb\ne\n', err: '' });
    expect(await shell.run('ls', '/app/b')).toEqual({ code: 0, out: '', err: '' });
  });

  test('-l sets version, children, bytes, time and owner below their titles', async () => {
    const { out } = await shell.run('ls', '-l', '/app');
    const session = `0x${shell.zk.session.id.toString(16)}`;
    expect(out.split('\n')).toEqual([
      'VERSION  CHILDREN     BYTES  MODIFIED              OWNER               NAME',
      expect.stringMatching(/^ {6}0 {9}2 {9}5 {2}2026-01-01T00:00:\d\dZ {2}- {17} {2}a$/),
      expect.stringMatching(/ - {17} {2}b$/),
      expect.stringMatching(new RegExp(` ${session.padEnd(18)}  e$`)),
      '',
    ]);
  });

  test('--json gives an object of each, with -l its stat', async () => {
    expect(await shell.json('ls', '/app/a')).toEqual([
      { name: 'x', path: '/app/a/x' },
      { name: 'y', path: '/app/a/y' },
    ]);
    expect(await shell.json('ls', '-l', '/app/a')).toMatchObject([
      { path: '/app/a/x', stat: { ephemeralOwner: null, dataLength: 1 } },
      { path: '/app/a/y' },
    ]);
  });

  test('says in one line that there is no such node, with exit code 1', async () => {
    expect(await shell.run('ls', '/none')).toEqual({
      code: 1,
      out: '',
      err: 'rookery: children /none: there is no such node; see what there is: rookery ls PARENT\n',
    });
  });

  test('a chroot, and a path with its ensemble, lead to the same', async () => {
    expect((await shell.run('--server', '127.0.0.1:2181/app', 'ls', '/a')).out).toBe('x\ny\n');
    expect((await shell.run('ls', '/a', '--server', '127.0.0.1:2181/app')).out).toBe('x\ny\n');
    expect((await shell.runWith({ env: { ROOKERY_SERVER: 'other:2181' } }, 'ls', '/')).out).toBe(
      'zookeeper\n',
    );
    expect((await shell.run('ls', 'other:2181/')).out).toBe('zookeeper\n');
  });

  test('slashes at the end of a path are none', async () => {
    expect((await shell.run('ls', '/app/a//')).out).toBe('x\ny\n');
  });
});

describe('tree', () => {
  test('draws the subtree', async () => {
    expect((await shell.run('tree', '/app')).out).toBe('/app\n├── a\n│   ├── x\n│   └── y\n├── b\n└── e\n');
  });

  test('--depth ends it, and says how much is below', async () => {
    expect((await shell.run('tree', '/app', '--depth', '1')).out).toBe(
      '/app\n├── a  (2 below)\n├── b\n└── e\n',
    );
  });

  test('--json gives an object of each node, parents first', async () => {
    expect(await shell.json('tree', '/app/a')).toMatchObject([
      { path: '/app/a', depth: 0 },
      { path: '/app/a/x', depth: 1 },
      { path: '/app/a/y', depth: 1, stat: { numChildren: 0 } },
    ]);
  });

  test('leaves out what may not be read, says so, and ends with 4', async () => {
    await plant(shell.zk, { '/partly': '', '/partly/shown': '' });
    await shell.zk.create('/partly/hidden', '', { acl: [{ perms: 16, scheme: 'world', id: 'anyone' }] });
    const { code, out, err } = await shell.run('tree', '/partly');
    expect([code, out]).toEqual([4, '/partly\n└── shown\n']);
    expect(err).toMatch(/^rookery: \/partly\/hidden: left out, .*--user\n$/);
  });
});

describe('get and stat', () => {
  test('get gives the bytes as they are', async () => {
    expect((await shell.run('get', '/binary')).code).toBe(0);
    expect([...shell.bytes]).toEqual([0, 255, 10]);
    expect((await shell.run('get', '/app')).out).toBe('eight');
    expect((await shell.run('get', '/app/b')).out).toBe('');
  });

  test('a terminal gets the end of the line that the value lacks', async () => {
    expect((await shell.runWith({ terminal: true }, 'get', '/app')).out).toBe('eight\n');
  });

  test('get --stat sets the stat below the value', async () => {
    const { out } = await shell.run('get', '--stat', '/app/a');
    expect(out).toMatch(/^12345\nephemeral owner {3}-\nversion {11}0\nchildren {10}2\nbytes {13}5\ncreated/);
  });

  test('--json gives text where the value is UTF-8, else base64', async () => {
    expect(await shell.json('get', '/app')).toMatchObject([{ path: '/app', text: 'eight' }]);
    expect(await shell.json('get', '/binary')).toMatchObject([{ base64: 'AP8K', stat: { dataLength: 3 } }]);
  });

  test('stat tells of a node, and with 1 that there is none', async () => {
    expect(await shell.json('stat', '/app/e')).toMatchObject([
      { stat: { ephemeralOwner: `0x${shell.zk.session.id.toString(16)}` } },
    ]);
    const missing = await shell.run('stat', '/none');
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^rookery: \/none: there is no such node/),
    });
  });
});

describe('sync and whoami', () => {
  test('sync says nothing', async () => {
    expect(await shell.run('sync')).toEqual({ code: 0, out: '', err: '' });
    expect(await shell.json('sync', '/app')).toEqual([{ path: '/app' }]);
  });

  test('whoami names every identity, the proved one among them', async () => {
    expect((await shell.run('whoami')).out).toBe('ip:127.0.0.1\n');
    const proved = await shell.runWith({ env: { ROOKERY_PASSWORD: 'secret' } }, 'whoami', '--user', 'ann');
    expect(proved.out).toBe('ip:127.0.0.1\ndigest:ann\n');
    expect(await shell.json('whoami')).toEqual([{ identities: [{ scheme: 'ip', id: '127.0.0.1' }] }]);
  });

  test('a user without a password is asked for one in words', async () => {
    const { code, err } = await shell.run('whoami', '--user', 'ann');
    expect([code, err]).toEqual([
      2,
      'rookery: what is the password of ann? set ROOKERY_PASSWORD, or say --password-file FILE\n',
    ]);
  });
});
