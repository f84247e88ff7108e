import { ErrorCode } from '@rookery/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transferLeadership } from '../../src/admin/leadership-transfer.ts';
import { quotaSets, quotasOf } from '../../src/admin/quota-metrics.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

const FOLDER = '/zookeeper/quota';
const STRICT = 1;

let ensemble: TestEnsemble;

/** One of the members enforces quotas: they are while it leads. */
beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, (serverId) => ({ enforceQuota: serverId === STRICT }));
});

afterAll(() => ensemble.stop());

async function letLead(serverId: number): Promise<TestMember> {
  const wanted = ensemble.members.find((member) => member.serverId === serverId)!;
  await until(
    () => wanted.leads,
    () => `member ${serverId} leads`,
    async () => {
      const leader = ensemble.members.find((member) => member.leads);
      if (leader !== undefined && leader !== wanted)
        await transferLeadership(leader.member, eventLoopScheduler, serverId);
    },
  );
  await ensemble.settled();
  return wanted;
}

async function setQuota(client: TestClient, path: string, limits: string): Promise<void> {
  await client.ask(() => client.create(path));
  await client.ask(() => client.create(`${FOLDER}${path}`));
  await client.ask(() => client.create(`${FOLDER}${path}/zookeeper_limits`, limits));
  await client.ask(() => client.create(`${FOLDER}${path}/zookeeper_stats`, ''));
}

/** A metric of a member, under ZooKeeper's name. */
function metric({ member }: TestMember, name: string): readonly (readonly [string, number])[] {
  return quotaSets(quotasOf(member)).find((set) => set.name === name)!.values;
}

const told = ({ log }: TestMember): unknown[] =>
  log.lines.filter(({ message }) => /quota/.test(message)).map(({ message, fields }) => [message, fields]);

test('a hard limit holds as the leader has it, at whatever member clients ask, and the leader tells of it', async () => {
  const leader = await letLead(STRICT);
  const follower = ensemble.followers[0]!;
  const client = await ensemble.session(follower);
  await setQuota(client, '/strict', 'countHardLimit=2');
  expect((await client.ask(() => client.create('/strict/a'))).err).toBe(ErrorCode.ok);
  for (const name of ['b', 'c'])
    expect((await client.ask(() => client.create(`/strict/${name}`))).err).toBe(ErrorCode.quotaExceeded);
  expect(await client.data(`${FOLDER}/strict/zookeeper_stats`)).toBe('count=2,bytes=0');

  const fields = { path: '/strict', of: 'count', limit: 2, value: 3, hard: true };
  expect(told(leader)).toEqual([['refused a write beyond a quota', fields]]);
  expect(told(follower)).toEqual([]);
  expect(metric(leader, 'quota_exceeded_error_per_namespace')).toEqual([['strict', 2]]);
  expect(metric(follower, 'quota_exceeded_error_per_namespace')).toEqual([]);
  expect(metric(follower, 'quota_count_limit_per_namespace')).toEqual([['strict', 2]]);
  expect(metric(follower, 'quota_bytes_limit_per_namespace')).toEqual([['strict', -1]]);
  expect(metric(follower, 'quota_count_usage_per_namespace')).toEqual([['strict', 2]]);
});

test('a hard limit is told of where the leader does not enforce it, by a member that would', async () => {
  const leader = await letLead(2);
  const strict = ensemble.members.find(({ serverId }) => serverId === STRICT)!;
  const client = await ensemble.session(strict);
  await setQuota(client, '/lenient', 'bytes=1');
  expect((await client.ask(() => client.create('/strict/b'))).err).toBe(ErrorCode.ok);
  expect((await client.ask(() => client.create('/lenient/a', 'xx'))).err).toBe(ErrorCode.ok);
  expect(await client.data(`${FOLDER}/strict/zookeeper_stats`)).toBe('count=3,bytes=0');
  await until(() => told(leader).length === 2);
  expect(told(leader)).toEqual([
    ['a quota is exceeded', { path: '/strict', of: 'count', limit: 2, value: 3, hard: true }],
    ['a quota is exceeded', { path: '/lenient', of: 'bytes', limit: 1, value: 2, hard: false }],
  ]);
  expect(metric(leader, 'quota_exceeded_error_per_namespace')).toEqual([]);
});
