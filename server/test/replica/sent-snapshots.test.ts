import type { PeerStatus, SnapshotMeta, SnapshotRead } from 'raft-ts-lite';
import { beforeEach, describe, expect, it } from 'vitest';
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
  it('gets the one that it was begun with, and then the log behind it, however many are taken meanwhile', async () => {
    const take = async (): Promise<void> => {
      const { taken } = subject.snapshots;
      for (let i = 0; i < 40; i++) await subject.live(log.more(8));
      subject.snapshots.begin(subject.host);
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

  it.each([
    ['has not been heard of for half a minute', [{ id: 2, state: 'snapshot', match: 0, silentTicks: 3_000 }]],
    ['is no member any more', []],
  ] as [string, Partial<PeerStatus>[]][])('begins with the newest one once it %s', async (_what, peers) => {
    const take = async (): Promise<void> => {
      const { taken } = subject.snapshots;
      await subject.live(log.more(60));
      subject.snapshots.begin(subject.host);
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
