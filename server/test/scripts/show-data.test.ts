import { NO_BYTES, OpCode } from '@rookery/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fact, factsOf } from '../../scripts/show-data/facts.ts';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';

let ensemble: TestEnsemble;
let member: TestMember;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(1);
  member = ensemble.leader;
  const client = await ensemble.session(member);
  await client.ask(() => client.create('/shown', 'x'));
  const { machine, replica } = member.member.running!;
  replica.decide(
    encodeCommand({ ...emptyCommandHeader(), op: OpCode.raiseFeatureLevel, level: 1 }, NO_BYTES),
  );
  const before = machine.appliedIndex;
  await until(() => machine.appliedIndex > before);
  await ensemble.stop();
});

afterAll(async () => {
  await ensemble.stop();
});

async function facts(): Promise<Fact[]> {
  const disk = member.volume.mount();
  await disk.lock();
  const all: Fact[] = [];
  for await (const fact of factsOf(disk)) all.push(fact);
  await disk.close();
  return all;
}

test('the data folder of a stopped member tells who it is, its term and vote, and each entry with what it does', async () => {
  const all = await facts();
  expect(all.find(({ kind }) => kind === 'identity')).toMatchObject({
    serverId: member.serverId,
    raftId: 1,
    genesis: [1],
  });
  expect(JSON.stringify(all)).not.toContain('secret');
  expect(all.find(({ kind }) => kind === 'hardState')).toMatchObject({ vote: 1, isDoubtful: false });
  const entries = all.filter(({ kind }) => kind === 'entry');
  expect(entries.map(({ index }) => index)).toEqual(
    entries.map((_, at) => (entries[0]!.index as number) + at),
  );
  expect(entries.find(({ op }) => op === 'create')).toMatchObject({ paths: ['/shown'], origin: 1 });
  expect(entries.some(({ op }) => op === 'createSession')).toBe(true);
  expect(entries.filter(({ level }) => level !== undefined)).toMatchObject([
    { op: 'raiseFeatureLevel', level: 1 },
  ]);
});

test('what does not verify is told, and what stands before it', async () => {
  const [log] = member.volume.fileNames().filter((name) => name.startsWith('log/log-'));
  const whole = await facts();
  member.volume.damage(log!, 0, 0xff);
  const left = await facts();
  expect(left.find(({ kind }) => kind === 'segment')).toMatchObject({
    damage: expect.stringContaining('does not verify'),
  });
  expect(left.length).toBeLessThan(whole.length);
});
