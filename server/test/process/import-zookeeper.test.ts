import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Reader, readAttachReply, Writer, writeAttachRequest } from '@rookery/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FORMER_SESSIONS_BELOW } from '../../src/model/former-session.ts';
import { zookeeperPassword } from '../../src/model/zookeeper-password.ts';
import { freePort } from '../platform/ports.ts';
import { GOLDEN, LAST_ZXID, stateAt } from '../zookeeper-log/golden-files.ts';
import { MemberProcess } from './member-process.ts';
import { sessionAt } from './three-processes.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const run = promisify(execFile);

let folder: string;
let member: MemberProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-import-'));
  mkdirSync(join(folder, 'data'));
  member = new MemberProcess(folder, 1, await freePort(), []);
});

afterEach(() => {
  member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function imported(): Promise<void> {
  const config = join(folder, 'import.cfg');
  writeFileSync(config, `dataDir=${member.data}\nclientPort=${member.clientPort}\n`);
  await run(process.execPath, [MAIN, 'import-zookeeper', '--from', join(GOLDEN, 'none'), config]);
}

/** What a client of ZooKeeper's is answered that shows the session which its files still have. */
async function shown(change: number) {
  const [held] = stateAt(LAST_ZXID).ids.entries();
  const { high, low } = held![1];
  const id = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const password = zookeeperPassword(high, low ^ change);
  const request = new Writer(64);
  writeAttachRequest(request, { id, password, lastZxidSeen: LAST_ZXID, timeoutMs: 40_000, readOnly: false });
  const socket = connect(member.clientPort, '127.0.0.1');
  socket.write(request.copy());
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return readAttachReply(new Reader().reset(reply, 4, reply.length));
}

test('a session of ZooKeeper’s goes on by the id and password that ZooKeeper gave, and holds what it held', async () => {
  await imported();
  member.start();
  await member.serving();
  const { id, timeoutMs } = await shown(0);
  expect([timeoutMs, id > 0n && id < BigInt(FORMER_SESSIONS_BELOW)]).toEqual([40_000, true]);
  expect((await shown(0)).id).toBe(id);
  const client = await sessionAt(member);
  expect(await client.data('/live')).toBe('held');
  client.close();
});

test('it is nobody’s who shows another password', async () => {
  await imported();
  member.start();
  await member.serving();
  expect(await shown(1)).toMatchObject({ id: 0n, timeoutMs: 0 });
});

test('a cluster that began by itself takes no session of ZooKeeper’s', async () => {
  member.start();
  await member.serving();
  const client = await sessionAt(member);
  for (let i = 0; i < LAST_ZXID; i++) await client.ask(() => client.create(`/n${i}`));
  client.close();
  expect(await shown(0)).toMatchObject({ id: 0n, timeoutMs: 0 });
});

test('where there are data of a member already nothing is imported', async () => {
  await imported();
  await expect(imported()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('holds the data of a member'),
  });
});
