import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { successorOf } from '../../src/commands/leader.ts';
import { member as memberOf } from '../ensemble-status/answers.ts';
import { type Ran, Shell } from '../shell.ts';
import { type Answering, adminMembers, type MemberHttp, memberHttp } from './member-http.ts';

let shell: Shell;
let member: MemberHttp;
let folder: string;

beforeAll(async () => {
  shell = await Shell.open();
  folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'));
});

beforeEach(async () => {
  member = await memberHttp();
});

afterEach(() => member[Symbol.asyncDispose]());

afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const run = (...argv: string[]): Promise<Ran> =>
  shell.runWith({ env: member.env }, ...argv, '--timeout', '20s');

describe('snapshot save', () => {
  const saved = (bytes: string, said: number): Answering => {
    return (reply) => {
      reply.writeHead(200, { last_zxid: '0x9', snapshot_size: String(said) });
      reply.end(bytes);
    };
  };

  test.each([
    ['breaks off', saved('ZKSN123', 99), 3, /the snapshot broke off: 7 of 99 bytes came; try again/],
    ['is no snapshot', saved('<html>', 6), 4, /what came is no snapshot of ZooKeeper's format/],
    [
      'breaks off with the connection',
      (reply: Parameters<Answering>[0]) => {
        reply.writeHead(200, { last_zxid: '0x9', 'content-length': '99' });
        reply.write('ZKSN', () => reply.destroy());
      },
      3,
      /the snapshot broke off after \d bytes: .*; try again/,
    ],
    [
      'is refused',
      (reply: Parameters<Answering>[0]) =>
        reply.writeHead(429).end('{"command": "snapshot", "error": "one may be fetched in 300000 ms"}'),
      4,
      /^rookery: no snapshot from 127\.0\.0\.1:\d+: one may be fetched in 300000 ms$/m,
    ],
  ])('leaves the file as it was where what comes %s', async (_how, answer, code, told) => {
    member.answers['GET /commands/snapshot'] = answer;
    const file = join(folder, 'tree');
    writeFileSync(file, 'before');
    const ran = await run('snapshot', 'save', file);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(told);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['tree']);
  });

  test('goes to stdout, as it is', async () => {
    member.answers['GET /commands/snapshot'] = saved('ZKSN\0', 5);
    expect(await run('snapshot', 'save', '-')).toEqual({ code: 0, out: 'ZKSN\0', err: '' });
  });

  test('says where a file cannot be written', async () => {
    member.answers['GET /commands/snapshot'] = saved('ZKSN\0', 5);
    expect(await run('snapshot', 'save', '/no/folder/tree')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^rookery: \/no\/folder\/tree cannot be written: ENOENT/),
    });
  });
});

describe('sessions', () => {
  test('says so where no client has one', async () => {
    member.answers['GET /commands/connections'] = { connections: [], secure_connections: [] };
    const said = { code: 0, out: '', err: 'rookery: no client has a session\n' };
    expect(await run('sessions')).toEqual(said);
    expect(await run('sessions', '--json')).toEqual(said);
  });
});

describe('leader move', () => {
  test('what the leader refuses is told in its words', async () => {
    member.answers['POST /admin/leadership'] = (reply: Parameters<Answering>[0]) =>
      reply
        .writeHead(409)
        .end('{"code": "not-connected", "message": "member 2 is not connected", "help": "wait"}');
    expect(await run('leader', 'move', '2')).toEqual({
      code: 4,
      out: '',
      err: 'rookery: leadership stays with member 1: member 2 is not connected; wait\n',
    });
  });

  test('waits until the new leader is seen to lead', async () => {
    member.answers['POST /admin/leadership'] = (reply: Parameters<Answering>[0]) => {
      member.answers['GET /admin/members'] = adminMembers(1, 3);
      reply.end('{"leader": 3}');
    };
    expect(await run('leader', 'move', '3')).toEqual({
      code: 0,
      out: 'member 3 leads now; it was member 1\n',
      err: '',
    });
  });

  test('is not tried where the leader is not reached', async () => {
    member.answers['GET /admin/members'] = adminMembers(1, 2);
    expect(await run('leader', 'move')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^rookery: the leader was not reached, and it alone can hand over/),
    });
  });

  test.each(['0', 'two', '1.5', '-1'])('%s is no member', async (to) => {
    expect((await run('leader', 'move', '--', to)).code).toBe(2);
  });

  test('the best successor is ready, votes, has room and is the least behind', () => {
    const full = { disk: { freeBytes: 0, room: 2 } };
    const members = [
      memberOf(1, { lagEntries: 5 }),
      memberOf(2),
      memberOf(3, { lagEntries: 3 }),
      memberOf(4, { ...full, lagEntries: 0 }),
      memberOf(5, { votes: false }),
      memberOf(6, { health: 'draining' }),
    ];
    expect(successorOf(members)).toBe(3);
    expect(() => successorOf([memberOf(2)])).toThrow(/no other voter is known to be ready/);
  });
});

describe('top', () => {
  test('on a terminal stays on one screen', async () => {
    member.answers['GET /metrics'] = (reply: Parameters<Answering>[0]) => reply.end('rookery_info 1\n');
    const argv = ['top', '--count', '2', '--every', '1ms', '--timeout', '20s'];
    const { code, out } = await shell.runWith(
      { env: { ...member.env, NO_COLOR: '1' }, terminal: true },
      ...argv,
    );
    expect(code).toBe(0);
    expect(out.split('\u001b[H\u001b[J')).toHaveLength(3);
  });
});

describe('doctor', () => {
  const limits = [{ name: 'heap', what: 'memory', used: 99, most: 100, unit: 'bytes' }];

  test('asks the window of a member how near limits are, of all members', async () => {
    const reports = [1, 3].map((serverId) => ({ report: { status: { serverId }, limits } }));
    member.answers['GET /window/ensemble'] = { members: reports };
    const { out } = await run('doctor', '--json');
    const found = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(found).toContainEqual(expect.objectContaining({ check: 'heap', level: 'wrong', members: [1, 3] }));
  });

  test('says nothing of limits where the member is of a release without a window', async () => {
    const { out, err } = await run('doctor', '--json');
    expect(out).not.toContain('heap');
    expect(err).not.toContain('window');
  });
});

describe('bench', () => {
  test('is bounded, and not for /', async () => {
    expect(await run('bench', '/')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/name a path of its own/),
    });
    expect(await run('bench', '--seconds', '601')).toMatchObject({
      code: 2,
      err: 'rookery: --seconds 601 is too much or too little: it is from 1 to 600\n',
    });
  });
});

test('what answers at --admin and is no member is told apart', async () => {
  delete member.answers['GET /admin/members'];
  expect(await run('status')).toMatchObject({
    code: 3,
    err: expect.stringMatching(
      /something else answers there \(404 to GET \/admin\/members\): is --admin right\?/,
    ),
  });
});
