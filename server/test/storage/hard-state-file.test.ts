import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { MemoryDisk } from '../../sim/disk/memory-disk.ts';
import { Prng } from '../../sim/prng.ts';
import { FolderDisk } from '../../src/platform/disk.ts';
import type { Disk } from '../../src/ports/disk.ts';
import { HARD_STATE_NAME, SLOT_BYTES, SLOT_RECORD_BYTES } from '../../src/storage/member/hard-state-file.ts';
import type { Recovered } from '../../src/storage/recovered.ts';
import { Storage } from '../../src/storage/storage.ts';
import { readGolden } from './golden-files.ts';
import { entries, identity, persist, persistEntries, takeSnapshot, writeOf } from './member.ts';

const options = { segmentBytes: 300, snapRetainCount: 1 };

interface DiskUnderTest {
  /** The same disk, as the next process sees it. */
  readonly mount: () => Disk;
  readonly dispose: () => void;
}

const disks: readonly (readonly [string, () => DiskUnderTest])[] = [
  [
    'a folder of this machine',
    () => {
      const root = mkdtempSync(path.join(tmpdir(), 'rookery-vote-'));
      return { mount: () => new FolderDisk(root), dispose: () => rmSync(root, { recursive: true }) };
    },
  ],
  [
    'the memory disk',
    () => {
      const disk = new MemoryDisk();
      return { mount: () => disk, dispose: () => undefined };
    },
  ],
  [
    'the faulty disk, without faults',
    () => {
      const volume = new FaultyVolume({ prng: new Prng(1) });
      return { mount: () => volume.mount(), dispose: () => undefined };
    },
  ],
];

describe.each(disks)('%s: term and vote', (_kind, make) => {
  let made: DiskUnderTest;
  beforeEach(() => {
    made = make();
  });
  afterEach(() => made.dispose());

  /** A member that voted in terms 1 to 6, for 1 to 3 in turn, and has entries 4 to 9. */
  async function voter(): Promise<void> {
    const { storage } = await Storage.open(made.mount(), options);
    await storage.writeIdentity(identity);
    for (let term = 1; term <= 6; term++) {
      await persist(storage, writeOf({ hardState: { term, vote: 1 + ((term - 1) % 3) } }));
      await persist(storage, writeOf({ entries: entries(3 + term, 3 + term, term) }));
    }
    await storage.close();
  }

  async function onDisk<T>(work: (disk: Disk) => Promise<T>): Promise<T> {
    const disk = made.mount();
    await disk.lock();
    const result = await work(disk);
    await disk.close();
    return result;
  }

  const flip = (name: string, offset: number): Promise<void> =>
    onDisk(async (disk) => {
      const file = await disk.open(name);
      const byte = new Uint8Array(1);
      await file.read(byte, offset);
      byte[0]! ^= 4;
      await file.write(byte, offset);
      await file.close();
    });

  const remove = (name: string): Promise<void> => onDisk((disk) => disk.remove(name));

  async function recover(): Promise<Recovered> {
    const { storage, recovered } = await Storage.open(made.mount(), options);
    await storage.close();
    return recovered;
  }

  const newestSegment = (): Promise<string> =>
    onDisk(
      async (disk) =>
        `log/${(await disk.list('log'))
          .filter((name) => /^log-/.test(name))
          .sort()
          .at(-1)}`,
    );

  test('are the last ones over openings, segments and snapshots, with a sync of their own only where they change', async () => {
    await voter();
    for (let opening = 1; opening <= 3; opening++) {
      expect(await recover()).toMatchObject({ hardState: { term: 6, vote: 3 }, suspect: false, remarks: [] });
    }
    const { storage } = await Storage.open(made.mount(), { ...options, segmentBytes: 1024 * 1024 });
    const syncs = async (write: ReturnType<typeof writeOf>): Promise<number> => {
      const before = storage.metrics().syncs;
      await persist(storage, write);
      return storage.metrics().syncs - before;
    };
    expect(await syncs(writeOf({ hardState: { term: 7, vote: 0 } }))).toBe(1);
    expect(await syncs(writeOf({ hardState: { term: 7, vote: 0 } }))).toBe(0);
    await persistEntries(storage, 10, 40, 7);
    expect(await syncs(writeOf({ entries: entries(41, 42, 7) }))).toBe(1);
    expect(await syncs(writeOf({ hardState: { term: 7, vote: 2 }, entries: entries(43, 43, 7) }))).toBe(2);
    await takeSnapshot(storage, 40, 7);
    await storage.close();
    expect(await recover()).toMatchObject({ hardState: { term: 7, vote: 2 } });
  });

  test('stay when the tail of the log goes bad', async () => {
    await voter();
    const name = await newestSegment();
    const content = await onDisk(async (disk) => {
      const file = await disk.open(name);
      const bytes = new Uint8Array(await file.size());
      await file.read(bytes, 0);
      await file.close();
      return bytes;
    });
    await flip(
      name,
      content.findLastIndex((byte) => byte !== 0),
    );
    expect(await recover()).toMatchObject({ hardState: { term: 6, vote: 3 }, suspect: true });
    expect(await recover()).toMatchObject({ hardState: { term: 6, vote: 3 }, suspect: true, remarks: [] });
  });

  test.each([0, 20, 30, 60, SLOT_RECORD_BYTES - 1])(
    'come from the other slot when byte %i of one goes bad, and the member is suspect',
    async (offset) => {
      const found: string[] = [];
      for (const slot of [0, SLOT_BYTES]) {
        made.dispose();
        made = make();
        await voter();
        await flip(HARD_STATE_NAME, slot + offset);
        const { hardState, suspect, remarks } = await recover();
        found.push(`${hardState.term}:${hardState.vote}`);
        expect(suspect).toBe(true);
        expect(remarks.join()).toMatch(/member\/vote: one of the two copies/);
        expect(await recover()).toMatchObject({ hardState, suspect: true, remarks: [] });
      }
      // The last record before: a vote, or the segment that was begun after it.
      expect(found.sort().at(-1)).toBe('6:3');
      expect(['5:2', '6:3']).toContain(found.sort()[0]);
    },
  );

  test('stop the member when both slots go bad, with file and offset named and what to do', async () => {
    await voter();
    await flip(HARD_STATE_NAME, 30);
    await flip(HARD_STATE_NAME, SLOT_BYTES + 30);
    await expect(recover()).rejects.toMatchObject({
      code: 'damaged',
      file: HARD_STATE_NAME,
      offset: 0,
      message: expect.stringMatching(/neither copy .* member\/vote at byte 0.* joins as a new member/),
    });
  });

  test('stop the member when their file is gone', async () => {
    await voter();
    await remove(HARD_STATE_NAME);
    await expect(recover()).rejects.toMatchObject({
      code: 'damaged',
      file: HARD_STATE_NAME,
      message: expect.stringMatching(/vote is missing/),
    });
  });

  test('are no empty disk when identity and log are gone', async () => {
    await voter();
    for (const name of await onDisk((disk) => disk.list('log'))) await remove(`log/${name}`);
    await expect(recover()).rejects.toMatchObject({ message: expect.stringMatching(/log is missing/) });
    await remove('member/identity');
    await expect(recover()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/identity is missing beside a vote in term 6/),
    });
  });

  test('of another member are refused', async () => {
    await voter();
    const foreign = new MemoryDisk();
    const { storage } = await Storage.open(foreign, options);
    await storage.writeIdentity({ ...identity, raftId: 2 });
    await storage.close();
    const file = await foreign.open(HARD_STATE_NAME);
    const content = new Uint8Array(await file.size());
    await file.read(content, 0);
    await onDisk(async (disk) => {
      const target = await disk.create(HARD_STATE_NAME);
      await target.write(content, 0);
      await target.close();
    });
    await expect(recover()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/of member 2 of cluster a-cluster in the folder of 1 of a-cluster/),
    });
  });

  test('get their file from the log of an earlier release, before the identity says that there is one', async () => {
    await onDisk(async (disk) => {
      for (const folder of ['member', 'log']) await disk.createFolder(folder);
      for (const [name, content] of readGolden('votes-in-log')) {
        const file = await disk.create(name);
        await file.write(content, 0);
        await file.close();
      }
    });
    expect(await onDisk((disk) => disk.list('member'))).not.toContain('vote');
    expect(await recover()).toMatchObject({ hardState: { term: 5, vote: 1 }, suspect: false, remarks: [] });
    expect(await onDisk((disk) => disk.list('member'))).toContain('vote');
    await remove(HARD_STATE_NAME);
    await expect(recover()).rejects.toMatchObject({ code: 'damaged', file: HARD_STATE_NAME });
  });

  test('tell when the newest segment of the log vanished', async () => {
    await voter();
    const name = await newestSegment();
    expect(name).toMatch(/log-0000000[2-9]/);
    await remove(name);
    await expect(recover()).rejects.toMatchObject({
      code: 'damaged',
      file: expect.stringMatching(/^log\/log-/),
      message: expect.stringMatching(/newest segment, number \d, is missing/),
    });
  });
});
