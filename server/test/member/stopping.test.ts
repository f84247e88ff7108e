import { expect, test } from 'vitest';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { LoneMember } from './lone-member.ts';

test('a member that is stopped while it waits for a file descriptor to read its snapshot with ends without a fault', async () => {
  const ensemble = await TestEnsemble.start(1);
  const [first] = ensemble.members as [TestMember];
  const client = await ensemble.session(first);
  await client.ask(() => client.create('/one', 'x'));
  const { snapshots, replica } = first.member.running!;
  snapshots.takeSnapshot(replica);
  await until(() => snapshots.taken === 1);
  await ensemble.stop();

  const lone = new LoneMember(first.config, first.volume);
  lone.volume.decide = ({ kind, name }) =>
    lone.member.storage !== undefined && kind === 'open' && name.startsWith('member/snapshot-')
      ? { error: 'EMFILE' }
      : {};
  await lone.start();
  await lone.tick(10);
  expect(lone.log.of('warn', 'the snapshot cannot be read for now').length).toBeGreaterThan(0);
  expect(lone.member.running).toBeUndefined();
  const stopped = lone.member.stop();
  await lone.settle();
  await stopped;
  await lone.tick(10);
  expect(lone.fatal).toBeUndefined();
});
