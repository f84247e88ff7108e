import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, connect } from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { parseJson } from '../../src/members-http/fields.ts';
import { windowEnsemble } from '../../src/members-http/window-ensemble.ts';
import { Command, type Ended } from './command.ts';

let ensemble: Ensemble;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, { size: 3 });
  const { members } = ensemble;
  env = {
    ROOKERY_SERVER: members.map(({ endpoint: { host, port } }) => `${host}:${port}`).join(','),
    ROOKERY_ADMIN: members.map(({ plan }) => `127.0.0.1:${plan.adminPort}`).join(','),
  };
});

afterAll(() => ensemble.remove());

/** This machine may be busy: nobody is silent because of that. */
const run = (...argv: string[]): Promise<Ended> => new Command([...argv, '--timeout', '20s'], env).ended();

async function json(...argv: string[]): Promise<Record<string, unknown>[]> {
  const { out } = await run(...argv, '--json');
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('an ensemble of three members', () => {
  test('is well, and its status says so in words, in numbers and by the exit code', async () => {
    const { code, out, err } = await run('status');
    expect(err).toBe('');
    expect(out).toMatch(
      /^3 members, member [123] leads in term \d+: any one voter may fail and writes go on\n/,
    );
    expect(code).toBe(0);
    const [status] = await json('status');
    expect(status).toMatchObject({
      state: 'well',
      quorum: { voters: 3, up: 3, needed: 2, margin: 1 },
      members: [1, 2, 3].map((id) => ({ id, votes: true, health: 'ready', by: 'admin', reason: '' })),
      notes: [],
    });
  });

  test('knows its members, and who leads', async () => {
    const found = await json('members');
    expect(found).toMatchObject([1, 2, 3].map((id) => ({ id, votes: true })));
    for (const { address } of found) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    const leader = await ensemble.leader();
    expect(await json('leader')).toMatchObject([{ leader: leader.serverId }]);
    expect((await run('leader')).out).toBe(`member ${leader.serverId}\n`);
  });

  test('is known whole from one member, and what HTTP of the others cannot be found says so', async () => {
    const [first] = ensemble.members;
    const [status] = await json('status', '--admin', `127.0.0.1:${first!.plan.adminPort}`);
    expect(status).toMatchObject({ state: 'well', quorum: { voters: 3, up: 3 } });
    const { members } = status as { members: { health: string }[] };
    expect(members.map(({ health }) => health)).toEqual(['ready', 'silent', 'silent']);
  });

  test('tells by the window of one member how near each of all is to its limits', async () => {
    const { plan } = ensemble.members[0]!;
    const reply = await fetch(`http://127.0.0.1:${plan.adminPort}/window/ensemble`);
    const reports = windowEnsemble(parseJson(await reply.text())!);
    expect(reports.map(({ serverId }) => serverId)).toEqual([1, 2, 3]);
    for (const { limits, durations, leaderChanges, self } of reports) {
      expect(limits.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['limits.connections', 'limits.nodes', 'heap', 'descriptors']),
      );
      expect([...durations.keys()]).toEqual(expect.arrayContaining(['logSync', 'eventLoopDelay']));
      expect(leaderChanges.at(-1)).toMatchObject({ leader: expect.any(Number) });
      expect(self).toMatchObject({ ready: true, version: expect.any(String) });
    }
  });

  test('leadership moves to whom it is told, and to whom it may choose', async () => {
    const before = (await ensemble.leader()).serverId;
    const to = (before % 3) + 1;
    expect(await json('leader', 'move', String(to))).toEqual([{ leader: to, was: before, moved: true }]);
    expect((await ensemble.leader()).serverId).toBe(to);
    expect((await run('leader', 'move', String(to))).out).toBe(`member ${to} leads already\n`);
    const [moved] = await json('leader', 'move');
    expect(moved).toMatchObject({ was: to, moved: true });
    const refused = await run('leader', 'move', '9');
    expect(refused.code).toBe(4);
    expect(refused.err).toMatch(/there is no member 9 in this ensemble; GET \/admin\/members lists/);
  });

  test('sessions are told with their ephemeral nodes, their watches and where they are connected', async () => {
    await using client = await clientOf(1);
    const { path } = await client.zk.create('/here', '', { kind: 'ephemeral' });
    await client.zk.get(path, { watcher: { changed: () => {}, lost: () => {} } });
    const found = await json('sessions');
    const own = found.find(({ session }) => session === `0x${client.zk.session.id.toString(16)}`);
    expect(own).toMatchObject({
      member: 2,
      timeoutMs: 10_000,
      tls: false,
      ephemerals: ['/here'],
      watches: ['/here'],
    });
    expect(own!.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('a snapshot is whole, and readable by its owner alone', async () => {
    const file = join(ensemble.folder, 'tree');
    const [saved] = await json('snapshot', 'save', file);
    const { size, mode } = statSync(file);
    expect(saved).toMatchObject({ file, bytes: size, lastZxid: expect.stringMatching(/^0x[0-9a-f]+$/) });
    expect(mode & 0o777).toBe(0o600);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('ZKSN');
    const [shown] = await json('snapshot', 'show', file);
    expect(shown).toMatchObject({ whole: true, lastZxid: saved!.lastZxid });
    expect(await run('snapshot', 'verify', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining(' is whole: '),
    });
    const again = await run('snapshot', 'save', file);
    expect(again).toMatchObject({
      code: 4,
      err: expect.stringMatching(/one snapshot may be fetched in 300000 ms/),
    });
  });

  test('top tells what each member did, interval by interval', async () => {
    const intervals = await json('top', '--count', '2', '--every', '100ms');
    expect(intervals).toHaveLength(2);
    for (const { members } of intervals)
      expect(members).toMatchObject([1, 2, 3].map((id) => ({ id, opsPerSecond: expect.any(Number) })));
    const { out } = await run('top', '--count', '1', '--every', '100ms');
    expect(out).toMatch(/^\S+\n ID {2}ROLE/);
  });

  test('Ctrl-C is the proper end of top', async () => {
    const top = new Command(['top', '--json', '--every', '100ms', '--timeout', '20s'], env);
    expect(JSON.parse(await top.line())).toMatchObject({ members: [{}, {}, {}] });
    top.signal('SIGINT');
    expect(await top.ended()).toMatchObject({ code: 0, err: '' });
  });

  test('a bench leaves nothing behind, and does not touch what somebody else has', async () => {
    await using client = await clientOf(0);
    const ended = await run('bench', '--seconds', '1', '--connections', '2', '--depth', '2', '--json');
    expect(ended).toMatchObject({ code: 0, err: '' });
    const figures = JSON.parse(ended.out) as { reads: { count: number }; failed: number };
    expect(figures.failed).toBe(0);
    expect(figures.reads.count).toBeGreaterThan(0);
    expect(await client.zk.exists('/rookery-bench')).toBeUndefined();
    await client.zk.create('/theirs', 'value');
    expect(await run('bench', '/theirs')).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^rookery: \/theirs is not empty/),
    });
  });

  test('a member that is killed shows as such, and the exit code says that the margin is gone', async () => {
    const leader = await ensemble.leader();
    const lost = ensemble.members.find((member) => member !== leader)!;
    await lost.kill();
    const { code, out } = await run('status');
    expect(code).toBe(1);
    expect(out).toContain(': one more failure and writes stop\n');
    expect(out).toMatch(
      new RegExp(
        `^member ${lost.serverId} does not answer at 127.0.0.1:${lost.plan.adminPort}: connection refused`,
        'm',
      ),
    );
    const found = await json('doctor');
    expect(found).toContainEqual(
      expect.objectContaining({ check: 'member-away', level: 'wrong', members: [lost.serverId] }),
    );
    const doctor = await run('doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(new RegExp(`^wrong {3}Member ${lost.serverId} does not answer at `, 'm'));
  });

  test('without a quorum nothing is well, and the exit code says that nothing can be written', async () => {
    const alive = ensemble.members.filter((member) => member.alive);
    await alive[0]!.kill();
    // Until then the last one may not have noticed: it steps down once nobody answers it.
    for (;;) {
      const { code, out } = await run('status', '--json');
      const { state } = JSON.parse(out) as { state: string };
      if (state !== 'no-quorum') continue;
      expect(code).toBe(3);
      break;
    }
    const { code, out } = await run('status');
    expect(code).toBe(3);
    expect(out).toContain('no quorum: 1 of 3 voters is there, 2 are needed; nothing can be written');
  });

  test('nobody there is exit code 3, in one line that says whom it has asked', async () => {
    await ensemble.stop();
    const { code, out, err } = await run('status');
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^rookery: no member's HTTP could be reached \(127\.0\.0\.1:\d+: connection refused.*--admin HOST:PORT,HOST:PORT or ROOKERY_ADMIN\n$/,
    );
  });
});

async function clientOf(index: number): Promise<AsyncDisposable & { readonly zk: Client }> {
  const { host, port } = ensemble.members[index]!.endpoint;
  const zk = await connect(`${host}:${port}`);
  return { zk, [Symbol.asyncDispose]: () => zk.close() };
}
