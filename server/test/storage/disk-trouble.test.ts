import { describe, expect, test } from 'vitest';
import type { DiskCall, DiskCallKind } from '../../sim/disk/faults.ts';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { Storage } from '../../src/storage/storage.ts';
import {
  codeOf,
  describeEntry,
  entries,
  newMember,
  open,
  options,
  persist,
  persistEntries,
  readAll,
  snapshotAt,
  takeSnapshot,
  volumeOf,
  writeOf,
} from './member.ts';

const failing = (volume: FaultyVolume, wanted: (call: DiskCall) => boolean): (() => number) => {
  let failed = 0;
  volume.decide = (call) => {
    if (!wanted(call)) return {};
    failed++;
    return { error: 'EIO' };
  };
  return () => failed;
};

describe('a failed write or sync', () => {
  test('of the log is never tried again: every later call tells the same failure', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 5);
    const failed = failing(volume, (call) => call.kind === 'append');
    const first = await persistEntries(storage, 6, 6).catch((error: unknown) => error);
    expect(first).toMatchObject({ code: 'failed', message: expect.stringMatching(/check the disk/) });
    volume.decide = () => ({});
    const calls = volume.callCount;
    expect(await persistEntries(storage, 6, 6).catch((error: unknown) => error)).toBe(first);
    expect(await storage.readEntries(4, 10).catch((error: unknown) => error)).toBe(first);
    expect(await storage.createSnapshot(snapshotAt(4), '').catch((error: unknown) => error)).toBe(first);
    expect(await storage.refreshSpace().catch((error: unknown) => error)).toBe(first);
    expect(failed()).toBe(1);
    expect(volume.callCount).toBe(calls);
    await storage.close();
    volume.crash();
    expect((await open(volume)).recovered.entries.slice(0, 2).map(describeEntry)).toEqual(
      entries(4, 5).map(describeEntry),
    );
  });

  const kinds: DiskCallKind[] = ['create', 'allocate', 'write', 'sync', 'rename', 'sync-folder'];
  test.each(kinds)('(%s) while a segment is begun fails the Write and all that follow', async (kind) => {
    const volume = volumeOf();
    const storage = await newMember(volume, { segmentBytes: 512 });
    failing(volume, (call) => call.kind === kind && (call.name.startsWith('log/') || call.name === 'log'));
    const codes = new Set<string>();
    for (let index = 4; index < 40; index += 2) {
      const code = await codeOf(persistEntries(storage, index, index + 1));
      codes.add(code);
      if (code !== '') break;
    }
    volume.decide = () => ({});
    codes.add(await codeOf(persistEntries(storage, 40, 40)));
    expect([...codes].sort()).toEqual(['', 'failed']);
  });

  test.each(['write', 'sync', 'rename', 'sync-folder'] as const)(
    '(%s) of a snapshot fails storage',
    async (kind) => {
      const volume = volumeOf();
      const storage = await newMember(volume);
      await persistEntries(storage, 4, 20);
      failing(volume, (call) => call.kind === kind && call.name.startsWith('member'));
      expect(await codeOf(takeSnapshot(storage, 10))).toBe('failed');
      expect(await codeOf(persistEntries(storage, 21, 21))).toBe('failed');
    },
  );

  test('while opening is told, and the folder is free again', async () => {
    const volume = volumeOf();
    await (await newMember(volume)).close();
    for (const kind of [
      'list',
      'open',
      'read',
      'size',
      'create',
      'allocate',
      'sync',
      'rename',
      'sync-folder',
    ] as const) {
      failing(volume, (call) => call.kind === kind);
      expect(await codeOf(open(volume)), kind).toBe('failed');
    }
    volume.decide = () => ({});
    const { storage } = await open(volume);
    await persistEntries(storage, 4, 4);
  });
});

describe('a start that a shortage stops', () => {
  const shortages: readonly (readonly [string, readonly DiskCallKind[]])[] = [
    ['EMFILE', ['open', 'create']],
    ['ENOSPC', ['allocate', 'write']],
  ];

  test.each(shortages)(
    '(%s, at each call) leaves no file open, and does the next time',
    async (code, kinds) => {
      const volume = volumeOf();
      const first = await newMember(volume, { segmentBytes: 1024 });
      await persistEntries(first, 4, 60);
      await takeSnapshot(first, 40);
      await persistEntries(first, 61, 70);
      await first.close();
      let boots = 1;
      for (let nth = 1; ; nth++) {
        let calls = 0;
        volume.decide = ({ kind }) => (kinds.includes(kind) && ++calls === nth ? { error: code } : {});
        const disk = volume.mount();
        const refused = await codeOf(Storage.open(disk, { ...options, segmentBytes: 1024 }));
        if (calls < nth) {
          expect(nth).toBeGreaterThan(5);
          return;
        }
        expect([nth, refused, disk.openFiles]).toEqual([nth, 'full', 0]);
        volume.decide = () => ({});
        const { storage, recovered } = await Storage.open(disk, { ...options, segmentBytes: 1024 });
        // Each life has numbers of its own; one that did not begin takes none.
        expect(recovered).toMatchObject({ lastIndex: 70, suspect: false });
        expect(recovered.boots).toBe(boots + 1);
        boots = recovered.boots;
        await storage.close();
      }
    },
  );

  test('gives back what it took of a full disk', async () => {
    const volume = volumeOf();
    await (await newMember(volume)).close();
    const before = volume.fileNames();
    volume.capacityBytes = volume.usedBytes() + options.segmentBytes - 100;
    expect(await codeOf(open(volume))).toBe('full');
    expect(volume.fileNames()).toEqual(before);
  });
});

describe('a full disk', () => {
  /** Room for what is there and `more` bytes. */
  const leave = (volume: FaultyVolume, more: number): void => {
    volume.capacityBytes = volume.usedBytes() + more;
  };

  test('refuses the Write that needs a new segment, which may come again when there is room', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    leave(volume, 100);
    let index = 4;
    while ((await codeOf(persistEntries(storage, index, index + 9))) === '') index += 10;
    expect(index).toBeGreaterThan(100);
    const write = writeOf({ entries: entries(index, index + 9) });
    await expect(persist(storage, write)).rejects.toMatchObject({ code: 'full' });
    expect((await readAll(storage, 4)).length).toBe(index - 4);
    await expect(persist(storage, write)).rejects.toMatchObject({ code: 'full' });
    volume.capacityBytes = Number.POSITIVE_INFINITY;
    await persist(storage, write);
    await persistEntries(storage, index + 10, index + 10);
    await storage.close();
    expect((await open(volume)).recovered.entries.length).toBe(index + 11 - 4);
  });

  test('gives back what was taken for a segment that did not fit', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    leave(volume, options.segmentBytes - 1);
    let index = 4;
    while ((await codeOf(persistEntries(storage, index, index + 9))) === '') index += 10;
    expect(volume.fileNames()).not.toContain('log/next.tmp');
  });

  test('ends a snapshot under way, and nothing else', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 20);
    leave(volume, 2000);
    const writer = await storage.createSnapshot(snapshotAt(10), 'x');
    await writer.write(new Uint8Array(1000));
    await expect(writer.write(new Uint8Array(1000))).rejects.toMatchObject({ code: 'full' });
    await writer.abort();
    expect(volume.fileNames().filter((name) => name.includes('snapshot'))).toEqual([]);
    await persistEntries(storage, 21, 22);
    volume.capacityBytes = Number.POSITIVE_INFINITY;
    await takeSnapshot(storage, 15);
    leave(volume, 10);
    expect(await codeOf(storage.createSnapshot(snapshotAt(16), 'x'))).toBe('full');
    expect(await codeOf(storage.createSnapshot(snapshotAt(16), 'x'))).toBe('full');
  });

  test('is told before it is full: two segments and one snapshot are a reserve', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    expect(storage.spaceLow()).toBe(false);
    await persistEntries(storage, 4, 20);
    await takeSnapshot(storage, 20, 1, 3000);
    leave(volume, 2 * options.segmentBytes + 3500);
    expect(await storage.refreshSpace()).toBe(false);
    leave(volume, 2 * options.segmentBytes + 2900);
    expect(await storage.refreshSpace()).toBe(true);
    expect(storage.spaceLow()).toBe(true);
    expect(storage.metrics().freeBytes).toBe(2 * options.segmentBytes + 2900);
  });

  test('keeps one snapshot only, and no log before it, once room is low', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { snapRetainCount: 3 });
    for (let index = 4; index < 400; index += 10) {
      await persistEntries(storage, index, index + 9);
      if (index % 100 === 4) await takeSnapshot(storage, index);
    }
    expect(storage.metrics().snapshots).toBe(3);
    leave(volume, 3000);
    await takeSnapshot(storage, 400);
    expect(storage.metrics()).toMatchObject({ snapshots: 1, logSegments: 1 });
    await storage.refreshSpace();
    expect(storage.spaceLow()).toBe(false);
  });
});
