import { ErrorCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { FEATURE_LEVELS, KEEPER_LEVEL } from '../../src/model/feature-level.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import { TestEnsemble, until } from '../connections/ensemble.ts';
import { filter, KeeperClient, op, type Step, steps } from './keeper-client.ts';

/** xid 1, zxid −1, unimplemented: what ZooKeeper answers to an operation that nobody has, before it closes. */
const UNKNOWN = `00000001${'ff'.repeat(8)}fffffffa`;

const READS: readonly Step[] = [
  steps.filteredList('/', filter.all),
  steps.detailedList('/', filter.all, true, true),
  steps.listRecursive('/', 10),
  steps.checkNotExists('/none'),
  steps.checkStat('/', {}),
];
const WRITES: readonly Step[] = [
  steps.createIfNotExists('/a'),
  steps.removeRecursive('/a', 10),
  steps.tryRemove('/a'),
];

describe('where ClickHouse Keeper’s operations are not switched on, all is as it was', () => {
  let ensemble: TestEnsemble;
  let client: KeeperClient;

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(1, { audit: { enabled: true } });
    client = await KeeperClient.begin(ensemble.leader.port);
  });

  afterAll(async () => {
    client?.raw.close();
    await ensemble?.stop();
  });

  test.each([...READS, ...WRITES])('nobody has operation $op', async ({ op: number, record }) => {
    const other = await KeeperClient.begin(ensemble.leader.port);
    const { frame } = await other.raw.ask(number, record);
    expect(frame.toString('hex')).toBe(UNKNOWN);
    await other.raw.closed();
  });

  test.each([...WRITES, READS[3]!, READS[4]!])('a multi of operation $op cannot be read', async (step) => {
    const before = ensemble.leader.audited.length;
    const { err } = await client.multi(steps.create('/a'), step);
    expect(err).toBe(ErrorCode.marshallingError);
    expect(await client.isThere('/a')).toBe(false);
    expect(ensemble.leader.audited.length).toBe(before);
    expect((await client.multiRead(step)).err).toBe(ErrorCode.marshallingError);
  });

  test.each([READS[0]!, READS[1]!, READS[2]!, steps.exists('/')])(
    'a multiRead does not take operation $op',
    async (step) => {
      expect((await client.multiRead(step)).err).toBe(ErrorCode.marshallingError);
    },
  );

  test('a multiRead leaves no watch, and /keeper is a name like any other', async () => {
    expect((await client.multiRead(steps.simpleList('/', true))).err).toBe(0);
    expect(await client.code(steps.get('/keeper/feature_flags'))).toBe(ErrorCode.noNode);
    expect(await client.code(steps.create('/keeper', 'mine'))).toBe(0);
    expect((await client.ask(steps.get('/keeper'))).record.data()).toBe('mine');
    expect(await client.raw.told()).toEqual([]);
  });
});

describe('where not every member knows ClickHouse Keeper’s writes', () => {
  const former: Build = { ...THIS_BUILD, levels: FEATURE_LEVELS.filter(({ level }) => level < KEEPER_LEVEL) };
  let ensemble: TestEnsemble;
  let client: KeeperClient;

  const flags = async (): Promise<string> => {
    const { record } = await client.ask(steps.get('/keeper/feature_flags'));
    return Buffer.from(record.data()!, 'latin1').toString('hex');
  };

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(
      3,
      (serverId) => ({
        dialects: { clickHouseKeeper: serverId === 1, pagedChildren: false },
        membership: 'admin',
      }),
      {},
      undefined,
      (serverId) => (serverId === 3 ? former : THIS_BUILD),
    );
    client = await KeeperClient.begin(ensemble.members[0]!.port);
  });

  afterAll(async () => {
    client?.raw.close();
    await ensemble?.stop();
  });

  test('reads are answered, writes are not proposed, and clients can see which is which', async () => {
    for (const read of READS) expect(await client.code(read)).toBe(0);
    expect((await client.multiRead(...READS.slice(0, 3))).outcomes.map(({ err }) => err)).toEqual([0, 0, 0]);
    for (const write of WRITES) expect(await client.code(write)).toBe(ErrorCode.unimplemented);
    expect((await client.multi(steps.create('/a'), READS[3]!)).err).toBe(ErrorCode.unimplemented);
    expect(await client.isThere('/a')).toBe(false);
    expect(await flags()).toBe('c5b8');
  });

  test('until they do, and an operator says so', async () => {
    const [third] = ensemble.members.slice(2);
    await third!.stop();
    third!.build = THIS_BUILD;
    await third!.start();
    await ensemble.settled();
    await until(
      () => ensemble.members.every(({ member }) => member.running?.machine.featureLevel === KEEPER_LEVEL),
      () => 'the level',
      async () => {
        const leader = ensemble.members.find((member) => member.leads);
        if (leader === undefined) return;
        await memberView(leader.member, eventLoopScheduler, NOTHING_COUNTED).raiseFeatureLevel(KEEPER_LEVEL);
      },
    );
    expect(await flags()).toBe('fff8');
    expect(await client.code(steps.createIfNotExists('/a'))).toBe(0);
    const { outcomes } = await client.multi(steps.tryRemove('/a'), steps.checkNotExists('/a'));
    expect(outcomes.map(({ type }) => type)).toEqual([op.tryRemove, op.checkNotExists]);
  });
});
