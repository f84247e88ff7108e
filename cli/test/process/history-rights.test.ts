import { type AclList, type Client, connect } from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { Command, type Ended } from './command.ts';

const ALL = 31;
const READ = 1;
const ANYONE: AclList = [{ scheme: 'world', id: 'anyone', perms: ALL }];

let ensemble: Ensemble;
let ann: Client;
let env: Readonly<Record<string, string>>;
let http: string;
/** Only those who prove what she does. */
const hers: AclList = [{ scheme: 'auth', id: '', perms: ALL }];
const readable: AclList = [...hers, { scheme: 'world', id: 'anyone', perms: READ }];
const moments = { before: 0, after: 0 };

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, {
    size: 1,
    environment: { ROOKERY_HISTORY_RETAIN_HOURS: '1' },
  });
  const [member] = ensemble.members;
  const server = `${member!.endpoint.host}:${member!.endpoint.port}`;
  http = `127.0.0.1:${member!.plan.adminPort}`;
  env = { ROOKERY_SERVER: server, ROOKERY_ADMIN: http };
  ann = await connect(server, { auth: [{ scheme: 'digest', auth: 'ann:hers' }] });
  await ann.create('/opened', 'secret', { acl: hers });
  await ann.create('/closed', 'public', { acl: ANYONE });
  await ann.create('/parent', '', { acl: ANYONE });
  await ann.create('/parent/gone', 'public', { acl: ANYONE });
  moments.before = (await ann.create('/readable', 'public', { acl: readable })).stat.czxid;
  await ann.setAcl('/opened', ANYONE);
  await ann.setAcl('/closed', hers);
  await ann.setAcl('/parent', hers);
  await ann.delete('/parent/gone');
  moments.after = (await ann.set('/readable', 'still')).mzxid;
});

afterAll(async () => {
  await ann?.close();
  await ensemble?.remove();
});

const run = (who: 'ann' | 'bob', ...argv: string[]): Promise<Ended> =>
  new Command([...argv, '--user', who, '--timeout', '20s'], {
    ...env,
    ROOKERY_PASSWORD: who === 'ann' ? 'hers' : 'his',
  }).ended();

const then = (path: string): string[] => ['get', path, '--at', String(moments.before)];

describe('nobody is told more of the past than they could have read then and may read now', () => {
  test.each(['/opened', '/closed', '/parent/gone'])('%s', async (path) => {
    expect(await run('bob', ...then(path))).toMatchObject({ code: 4, out: '' });
    const allowed = await run('ann', ...then(path));
    expect(allowed).toMatchObject({ code: 0, err: '' });
    expect(['secret', 'public']).toContain(allowed.out);
  });

  test('a subtree has what they may read, and its changes are those of that', async () => {
    const dump = async (who: 'ann' | 'bob'): Promise<string> =>
      (await run(who, 'blame', '-r', '/', '--json')).out;
    expect(await dump('ann')).toContain('/parent/gone');
    const his = await dump('bob');
    expect(his).toContain('/readable');
    for (const path of ['/closed', '/parent/gone']) expect(his).not.toContain(path);
  });

  test('who wrote is told to those who may change the access list', async () => {
    const told = await run('bob', 'blame', '/readable', '--json');
    const lines = told.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { zxid: number; by: unknown });
    expect(lines.map(({ by }) => by)).toEqual([null, null]);
    expect(lines.at(-1)?.zxid).toBe(moments.after);
    expect((await run('ann', 'blame', '/readable', '--json')).out).toContain('"digest:ann"');
  });

  test('whoever says nothing of themselves, or what is not so, is not told anything; nor is a page of another site', async () => {
    const url = `http://${http}/history/node?path=/readable&zxid=${moments.before}`;
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(url, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'nothing' })).toBe(401);
    expect(await status({ authorization: 'Bearer nothing' })).toBe(401);
    expect(await status({ authorization: 'ip', origin: 'http://elsewhere.example' })).toBe(403);
    expect(await status({ authorization: 'ip' })).toBe(200);
  });
});
