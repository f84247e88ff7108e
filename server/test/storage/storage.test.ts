import { describe, expect, test } from 'vitest';
import { MemoryDisk } from '../../sim/disk/memory-disk.ts';
import type { DiskFile } from '../../src/ports/disk.ts';
import { Storage } from '../../src/storage/storage.ts';
import { StorageInvariantViolation } from '../../src/storage/storage-error.ts';
import {
  codeOf,
  describeEntry,
  entries,
  entry,
  filesOf,
  genesis,
  identity,
  newMember,
  open,
  options,
  persist,
  persistEntries,
  readAll,
  snapshotAt,
  takeSnapshot,
  volumeOf,
  withEntries,
  writeOf,
} from './member.ts';

/** Counts what was read of its files. */
class ReadCountingDisk extends MemoryDisk {
  bytesRead = 0;

  override async open(name: string): Promise<DiskFile> {
    const file = await super.open(name);
    const read = file.read.bind(file);
    file.read = async (buffer, position) => {
      const bytes = await read(buffer, position);
      this.bytesRead += bytes;
      return bytes;
    };
    return file;
  }
}

describe('an empty data folder', () => {
  test('says that it has no identity, and counts its openings', async () => {
    const volume = volumeOf();
    for (let boots = 1; boots <= 3; boots++) {
      const { storage, recovered } = await open(volume);
      expect(recovered).toMatchObject({ identity: undefined, boots, suspect: false, entries: [] });
      expect(recovered.hardState).toEqual({ term: 0, vote: 0 });
      await storage.close();
    }
  });

  test('takes nothing before it has an identity, and an identity only once', async () => {
    const { storage } = await open(volumeOf());
    expect(() => storage.persist(writeOf(), () => undefined)).toThrow(StorageInvariantViolation);
    await storage.writeIdentity(identity);
    await expect(storage.writeIdentity(identity)).rejects.toThrow(StorageInvariantViolation);
  });

  test('gives the identity back', async () => {
    const volume = volumeOf();
    await (await newMember(volume)).close();
    const { recovered } = await open(volume);
    expect(recovered.identity).toEqual(identity);
    expect(recovered).toMatchObject({ firstIndex: 4, previousTerm: 0, snapshot: undefined, suspect: false });
  });

  test('refuses a secret or a cluster id of the wrong length', async () => {
    const { storage } = await open(volumeOf());
    const wrong = { ...identity, secret: new Uint8Array(31) };
    await expect(storage.writeIdentity(wrong)).rejects.toThrow(/secret of 32 bytes/);
  });
});

describe('persist', () => {
  test('keeps the last hard state and all entries, over segments and openings', async () => {
    const volume = volumeOf();
    let storage = await newMember(volume);
    for (let i = 0; i < 60; i++) {
      await persist(
        storage,
        writeOf({
          hardState: { term: 1 + i, vote: i % 4 },
          entries: entries(4 + 10 * i, 13 + 10 * i, 1 + i),
        }),
      );
    }
    expect(storage.metrics().logSegments).toBeGreaterThan(3);
    await storage.close();
    const opened = await open(volume);
    storage = opened.storage;
    expect(opened.recovered.hardState).toEqual({ term: 60, vote: 3 });
    expect(opened.recovered.entries.map((found) => found.index)).toEqual(
      entries(4, 603).map((made) => made.index),
    );
    expect(opened.recovered.termRuns.length).toBe(60);
    expect(await readAll(storage, 4, 700)).toEqual(opened.recovered.entries.map(describeEntry));
  });

  test('takes an entry larger than a segment', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    const big = entry(4, 1, 'x'.repeat(20_000));
    await persist(storage, writeOf({ entries: [big] }));
    await persistEntries(storage, 5, 5);
    await storage.close();
    const { recovered } = await open(volume);
    expect(recovered.entries.map((found) => found.data.length)).toEqual([20_000, 7]);
  });

  test('takes little of the disk while it starts, and whole segments from the next one on', async () => {
    const mebibyte = 1024 * 1024;
    const segmentBytes = 64 * mebibyte;
    const volume = volumeOf();
    const segments = () => [...filesOf(volume)].filter(([name]) => name.startsWith('log/'));
    const first = await newMember(volume, { segmentBytes });
    await persistEntries(first, 4, 5);
    await first.close();
    const { storage } = await open(volume, { segmentBytes });
    expect(segments().map(([, content]) => content.length < 9 * mebibyte)).toEqual([true]);
    for (let index = 6; index < 26; index++) {
      await persist(storage, writeOf({ entries: [entry(index, 1, 'x'.repeat(mebibyte / 2))] }));
    }
    await storage.close();
    expect(segments().map(([, content]) => content.length >= segmentBytes)).toEqual([false, true]);
    const { recovered } = await open(volume, { segmentBytes });
    expect(recovered.entries.map(({ index }) => index)).toEqual(entries(4, 25).map(({ index }) => index));
  });

  test('replaces a tail, and never shows the old one again', async () => {
    const volume = volumeOf();
    let storage = await newMember(volume);
    await persistEntries(storage, 4, 20, 1);
    await persist(storage, writeOf({ entries: entries(10, 12, 2) }));
    const expected = [...entries(4, 9, 1), ...entries(10, 12, 2)].map(describeEntry);
    expect(await readAll(storage, 4)).toEqual(expected);
    for (let opening = 0; opening < 3; opening++) {
      await storage.close();
      const opened = await open(volume);
      storage = opened.storage;
      expect(opened.recovered.entries.map(describeEntry)).toEqual(expected);
      expect(await readAll(storage, 4)).toEqual(expected);
    }
    await persistEntries(storage, 13, 14, 2);
    expect((await readAll(storage, 12)).length).toBe(3);
  });

  test('does nothing for a Write of nothing', async () => {
    const storage = await newMember(volumeOf());
    const { bytesWritten } = storage.metrics();
    await persist(storage, writeOf());
    expect(storage.metrics().bytesWritten).toBe(bytesWritten);
  });

  test('refuses what would break the log: gaps, jumps, older terms, a second Write at once', async () => {
    const storage = await newMember(volumeOf());
    await persist(storage, writeOf({ hardState: { term: 5, vote: 0 }, entries: entries(4, 6, 5) }));
    const attempt = (write: ReturnType<typeof writeOf>) => () => storage.persist(write, () => undefined);
    expect(attempt(writeOf({ entries: [entry(8)] }))).toThrow(/do not continue a log that ends at 6/);
    expect(attempt(writeOf({ entries: [entry(7), entry(9)] }))).toThrow(/entry 9 where 8 was to come/);
    expect(attempt(writeOf({ hardState: { term: 4, vote: 0 } }))).toThrow(/term 4 after term 5/);
    attempt(writeOf({ entries: [entry(7, 5)] }))();
    expect(attempt(writeOf({ entries: [entry(8, 5)] }))).toThrow(/another is under way/);
  });

  test('may be called again from within its own callback', async () => {
    const storage = await newMember(volumeOf());
    await new Promise<void>((resolve) => {
      const step = (index: number): void => {
        storage.persist(writeOf({ entries: [entry(index)] }), () =>
          index === 400 ? resolve() : step(index + 1),
        );
      };
      step(4);
    });
    expect((await readAll(storage, 4, 300)).length).toBe(397);
  });
});

describe('readEntries', () => {
  test('gives at least one entry, and no more than fit', async () => {
    const storage = await newMember(volumeOf());
    await persist(storage, writeOf({ entries: entries(4, 20, 1, 'x'.repeat(100)) }));
    const sizes = await Promise.all(
      [0, 1, 99, 100, 199, 200, 350].map(async (maxBytes) => {
        const answer = await storage.readEntries(6, maxBytes);
        return answer.compacted ? -1 : answer.entries.length;
      }),
    );
    expect(sizes).toEqual([1, 1, 1, 1, 1, 2, 3]);
  });

  test('reads a large Write once, however many pieces it is asked for in', async () => {
    const disk = new ReadCountingDisk();
    const { storage } = await Storage.open(disk, { ...options, segmentBytes: 64 * 1024 * 1024 });
    await storage.writeIdentity(identity);
    const value = 'x'.repeat(100_000);
    await persist(storage, writeOf({ entries: entries(4, 83, 1, value) }));
    disk.bytesRead = 0;
    expect((await readAll(storage, 4, 500_000)).length).toBe(80);
    expect(disk.bytesRead).toBeLessThan(2.5 * 80 * value.length);
  });

  test('gives nothing above the last entry', async () => {
    const storage = await newMember(volumeOf());
    await persistEntries(storage, 4, 5);
    expect(await storage.readEntries(6, 100)).toEqual({ compacted: false, entries: [] });
  });
});

describe('snapshots', () => {
  test('are found again with their meta, digest and chunks; the entries after them are recovered', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 30);
    await takeSnapshot(storage, 20);
    expect(storage.newestSnapshot()).toEqual(snapshotAt(20));
    await storage.close();
    const { recovered } = await open(volume);
    expect(recovered.snapshot?.meta).toEqual(snapshotAt(20));
    expect(recovered.snapshot?.digest).toBe('digest 20');
    const chunks: number[][] = [];
    for await (const chunk of recovered.snapshot!.read()) chunks.push([...chunk]);
    expect(chunks).toEqual([Array(10).fill(20), [1, 2, 3]]);
    expect(recovered.entries.map((found) => found.index)).toEqual(entries(21, 30).map((made) => made.index));
    expect(recovered.firstIndex).toBe(4);
  });

  test('do not count before they are finished, nor after they were aborted', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 30);
    const aborted = await storage.createSnapshot(snapshotAt(10), '');
    await aborted.write(Uint8Array.of(1));
    await expect(storage.createSnapshot(snapshotAt(11), '')).rejects.toThrow(/being written already/);
    await aborted.abort();
    await (await storage.createSnapshot(snapshotAt(12), '')).write(Uint8Array.of(1));
    expect(storage.newestSnapshot()).toBeUndefined();
    await storage.close();
    const { recovered } = await open(volume);
    expect(recovered.snapshot).toBeUndefined();
    expect(volume.fileNames().filter((name) => name.includes('snapshot'))).toEqual([]);
  });

  test('are kept as many as asked for, and the log back to the oldest of them', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { snapRetainCount: 2 });
    for (let index = 4; index <= 600; index += 6) {
      await persistEntries(storage, index, index + 5);
      if (index % 60 === 4) await takeSnapshot(storage, index);
    }
    expect(storage.metrics().snapshots).toBe(2);
    const oldest = 484;
    expect(volume.fileNames().filter((name) => name.includes('snapshot-')).length).toBe(2);
    const { firstIndex, logSegments } = storage.metrics();
    expect(firstIndex).toBeGreaterThan(300);
    expect(firstIndex).toBeLessThanOrEqual(oldest + 1);
    expect(await storage.readEntries(firstIndex - 1, 100)).toEqual({ compacted: true });
    expect((await readAll(storage, firstIndex))[0]).toBe(`${firstIndex}@1 entry ${firstIndex}`);
    await storage.close();
    const { recovered } = await open(volume);
    expect(recovered).toMatchObject({ firstIndex, previousTerm: 1 });
    expect(volume.fileNames().filter((name) => name.startsWith('log/log-')).length).toBe(logSegments);
  });

  test('refuse what they hold to be replaced', async () => {
    const storage = await newMember(volumeOf());
    await persistEntries(storage, 4, 30);
    await takeSnapshot(storage, 20);
    expect(() => storage.persist(writeOf({ entries: entries(20, 21, 2) }), () => undefined)).toThrow(
      /holds as committed/,
    );
    await persist(storage, writeOf({ entries: entries(21, 22, 2) }));
  });

  test('are of use when the newest one is damaged', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 30);
    await takeSnapshot(storage, 10);
    await takeSnapshot(storage, 20);
    await storage.close();
    const newest = volume
      .fileNames()
      .filter((name) => name.includes('snapshot-'))
      .at(-1)!;
    volume.damage(newest, 100, 1);
    const { storage: again, recovered } = await open(volume);
    expect(recovered.snapshot?.meta.index).toBe(10);
    expect(recovered.entries.length).toBe(20);
    expect(recovered.remarks.join()).toMatch(/snapshot-0+20-0+1 does not verify/);
    expect(volume.fileNames().some((name) => name.includes('damaged-snapshot'))).toBe(true);
    await again.close();
    expect((await open(volume)).recovered.remarks).toEqual([]);
  });

  test('stop the member when the only one is damaged and the log does not go back to genesis', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { snapRetainCount: 1 });
    for (let index = 4; index <= 400; index += 6) await persistEntries(storage, index, index + 5);
    await takeSnapshot(storage, 390);
    expect(storage.metrics().firstIndex).toBeGreaterThan(4);
    await storage.close();
    const name = volume.fileNames().find((file) => file.includes('snapshot-'))!;
    volume.damage(name, 100, 1);
    await expect(open(volume)).rejects.toMatchObject({ code: 'damaged', file: name });
  });

  test('can be read in pieces, until they are purged', async () => {
    const storage = await newMember(volumeOf(), { snapRetainCount: 1 });
    await persistEntries(storage, 4, 30);
    await takeSnapshot(storage, 10, 1, 1000);
    const whole = (await storage.readSnapshotChunk(10, 0, 100_000))!;
    expect(whole.done).toBe(true);
    const first = (await storage.readSnapshotChunk(10, 0, 300))!;
    expect([first.data.length, first.done]).toEqual([300, false]);
    const rest = (await storage.readSnapshotChunk(10, 300, 100_000))!;
    expect(rest.done).toBe(true);
    expect(Buffer.concat([first.data, rest.data]).equals(whole.data)).toBe(true);
    await takeSnapshot(storage, 20);
    expect(await storage.readSnapshotChunk(10, 0, 300)).toBeUndefined();
    expect(await storage.openSnapshot(10)).toBeUndefined();
  });
});

describe('closing', () => {
  test('waits for the Write under way and refuses what comes later', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    const written = persistEntries(storage, 4, 5);
    await storage.close();
    await written;
    expect(await codeOf(persistEntries(storage, 6, 6))).toBe('closed');
    expect(await codeOf(storage.readEntries(4, 10))).toBe('closed');
    expect((await open(volume)).recovered.entries.length).toBe(2);
  });

  test('frees the folder for the next, which is refused until then', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    expect(await codeOf(open(volume))).toBe('locked');
    await storage.close();
    expect(await codeOf(open(volume))).toBe('');
  });
});

describe('a second disk for the log', () => {
  test('holds the log and nothing else', async () => {
    const disk = new MemoryDisk();
    const logDisk = new MemoryDisk();
    const { storage } = await Storage.open(disk, { ...options, logDisk });
    await storage.writeIdentity(identity);
    await persistEntries(storage, 4, 40);
    await takeSnapshot(storage, 20);
    await storage.close();
    expect(await disk.list('log')).toEqual([]);
    expect((await disk.list('member')).length).toBe(3);
    expect((await logDisk.list('log')).length).toBe(1);
    expect(await logDisk.list('member')).toEqual([]);
    const opened = await withEntries(await Storage.open(disk, { ...options, logDisk }));
    expect(opened.recovered.entries.length).toBe(20);
    await opened.storage.close();
    expect(await codeOf(Storage.open(disk, options))).toBe('damaged');
  });
});

test('keeps the genesis configuration with its contexts', async () => {
  const volume = volumeOf();
  await (await newMember(volume)).close();
  expect((await open(volume)).recovered.identity?.genesis.contexts).toEqual(genesis.contexts);
});
