import { afterAll, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';

let ensemble: TestEnsemble;

afterAll(async () => {
  await ensemble.stop();
});

test('a member that reads its data is starting, under its own id: it never looks like one that has lost them', async () => {
  ensemble = await TestEnsemble.start(3, { snapshotEveryEntries: 20 });
  const client = await ensemble.session(ensemble.leader);
  for (let i = 0; i < 100; i++) await client.ask(() => client.create(`/n${i}`, 'x'.repeat(10_000)));
  const [restarted] = ensemble.followers as [TestMember];
  const statusOf = () => memberView(restarted.member, eventLoopScheduler, NOTHING_COUNTED).status();
  const { raftId, clusterId } = statusOf();
  await until(() => statusOf().appliedIndex >= 100);
  await restarted.stop();

  const former = restarted.member;
  const starting = restarted.start();
  const seen: string[] = [];
  await until(() => {
    if (restarted.member === former) return false;
    const { role, ...is } = statusOf();
    seen.push(role);
    if (restarted.member.storage !== undefined) expect(is).toMatchObject({ raftId, clusterId });
    return restarted.member.running !== undefined;
  });
  await starting;
  expect(new Set(seen.slice(0, -1))).toEqual(new Set(['starting']));
  await ensemble.settled();
});
