import { CreateMode, ErrorCode, OPEN_ACL, OpCode, writeCreateRecord } from '@rookery/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestEnsemble, until } from './ensemble.ts';
import type { Reply, TestClient } from './test-client.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, { containerCheckIntervalMs: 100 });
});

afterAll(async () => {
  await ensemble.stop();
});

function make(
  client: TestClient,
  op: typeof OpCode.createContainer | typeof OpCode.createTtl,
  path: string,
  ttlMs: number,
): Promise<Reply> {
  const flags = op === OpCode.createTtl ? CreateMode.persistentWithTtl : CreateMode.container;
  const fields = { path, data: undefined, acl: OPEN_ACL, flags, ttlMs };
  return client.ask(() => client.request(op, (writer) => writeCreateRecord(writer, op, fields)));
}

const everywhere = (path: string): boolean[] =>
  ensemble.members.map(({ member }) => member.running!.machine.tree.lookupText(path) >= 0);

test('containers and TTL nodes are made at any member and removed from all when their time is over', async () => {
  const client = await ensemble.session(ensemble.followers[0]!);
  expect((await make(client, OpCode.createContainer, '/held', 0)).err).toBe(ErrorCode.ok);
  expect((await make(client, OpCode.createContainer, '/left', 0)).err).toBe(ErrorCode.ok);
  expect((await make(client, OpCode.createTtl, '/brief', 50)).err).toBe(ErrorCode.ok);
  expect((await make(client, OpCode.createTtl, '/long', 3_600_000)).err).toBe(ErrorCode.ok);
  for (const path of ['/held/x', '/left/x']) await client.ask(() => client.create(path));
  await client.ask(() => client.exists('/left', true));
  await client.ask(() => client.remove('/left/x'));
  // The watcher hears of it as of any deletion.
  expect((await client.reply()).xid).toBe(-1);
  for (const path of ['/left', '/brief']) {
    await until(
      () => !everywhere(path).includes(true),
      () => `${path} is still there: ${everywhere(path)}`,
    );
  }
  for (const path of ['/held', '/long']) expect(everywhere(path)).toEqual([true, true, true]);
  const digests = () => new Set(ensemble.members.map(({ member }) => member.running!.machine.digest()));
  await until(
    () => digests().size === 1,
    () => `the members differ: ${[...digests()]}`,
  );
});
