import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../../testkit/src/random.ts';
import { ClientSession } from '../../../testkit/src/session.ts';
import { BackupCommand } from '../backup/backup-command.ts';
import { S3Server } from '../backup/s3-server.ts';
import type { Context, Scenario } from '../scenario.ts';

/** Three pieces of an upload. */
const NODES = 60;
const NODE_BYTES = 700_000;

export const backupsS3: Scenario = {
  name: 'backups-s3',
  proves:
    'a bucket of a real server of S3 keeps encrypted backups of several pieces, and gives them back; one that refuses, is not there, is cut off in the middle or is slow costs no backup and no data folder',
  against: ['rookery'],
  needs: ['go', 's3'],
  run: async (context) => {
    const server = await S3Server.start(context);
    try {
      return await inBucket(context, server);
    } finally {
      server.stop();
    }
  },
};

async function inBucket(context: Context, server: S3Server): Promise<string> {
  const key = randomBytes(32).toString('hex');
  context.secret('the key of the archive', key);
  context.secret('the secret of the bucket', server.credentials.AWS_SECRET_ACCESS_KEY!);
  const keyFile = join(context.folder, 'key');
  writeFileSync(keyFile, key, { mode: 0o600 });
  const commandWith = (
    flags: readonly string[],
    credentials = server.credentials,
    archive = server.archive,
  ) => new BackupCommand(archive, [...flags, '--key-file', keyFile], credentials);
  const bucket = commandWith(server.flags);
  const ensemble = await context.startEnsemble({ size: 1 });
  const [member] = ensemble.members;
  const from = ['--member', `http://127.0.0.1:${member!.plan.adminPort}`];
  const data = new Random(context.seed).bytes(NODE_BYTES);
  const session = await ClientSession.connect(member!.endpoint);
  for (let i = 0; i < NODES; i++) await session.create(`/n-${i}`, Buffer.from(data));

  // Cut off in the middle of an upload: no backup, and nothing of it for whoever lists.
  server.cutSentAfterBytes = 3_000_000;
  assert.equal((await bucket.failure('create', from)).code, 'destination');
  server.cutSentAfterBytes = undefined;
  assert.deepEqual(await bucket.list(), []);

  await bucket.run('create', from);
  await session.create('/later', Buffer.from('later'));
  await bucket.run('create', from);
  const listed = await bucket.list();
  assert.deepEqual(
    listed.map(({ snapshotIndex }) => snapshotIndex !== null),
    [true, false],
  );
  await session.close();

  const other = { ...server.credentials, AWS_SECRET_ACCESS_KEY: 'another' };
  for (const [what, command] of [
    ['another secret', commandWith(server.flags, other)],
    ['no such bucket', commandWith(server.flags, undefined, 's3://nowhere/demo')],
  ] as const)
    for (const doing of [['create', ...from], ['list'], ['verify']]) {
      const { code, message } = await command.failure(doing[0]!, doing.slice(1));
      assert.equal(code, 'destination', `${what}: ${doing[0]}`);
      assert.match(message, /40[34]/, `${what}: ${message}`);
    }
  assert.deepEqual(await bucket.list(), listed, 'what was refused has changed the archive');

  await member!.kill();
  const folder = join(member!.plan.folder, 'data');
  for (const name of readdirSync(folder))
    if (name !== 'myid') rmSync(join(folder, name), { recursive: true });
  // Cut off in the middle of a download: nothing is there, not even a piece.
  server.cutAfterBytes = 5_000_000;
  const restore = ['--', member!.plan.config];
  assert.equal((await bucket.failure('restore', restore)).code, 'destination');
  assert.ok(
    !existsSync(join(folder, 'member')) && !existsSync(join(folder, 'log')),
    'half a restore is there',
  );
  server.cutAfterBytes = undefined;
  server.delayMs = 5;
  const beganMs = performance.now();
  await bucket.run('verify');
  const told = await bucket.run('restore', restore);
  const tookMs = Math.round(performance.now() - beganMs);
  assert.equal(told.zxid, listed.at(-1)!.lastZxid);
  member!.start();
  await ensemble.serving();
  const reader = await ClientSession.connect(member!.endpoint);
  for (let i = 0; i < NODES; i++)
    assert.ok((await reader.get(`/n-${i}`)).data.equals(Buffer.from(data)), `/n-${i} is another one`);
  assert.equal((await reader.get('/later')).data.toString(), 'later');
  await reader.close();
  return `${NODES} nodes of ${NODE_BYTES} bytes there and back, verified and restored over a slow wire in ${tookMs} ms`;
}
