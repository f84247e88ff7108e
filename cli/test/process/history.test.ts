import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, connect, isCoordinationError } from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { Command, type Ended } from './command.ts';

/** So that there are many snapshots, and old ones are retired all the time. */
const SNAPSHOT_ENTRIES = 40;
const WRITES = 300;
const SEGMENT_FILE = /^log-/;
const SEGMENT_VALUES = 100;
/** Every member is started twice, on a machine that may be busy. */
const SETTING_UP_MS = 240_000;
const SERVING_MS = 60_000;

interface Written {
  readonly zxid: number;
  readonly value: string;
}

let ensemble: Ensemble;
let servers: string;
let env: Readonly<Record<string, string>>;
/** What /app/counter was right after each write of it. */
const written: Written[] = [];
/** Before and after the subtree was changed. */
let before = 0;
let after = 0;

async function count(zk: Client, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const value = `value ${i}`;
    written.push({ zxid: await setCounter(zk, value), value });
  }
}

/** Whether a write was done over which its leader was lost is looked up: nobody else writes there. */
async function setCounter(zk: Client, value: string): Promise<number> {
  for (;;) {
    try {
      const { data, stat } = await zk.get('/app/counter');
      return data.toString() === value ? stat.mzxid : (await zk.set('/app/counter', value)).mzxid;
    } catch (error) {
      if (!isCoordinationError(error, 'CONNECTION_LOST') && !isCoordinationError(error, 'DEADLINE_EXCEEDED'))
        throw error;
    }
  }
}

/** More than two segments of the log take. */
async function fillSegments(zk: Client): Promise<void> {
  await zk.create('/filling', '');
  const value = Buffer.alloc(1_000_000, 'x');
  for (let i = 0; i < SEGMENT_VALUES; i++) await zk.set('/filling', value);
}

async function change(zk: Client): Promise<void> {
  await zk.create('/app/tree', 'top');
  await zk.create('/app/tree/kept', 'as it was');
  await zk.create('/app/tree/changed', 'one');
  const { stat } = await zk.create('/app/tree/gone', 'soon');
  before = stat.czxid;
  await zk.set('/app/tree/changed', 'two');
  await zk.delete('/app/tree/gone');
  after = (await zk.create('/app/tree/came', 'late')).stat.czxid;
}

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, {
    size: 3,
    configLines: [`snapCount=${SNAPSHOT_ENTRIES}`, 'autopurge.snapRetainCount=1'],
    environment: { ROOKERY_HISTORY_RETAIN_HOURS: '24' },
  });
  servers = ensemble.members.map(({ endpoint: { host, port } }) => `${host}:${port}`).join(',');
  env = {
    ROOKERY_SERVER: servers,
    ROOKERY_ADMIN: ensemble.members.map(({ plan }) => `127.0.0.1:${plan.adminPort}`).join(','),
  };
  const zk = await connect(servers, { auth: [{ scheme: 'digest', auth: 'ann:secret' }] });
  await zk.create('/app', '');
  await zk.create('/app/counter', '');
  await count(zk, 0, WRITES / 3);
  const leader = await ensemble.leader();
  await leader.kill();
  await count(zk, WRITES / 3, (2 * WRITES) / 3);
  leader.start();
  await leader.serving(SERVING_MS);
  await change(zk);
  await fillSegments(zk);
  for (const member of ensemble.members) {
    await member.kill();
    member.start();
    await member.serving(SERVING_MS);
  }
  await count(zk, (2 * WRITES) / 3, WRITES);
  await zk.close();
}, SETTING_UP_MS);

afterAll(async () => {
  await ensemble?.remove();
});

const run = (...argv: string[]): Promise<Ended> => new Command([...argv, '--timeout', '20s'], env).ended();

async function json(...argv: string[]): Promise<Record<string, unknown>[]> {
  const { out } = await run(...argv, '--json');
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const hex = (zxid: number): string => `0x${zxid.toString(16)}`;

describe('an ensemble whose leader was killed and whose members were all started anew', () => {
  test('has retired segments and snapshots, on each member', () => {
    for (const { plan } of ensemble.members) {
      const history = readdirSync(join(plan.folder, 'data', 'history'));
      expect(history.filter((file) => SEGMENT_FILE.test(file)).length).toBeGreaterThan(0);
      expect(history.filter((file) => file.startsWith('snapshot-')).length).toBeGreaterThan(0);
    }
  });

  test('shows values right after the writes that made them', async () => {
    for (const at of [0, WRITES / 3, (2 * WRITES) / 3 + 1, WRITES - 1]) {
      const { zxid, value } = written[at]!;
      expect(await run('get', '/app/counter', '--at', hex(zxid))).toEqual({ code: 0, out: value, err: '' });
      const last = at === 0 ? '' : written[at - 1]!.value;
      expect((await run('get', '/app/counter', '--at', hex(zxid - 1))).out).toBe(last);
    }
  });

  test('says where there was no such node, and what is still to come', async () => {
    const none = await run('get', '/app/nobody', '--at', hex(before));
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('there was no such node');
    const ahead = await run('get', '/app/counter', '--at', '0xfffffffff');
    expect(ahead).toMatchObject({ code: 4, out: '' });
    expect(ahead.err).toContain('the newest write here');
  });

  test('tells every write of a node once, with who and from where', async () => {
    const told = await json('blame', '/app/counter');
    expect(told[0]).toMatchObject({ type: 'created', by: { users: ['ip:127.0.0.1', 'digest:ann'] } });
    expect(told.slice(1).map(({ zxid }) => zxid)).toEqual(written.map(({ zxid }) => zxid));
    expect(JSON.stringify(told)).not.toContain('secret');
    for (const { by } of told) expect([1, 2, 3]).toContain((by as { member: number }).member);
  });

  test('tells in what a subtree differs between two moments', async () => {
    expect(await run('diff', '/app/tree', `@${hex(before)}..@${hex(after)}`)).toEqual({
      code: 1,
      out: '+ /app/tree/came\n! /app/tree/changed  (value)\n- /app/tree/gone\n',
      err: '',
    });
    expect(await run('diff', '/app/tree', `@${hex(after)}`)).toEqual({ code: 0, out: '', err: '' });
  });

  test('follows a subtree from a moment on, each change once, and goes on as it changes', async () => {
    const following = new Command(['follow', '/app', '--from', hex(written[0]!.zxid), '--json'], env);
    const told: { zxid: number; path: string }[] = [];
    const next = async (): Promise<void> => {
      told.push(JSON.parse(await following.line()) as { zxid: number; path: string });
    };
    const expected = written.slice(1).map(({ zxid }) => zxid);
    while (told.filter(({ path }) => path === '/app/counter').length < expected.length) await next();
    const zk = await connect(servers);
    for (let i = 0; i < 5; i++) {
      expected.push((await zk.set('/app/counter', `live ${i}`)).mzxid);
      await next();
    }
    await zk.close();
    following.signal('SIGINT');
    expect((await following.ended()).code).toBe(0);
    expect(told.filter(({ path }) => path === '/app/counter').map(({ zxid }) => zxid)).toEqual(expected);
  });

  test('sets a subtree back by one transaction, once it has said what it would do', async () => {
    const plan = '- /app/tree/came  (version 0)\n! /app/tree/changed  (version 1)\n+ /app/tree/gone\n';
    const dry = await run('undo', '/app/tree', '--to', hex(before), '--dry-run');
    expect(dry).toEqual({ code: 0, out: plan, err: '' });
    expect((await run('undo', '/app/tree', '--to', hex(before))).code).toBe(2);
    expect(await run('undo', '/app/tree', '--to', hex(before), '--yes')).toMatchObject({ code: 0, err: '' });
    expect(await run('diff', '/app/tree', `@${hex(before)}`)).toMatchObject({
      code: 1,
      out: '! /app/tree/gone  (made anew)\n',
    });
    expect((await run('get', '/app/tree/gone')).out).toBe('soon');
    const again = await run('undo', '/app/tree', '--to', hex(before), '--yes');
    expect(again).toMatchObject({ code: 0, out: '' });
  });
});
