import type { PeerStatus, SnapshotMeta, SnapshotRead } from 'raft-ts-lite';
import { beforeEach, describe, expect, test } from 'vitest';
import { LogEntries } from './log-entries.ts';
import { SnapshotSubject } from './snapshot-subject.ts';

let subject: SnapshotSubject;
let log: LogEntries;

beforeEach(async () => {
  subject = await new SnapshotSubject().open();
  log = new LogEntries(7);
  await subject.live(log.entries);
});

describe('a member far behind', () => {
  test('gets the one that it was begun with, and then the log behind it, however many are taken meanwhile', async () => {
    const take = async (): Promise<void> => {
      const { taken } = subject.snapshots;
      for (let i = 0; i < 40; i++) await subject.live(log.more(8));
      subject.snapshots.takeSnapshot(subject.host);
      await subject.until(() => subject.snapshots.taken > taken);
    };
    const piece = async (read: SnapshotRead): Promise<SnapshotMeta | undefined> => {
      const { length } = subject.told;
      subject.snapshots.serve(read, subject.host);
      await subject.until(() => subject.told.length > length);
      return subject.told.at(-1) === 'read for 2' ? subject.pieces.at(-1)?.snapshot : undefined;
    };
    await take();
    const { index } = subject.storage.newestSnapshot()!;
    subject.peers = [{ id: 2, state: 'snapshot', match: 0, silentTicks: 0 }];
    expect((await piece({ to: 2, index: 0, offset: 0 }))?.index).toBe(index);
    for (let round = 0; round < 5; round++) {
      await take();
      expect((await piece({ to: 2, index, offset: 10 }))?.index).toBe(index);
      // Also when it has to begin again, on another link.
      expect((await piece({ to: 2, index: 0, offset: 0 }))?.index).toBe(index);
    }
    // Installed; now it needs the log, from there to where it is told of new entries.
    subject.peers = [{ id: 2, state: 'replicate', match: index, silentTicks: 0 }];
    await take();
    expect(await subject.storage.readEntries(index + 1, 1)).toMatchObject({ compacted: false });
    expect(subject.storage.metrics().snapshots).toBe(4);
    subject.peers = [{ id: 2, state: 'replicate', match: subject.machine.appliedIndex, silentTicks: 0 }];
    await take();
    expect(await subject.storage.readEntries(index + 1, 1)).toMatchObject({ compacted: true });
    expect(subject.storage.metrics().snapshots).toBe(3);
  });

  test('keeps the log from where it is until it has come as far as the snapshot that is about to be the newest', async () => {
    const slow = await new SnapshotSubject().open({ snapRetainCount: 1, segmentBytes: 4 * 1024 });
    const entries = new LogEntries(8);
    const take = async (): Promise<number> => {
      const { taken } = slow.snapshots;
      for (let i = 0; i < 40; i++) await slow.live(entries.more(8));
      slow.snapshots.takeSnapshot(slow.host);
      await slow.until(() => slow.snapshots.taken > taken);
      return slow.storage.newestSnapshot()!.index;
    };
    await slow.live(entries.entries);
    const sent = await take();
    slow.peers = [{ id: 2, state: 'snapshot', match: 0, silentTicks: 0 }];
    slow.snapshots.serve({ to: 2, index: 0, offset: 0 }, slow.host);
    // It is always further than the newest one, and never as far as the next.
    let match = await take();
    for (let round = 0; round < 4; round++) {
      slow.peers = [{ id: 2, state: 'replicate', match, silentTicks: 0 }];
      const newest = await take();
      expect(await slow.storage.readEntries(match + 1, 1), `round ${round}`).toMatchObject({
        compacted: false,
      });
      match = newest;
    }
    // What is behind it goes.
    expect(await slow.storage.readEntries(sent + 1, 1)).toMatchObject({ compacted: true });
    expect(slow.storage.metrics().snapshots).toBe(2);
  });

  test.each([
    ['has not been heard of for half a minute', [{ id: 2, state: 'snapshot', match: 0, silentTicks: 3_000 }]],
    ['is no member any more', []],
  ] as [string, Partial<PeerStatus>[]][])('begins with the newest one once it %s', async (_what, peers) => {
    const take = async (): Promise<void> => {
      const { taken } = subject.snapshots;
      await subject.live(log.more(60));
      subject.snapshots.takeSnapshot(subject.host);
      await subject.until(() => subject.snapshots.taken > taken);
    };
    await take();
    const { index } = subject.storage.newestSnapshot()!;
    subject.snapshots.serve({ to: 2, index: 0, offset: 0 }, subject.host);
    subject.peers = peers;
    for (let round = 0; round < 4; round++) await take();
    expect(await subject.storage.readSnapshotChunk(index, 0, 10)).toBeUndefined();
    subject.snapshots.serve({ to: 2, index, offset: 10 }, subject.host);
    await subject.until(() => subject.told.at(-1) === 'read for 2 failed');
    subject.snapshots.serve({ to: 2, index: 0, offset: 0 }, subject.host);
    await subject.until(() => subject.told.at(-1) === 'read for 2');
    expect(subject.pieces.at(-1)?.snapshot).toEqual(subject.storage.newestSnapshot());
  });
});
