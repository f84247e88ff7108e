import { type Client, connect } from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { Command, type Ended } from './command.ts';

/** So that there are many snapshots, and old ones are retired all the time. */
const SNAPSHOT_ENTRIES = 40;
const WRITES = 400;

let ensemble: Ensemble;
let zk: Client;
let env: Readonly<Record<string, string>>;
/** What /app/counter was right after each write of it: the zxid, and the value. */
const written: { readonly zxid: number; readonly value: string; readonly timeMs: number }[] = [];

beforeAll(async () => {
  ensemble = await Ensemble.start(rookery, {
    size: 3,
    configLines: [`snapCount=${SNAPSHOT_ENTRIES}`, 'autopurge.snapRetainCount=1'],
    environment: { ROOKERY_HISTORY_RETAIN_HOURS: '24', ROOKERY_SNAPSHOT_EVERY_BYTES: '65536' },
  });
  const servers = ensemble.members.map(({ endpoint: { host, port } }) => `${host}:${port}`).join(',');
  env = {
    ROOKERY_SERVER: servers,
    ROOKERY_ADMIN: ensemble.members.map(({ plan }) => `127.0.0.1:${plan.adminPort}`).join(','),
  };
  zk = await connect(servers);
  await zk.create('/app', '');
  await zk.create('/app/counter', '');
  for (let i = 0; i < WRITES; i++) {
    const value = `value ${i}`;
    const { mzxid, mtime } = await zk.set('/app/counter', value);
    written.push({ zxid: mzxid, value, timeMs: mtime });
  }
});

afterAll(async () => {
  await zk?.close();
  await ensemble?.remove();
});

const run = (...argv: string[]): Promise<Ended> => new Command([...argv, '--timeout', '20s'], env).ended();

describe('get --at', () => {
  test('shows values right after the writes that made them, long after the log was purged', async () => {
    for (const at of [0, 1, 57, 200, WRITES - 1]) {
      const { zxid, value } = written[at]!;
      expect(await run('get', '/app/counter', '--at', `0x${zxid.toString(16)}`)).toEqual({
        code: 0,
        out: value,
        err: '',
      });
    }
  });
});
