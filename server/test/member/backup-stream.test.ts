import { afterEach, describe, expect, test } from 'vitest';
import { BackupStream } from '../../src/admin/backup-stream.ts';
import { ofCluster, readCatalog } from '../../src/backup/catalog.ts';
import { stateAt } from '../../src/backup/choose.ts';
import { AT_END } from '../../src/backup/replay.ts';
import { takeBackup } from '../../src/backup/take.ts';
import type { Manifest, Place } from '../../src/backup-format/manifest.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { MemoryDestination } from '../backup/memory-destination.ts';
import { bytesOf } from '../backup/sent-backup.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';

let ensemble: TestEnsemble;
let nowMs = 0;

afterEach(() => ensemble.stop());

/** Each of the calls is far behind the one before. */
const clock = { monotonicMs: () => (nowMs += 5_000), wallMs: () => 0 };
const streamOf = ({ member }: TestMember, at = clock): BackupStream =>
  new BackupStream(member, { clock: at, scheduler: eventLoopScheduler });

async function taken(
  destination: MemoryDestination,
  from: TestMember,
  after?: Place,
  withSnapshot = after === undefined,
): Promise<Manifest> {
  const given = await streamOf(from).take({ after, withSnapshot }, () => true);
  if (!given.ok) throw new Error(given.message);
  const parts = { destination, key: undefined, progress: () => undefined, nowMs: Date.now };
  const manifest = await takeBackup(parts, given.read(), after);
  given.release();
  return manifest;
}

describe('a backup of a running member', () => {
  test('has all that was acknowledged before, whichever member gives it, and goes on from any other one’s', async () => {
    ensemble = await TestEnsemble.start(3);
    const client = await ensemble.session(ensemble.members[0]!);
    const destination = new MemoryDestination();
    let last: Manifest | undefined;
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 5; i++) await client.ask(() => client.create(`/n-${round}-${i}`, 'x'));
      const from = ensemble.members[round % 3]!;
      // What a follower knows to be committed may be a heartbeat behind.
      await until(() => from.member.running!.machine.tree.lookupText(`/n-${round}-4`) >= 0);
      last = await taken(destination, from, last?.last, last === undefined || round === 4);
      const { backups } = await readCatalog(destination, undefined);
      const { machine } = await stateAt(
        { destination, key: undefined, hashSeed: 9 },
        ofCluster(backups, undefined),
        AT_END,
      );
      for (let i = 0; i < 5; i++)
        expect(machine.tree.lookupText(`/n-${round}-${i}`)).toBeGreaterThanOrEqual(0);
    }
    const { backups } = await readCatalog(destination, undefined);
    expect(backups).toHaveLength(6);
    expect(backups.map(({ snapshot }) => snapshot !== undefined)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
    // The one with a snapshot continues the one before, too.
    expect(backups[4]!.log.after).toEqual({ index: backups[3]!.last.index, term: backups[3]!.last.term });
  });

  test('is one at a time, and one a second', async () => {
    ensemble = await TestEnsemble.start(1);
    let atMs = 0;
    const stream = streamOf(ensemble.members[0]!, { monotonicMs: () => atMs, wallMs: () => 0 });
    const wish = { after: undefined, withSnapshot: true };
    const first = await stream.take(wish, () => true);
    atMs = 10_000;
    expect(await stream.take(wish, () => true)).toMatchObject({ ok: false, code: 'backup-under-way' });
    if (!first.ok) throw new Error(first.message);
    first.release();
    const second = await stream.take(wish, () => true);
    // Released for a second time, it does not release the one that has taken its place.
    first.release();
    atMs = 20_000;
    expect(await stream.take(wish, () => true)).toMatchObject({ ok: false, code: 'backup-under-way' });
    if (!second.ok) throw new Error(second.message);
    second.release();
    const third = await stream.take(wish, () => true);
    if (!third.ok) throw new Error(third.message);
    third.release();
    atMs = 20_900;
    expect(await stream.take(wish, () => true)).toMatchObject({ ok: false, code: 'backup-under-way' });
  });

  test('is refused behind an entry that the member has not, has no more, or has otherwise', async () => {
    ensemble = await TestEnsemble.start(1, { snapshotEveryBytes: 20_000 });
    const [one] = ensemble.members as [TestMember];
    const client = await ensemble.session(one);
    await client.ask(() => client.create('/a', 'x'));
    const { machine, replica } = one.member.running!;
    const ask = (after: { index: number; term: number | undefined }) =>
      streamOf(one).take({ after, withSnapshot: false }, () => true);
    const { appliedIndex: index, appliedTerm: term } = machine;
    expect(await ask({ index: index + 100, term })).toMatchObject({ code: 'member-behind' });
    expect(await ask({ index, term: term + 1 })).toMatchObject({ code: 'other-log' });
    expect(await ask({ index, term })).toMatchObject({ ok: true });
    expect(replica.raft.commit).toBe(index);
    const { storage } = one.member;
    while (storage!.metrics().firstIndex <= index)
      await client.ask(() => client.set('/a', 'x'.repeat(10_000)));
    expect(await ask({ index: 1, term: undefined })).toMatchObject({ code: 'log-compacted' });
  });

  test('gives nothing while nobody wants it, and ends with its caller', async () => {
    ensemble = await TestEnsemble.start(1);
    const stream = streamOf(ensemble.members[0]!);
    const given = await stream.take({ after: undefined, withSnapshot: true }, () => true);
    if (!given.ok) throw new Error(given.message);
    const pieces = given.read();
    await pieces.next();
    await pieces.return();
    given.release();
    const again = await stream.take({ after: undefined, withSnapshot: true }, () => true);
    if (!again.ok) throw new Error(again.message);
    expect((await bytesOf(again.read())).length).toBeGreaterThan(100);
    again.release();
  });
});
