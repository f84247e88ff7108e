import { beforeEach, expect, test } from 'vitest';
import { freshSnapshot, NoSnapshot } from '../../src/replica/fresh-snapshot.ts';
import { LogEntries } from './log-entries.ts';
import { SnapshotSubject } from './snapshot-subject.ts';

let subject: SnapshotSubject;
let log: LogEntries;
let isWanted: boolean;

beforeEach(async () => {
  subject = await new SnapshotSubject().open();
  log = new LogEntries(7);
  isWanted = true;
  await subject.live(log.entries);
});

/** Asks for one, and sees to it that time goes by until there is an answer. */
async function ask() {
  const { snapshots, storage, machine, host, scheduler } = subject;
  let answer: Awaited<ReturnType<typeof freshSnapshot>> | undefined;
  freshSnapshot({ snapshots, storage, machine, host, scheduler, isWanted: () => isWanted }).then((some) => {
    answer = some;
  });
  await subject.until(() => answer !== undefined);
  return answer!;
}

test('a snapshot that is asked for holds all that had been applied, and counts as any other', async () => {
  await subject.live(log.more(9));
  const answer = await ask();
  expect(answer).toMatchObject({
    meta: { index: subject.machine.appliedIndex },
    digest: subject.machine.digest(),
  });
  expect(subject.storage.newestSnapshot()?.index).toBe(subject.machine.appliedIndex);
  expect([subject.snapshots.taken, subject.snapshots.newestMs]).toEqual([1, 1_800_000_000_000]);
});

test('where nothing was applied since the last one, that is the one', async () => {
  await ask();
  expect(await ask()).toMatchObject({ meta: { index: subject.machine.appliedIndex } });
  expect(subject.snapshots.taken).toBe(1);
});

test('where one is being taken of an older state, another one follows', async () => {
  subject.snapshots.takeSnapshot(subject.host);
  await subject.live(log.more(9));
  expect(await ask()).toMatchObject({ meta: { index: subject.machine.appliedIndex } });
  expect(subject.snapshots.taken).toBe(2);
});

test('one that another process took of the same state is not given: the order of its nodes is not known', async () => {
  await ask();
  subject.snapshots.ownIndex = 0;
  expect(await ask()).toBe(NoSnapshot.unordered);
  await subject.live(log.more(1));
  expect(await ask()).toMatchObject({ meta: { index: subject.machine.appliedIndex } });
});

test('where the disk has no room, there is none, and nothing was begun', async () => {
  subject.volume.capacityBytes = subject.volume.usedBytes();
  await subject.storage.refreshSpace();
  expect(await ask()).toBe(NoSnapshot.notTaken);
  expect(subject.snapshots.taken).toBe(0);
});

test('where nobody waits any more, the wait ends', async () => {
  isWanted = false;
  expect(await ask()).toBe(NoSnapshot.unwanted);
});
