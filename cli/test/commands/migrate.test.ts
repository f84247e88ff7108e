import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Ran, Shell } from '../shell.ts';
import { type Answering, type MemberHttp, memberHttp } from './member-http.ts';

let shell: Shell;
let member: MemberHttp;

beforeAll(async () => {
  shell = await Shell.open();
});

beforeEach(async () => {
  member = await memberHttp();
});

afterEach(() => member[Symbol.asyncDispose]());

afterAll(() => shell[Symbol.asyncDispose]());

const run = (...argv: string[]): Promise<Ran> =>
  shell.runWith({ env: member.env }, 'migrate', ...argv, '--timeout', '20s');

const following = {
  phase: 'following',
  leader: 'zk-2:2888',
  zxid: '0x1000013a7',
  lag: 0,
  isExact: true,
  transactions: 5031,
  digestsCompared: 5019,
  nodes: 1563,
  sessions: 8,
  snapshots: 1,
  stopped: [],
};

test('tells how far it is, in words and as it was answered', async () => {
  member.answers['GET /migration'] = following;
  expect(await run()).toEqual({
    code: 0,
    out: 'following zk-2:2888\nzxid 0x1000013a7, in step\n1563 nodes, 8 sessions; 5019 digests of 5031 transactions compared\n',
    err: '',
  });
  const { out } = await run('--json');
  expect(JSON.parse(out)).toEqual(following);
});

test('is not there yet (1) while it holds nothing exact, and says why', async () => {
  member.answers['GET /migration'] = {
    ...following,
    phase: 'connecting',
    isExact: false,
    lag: undefined,
    problem: 'zk-0:2888: refused',
  };
  const { code, out } = await run();
  expect(code).toBe(1);
  expect(out).toMatch(/^connecting.*\nzxid [^\n]*\n[^\n]*\nzk-0:2888: refused\n$/);
});

test('cut and call off are asked for, and what comes of it is told', async () => {
  member.answers['POST /migration/cut'] = { ...following, phase: 'fenced', lag: undefined };
  member.answers['POST /migration/call-off'] = { ...following, phase: 'called-off' };
  expect((await run('cut')).out).toMatch(/^fenced zk-2:2888\nzxid 0x1000013a7\n/);
  expect((await run('call-off')).out).toMatch(/^called-off /);
});

test('a cut that is not made is refused (4) with the reason, which says what to start', async () => {
  const refused: Answering = (reply) =>
    reply
      .writeHead(409)
      .end(
        '{"error": "it runs on; to go on with the former ensemble, start server 1 (a)", "phase": "following"}',
      );
  member.answers['POST /migration/cut'] = refused;
  expect(await run('cut')).toMatchObject({
    code: 4,
    err: 'rookery: it has not taken over: it runs on; to go on with the former ensemble, start server 1 (a)\n',
  });
});

test('several addresses are refused: one process migrates', async () => {
  expect(await run('--admin', '127.0.0.1:1,127.0.0.1:2')).toMatchObject({ code: 4 });
});
