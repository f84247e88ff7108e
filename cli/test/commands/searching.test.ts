import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plant, Shell } from '../shell.ts';

let shell: Shell;
let session: string;

beforeAll(async () => {
  shell = await Shell.open();
  session = `0x${shell.zk.session.id.toString(16)}`;
  await plant(shell.zk, {
    '/app': 'Colour=blue\nsize=1',
    '/app/worker-1': 'colour=red',
    '/app/worker-2': 'x'.repeat(11_000),
    '/app/other': '',
  });
  await shell.zk.create('/app/live', '', { kind: 'ephemeral' });
  await shell.zk.create('/app/raw', Buffer.from('\u0000colour\u0000'));
});

afterAll(() => shell[Symbol.asyncDispose]());

describe('find', () => {
  test('without a wish names all nodes', async () => {
    expect((await shell.run('find', '/app')).out.split('\n')).toHaveLength(7);
  });

  test.each([
    [['--name', 'worker-*'], '/app/worker-1\n/app/worker-2\n'],
    [['--name', '*-[!1]'], '/app/worker-2\n'],
    [['--ephemeral'], '/app/live\n'],
    [['--larger', '10k'], '/app/worker-2\n'],
    [['--larger', '10k', '--name', '*-1'], ''],
    [['--older', '59m', '--name', 'oth?r'], '/app/other\n'],
    [['--older', '61m'], ''],
  ])('%j finds %j', async (wishes, out) => {
    expect(await shell.run('find', '/app', ...wishes)).toEqual({ code: out === '' ? 1 : 0, out, err: '' });
  });

  test('--json gives path and stat', async () => {
    expect(await shell.json('find', '/app', '--ephemeral')).toMatchObject([
      { path: '/app/live', stat: { ephemeralOwner: session } },
    ]);
  });
});

describe('grep', () => {
  test('looks into names and the lines of values, and tells of binary ones as such', async () => {
    expect((await shell.run('grep', '-i', 'colour', '/app')).out).toBe(
      '/app:1: Colour=blue\n/app/raw (its value, which is binary)\n/app/worker-1:1: colour=red\n',
    );
    expect((await shell.run('grep', '^other$', '/app')).out).toBe('/app/other (its name)\n');
    expect((await shell.run('grep', 'green', '/app')).code).toBe(1);
  });

  test('--json says where', async () => {
    expect(await shell.json('grep', 'size|other|colour.?$', '/app')).toEqual([
      { path: '/app', where: 'value', line: 2, text: 'size=1' },
      { path: '/app/other', where: 'name' },
      { path: '/app/raw', where: 'binary' },
    ]);
  });

  test('a bad expression is told', async () => {
    const { code, err } = await shell.run('grep', '(', '/app');
    expect([code, err]).toEqual([2, expect.stringMatching(/^rookery: "\(" is no regular expression: .*\n$/)]);
  });
});

describe('locks', () => {
  test('says who holds and who waits, of each lock below', async () => {
    const { zk } = shell;
    await plant(zk, { '/locks': '', '/locks/kazoo': '', '/locks/rw': '', '/locks/none': '' });
    const own = { kind: 'ephemeral-sequential' } as const;
    const first = await zk.create('/locks/kazoo/ffff__lock__', 'worker-1', own);
    const second = await zk.create('/locks/kazoo/0000__lock__', 'worker-2', own);
    for (const name of ['_c_1-__READ__', '_c_2-__READ__', '_c_3-__WRIT__', '_c_4-__READ__'])
      await zk.create(`/locks/rw/${name}`, '', own);
    const { code, out } = await shell.run('locks', '/locks');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '/locks/kazoo  (kazoo)',
      expect.stringMatching(
        new RegExp(
          `^ {2}holds {2}exclusive {2}session ${session} {2}since 2026-01-01T00:00:..Z \\(.*\\) {2}${first.path.slice(13)} {2}"worker-1"$`,
        ),
      ),
      expect.stringMatching(new RegExp(`^ {2}waits .* ${second.path.slice(13)} {2}"worker-2"$`)),
      '/locks/rw  (Curator)',
      expect.stringMatching(/^ {2}holds {2}read .*_c_1/),
      expect.stringMatching(/^ {2}holds {2}read .*_c_2/),
      expect.stringMatching(/^ {2}waits {2}write .*_c_3/),
      expect.stringMatching(/^ {2}waits {2}read .*_c_4/),
      '',
    ]);
    expect(await shell.json('locks', '/locks/kazoo')).toEqual([
      {
        path: '/locks/kazoo',
        recipe: 'kazoo',
        holders: [
          {
            node: first.path.slice(13),
            kind: 'exclusive',
            session,
            since: expect.any(String),
            text: 'worker-1',
          },
        ],
        waiters: [
          {
            node: second.path.slice(13),
            kind: 'exclusive',
            session,
            since: expect.any(String),
            text: 'worker-2',
          },
        ],
      },
    ]);
  });

  test('none is the answer 1', async () => {
    expect(await shell.run('locks', '/locks/none')).toEqual({ code: 1, out: '', err: '' });
  });
});
