import { execFileSync } from 'node:child_process';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { FolderDisk } from '../../src/platform/disk.ts';
import type { StoredSnapshot } from '../../src/storage/recovered.ts';
import {
  codeOf,
  entries,
  identity,
  newMember,
  open,
  persist,
  persistEntries,
  readAll,
  snapshotAt,
  takeSnapshot,
  volumeOf,
  writeOf,
} from './member.ts';

/** From now on nothing is opened, until the returned function is called. */
function exhaust(volume: FaultyVolume, code = 'EMFILE'): () => void {
  volume.decide = ({ kind }) => (kind === 'open' || kind === 'create' ? { error: code } : {});
  return () => {
    volume.decide = () => ({});
  };
}

async function chunksOf(stored: StoredSnapshot): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stored.read()) chunks.push(chunk);
  return chunks;
}

describe('without a file descriptor', () => {
  test.each(['EMFILE', 'ENFILE'])(
    '(%s) a Write that needs a new segment waits, and nothing else fails for it',
    async (code) => {
      const volume = volumeOf();
      const storage = await newMember(volume, { segmentBytes: 1024 });
      const release = exhaust(volume, code);
      let index = 4;
      let refused: unknown;
      for (; refused === undefined && index < 200; index++)
        refused = await persist(storage, writeOf({ entries: entries(index, index) })).catch((error) => error);
      expect(refused).toMatchObject({ code: 'full', message: expect.stringContaining('file descriptor') });
      const last = storage.metrics().lastIndex;
      expect(await codeOf(persistEntries(storage, last + 1, last + 1))).toBe('full');
      // Term and vote have a file that is open.
      await persist(storage, writeOf({ hardState: { term: 7, vote: 2 } }));
      release();
      await persistEntries(storage, last + 1, last + 30);
      expect((await readAll(storage, 4)).length).toBe(last + 30 - 3);
      await storage.close();
      const { recovered } = await open(volume, { segmentBytes: 1024 });
      expect([recovered.lastIndex, recovered.hardState.term, recovered.suspect]).toEqual([
        last + 30,
        7,
        false,
      ]);
    },
  );

  test.each([1, 2, 3, 4])(
    'a new member cannot write who it is (open or create %i is refused), and can once there is one',
    async (nth) => {
      const volume = volumeOf();
      const { storage } = await open(volume);
      let calls = 0;
      volume.decide = ({ kind }) =>
        (kind === 'open' || kind === 'create') && ++calls === nth ? { error: 'EMFILE' } : {};
      expect(await codeOf(storage.writeIdentity(identity))).toBe('full');
      expect(calls).toBe(nth);
      await storage.writeIdentity({ ...identity, clusterId: 'the next one' });
      await persistEntries(storage, 4, 10);
      await storage.close();
      const { recovered } = await open(volume);
      expect([recovered.identity?.clusterId, recovered.lastIndex]).toEqual(['the next one', 10]);
    },
  );

  test('a folder that nobody uses cannot be locked, and that is told as a want of descriptors', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'rookery-descriptors-'));
    try {
      const script = path.join(import.meta.dirname, 'lives', 'lock-without-descriptor.ts');
      const said = execFileSync('sh', [
        '-c',
        'ulimit -n 64; exec "$0" "$1" "$2"',
        process.execPath,
        script,
        root,
      ]);
      expect(String(said)).toBe('EMFILE\nlocked\n');
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test('snapshots are neither written, read nor received, and all of it goes on once there is one', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { segmentBytes: 1024 });
    await persistEntries(storage, 4, 40);
    await takeSnapshot(storage, 20);
    const attempts = [
      () => storage.readEntries(4, 100),
      () => storage.createSnapshot(snapshotAt(30), 'x'),
      () => storage.openSnapshot(20),
      () => storage.readSnapshotChunk(20, 0, 100),
      () => storage.receiveSnapshotChunk(snapshotAt(90), 0, Uint8Array.of(1), false),
    ];
    const release = exhaust(volume);
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe('full');
    release();
    for (const attempt of attempts.toReversed()) expect(await codeOf(attempt())).toBe('');
  });

  test('a snapshot that is opened and cannot be read any more says so as a shortage', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    await persistEntries(storage, 4, 40);
    await takeSnapshot(storage, 20);
    const stored = await storage.openSnapshot(20);
    const release = exhaust(volume);
    expect(await codeOf(chunksOf(stored!))).toBe('full');
    release();
    expect((await chunksOf(stored!)).length).toBe(2);
  });

  test('names in a folder become durable all the same, once they were before', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'rookery-descriptors-'));
    const disk = new FolderDisk(root);
    try {
      await disk.lock();
      await disk.createFolder('log');
      await disk.syncFolder('');
      await disk.syncFolder('log');
      const opened = vi.spyOn(fs.promises, 'open');
      await disk.syncFolder('');
      await disk.syncFolder('log');
      expect(opened).not.toHaveBeenCalled();
      // Another folder of that name is another folder.
      await disk.rename('log', 'log-aside');
      await disk.createFolder('log');
      await disk.syncFolder('log');
      expect(opened).toHaveBeenCalledTimes(1);
    } finally {
      vi.restoreAllMocks();
      await disk.close();
      rmSync(root, { recursive: true });
    }
  });
});
