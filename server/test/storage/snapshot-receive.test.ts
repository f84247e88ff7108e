import { beforeEach, describe, expect, test } from 'vitest';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import type { Storage } from '../../src/storage/storage.ts';
import {
  codeOf,
  entries,
  genesis,
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

const meta = snapshotAt(50, 2);

/** The file of snapshot 50 as the leader has it. */
async function leadersFile(term = 2, chunkBytes = 900): Promise<Uint8Array> {
  const leader = await newMember(volumeOf(9));
  for (let index = 4; index <= 54; index += 10) await persistEntries(leader, index, index + 9, 2);
  await takeSnapshot(leader, 50, term, chunkBytes);
  return (await leader.readSnapshotChunk(50, 0, 1_000_000))!.data;
}

async function send(storage: Storage, file: Uint8Array, from = 0, pieceBytes = 300): Promise<void> {
  for (let offset = from; offset < file.length; offset += pieceBytes) {
    const piece = file.slice(offset, offset + pieceBytes);
    await storage.receiveSnapshotChunk(meta, offset, piece, offset + piece.length === file.length);
  }
}

describe('a snapshot from the leader', () => {
  let volume: FaultyVolume;
  let storage: Storage;
  let file: Uint8Array;
  beforeEach(async () => {
    volume = volumeOf();
    storage = await newMember(volume);
    await persistEntries(storage, 4, 20);
    file = await leadersFile();
  });

  test('takes the place of snapshots and log once it is installed, and not before', async () => {
    await takeSnapshot(storage, 10);
    await send(storage, file);
    expect(storage.newestSnapshot()).toEqual(snapshotAt(10));
    await persist(
      storage,
      writeOf({ snapshot: meta, hardState: { term: 2, vote: 0 }, entries: entries(51, 52, 2) }),
    );
    expect(storage.newestSnapshot()).toEqual(meta);
    expect(await storage.readEntries(20, 100)).toEqual({ compacted: true });
    expect((await readAll(storage, 51)).length).toBe(2);
    await storage.close();
    const { storage: again, recovered } = await open(volume);
    expect(recovered.snapshot?.meta).toEqual(meta);
    expect(recovered.snapshot?.digest).toBe('digest 50');
    expect(recovered).toMatchObject({ firstIndex: 51, previousTerm: 2, hardState: { term: 2, vote: 0 } });
    expect(recovered.entries.length).toBe(2);
    expect(volume.fileNames().filter((name) => name.includes('snapshot-')).length).toBe(1);
    await persistEntries(again, 53, 54, 2);
  });

  test('is gone when the process ends before it is installed', async () => {
    await send(storage, file);
    await storage.close();
    const { recovered } = await open(volume);
    expect(recovered.snapshot).toBeUndefined();
    expect(recovered.entries.length).toBe(17);
    expect(volume.fileNames().filter((name) => name.includes('incoming'))).toEqual([]);
  });

  test('goes on after a piece was lost or came twice', async () => {
    await storage.receiveSnapshotChunk(meta, 0, file.slice(0, 300), false);
    expect(await codeOf(storage.receiveSnapshotChunk(meta, 600, file.slice(600, 900), false))).toBe(
      'snapshot-gap',
    );
    await storage.receiveSnapshotChunk(meta, 300, file.slice(300, 600), false);
    await storage.receiveSnapshotChunk(meta, 300, file.slice(300, 600), false);
    await send(storage, file, 600);
    await persist(storage, writeOf({ snapshot: meta }));
    expect(storage.newestSnapshot()).toEqual(meta);
  });

  test('begins anew at 0, also with another file of the same state', async () => {
    await storage.receiveSnapshotChunk(meta, 0, file.slice(0, 300), false);
    const other = await leadersFile(2, 901);
    expect(other.length).not.toBe(file.length);
    await send(storage, other);
    await persist(storage, writeOf({ snapshot: meta }));
    expect((await storage.readSnapshotChunk(50, 0, 1_000_000))!.data.length).toBe(other.length);
  });

  test('begins anew when another snapshot comes', async () => {
    await storage.receiveSnapshotChunk(snapshotAt(49, 2), 0, file.slice(0, 300), false);
    expect(await codeOf(storage.receiveSnapshotChunk(meta, 300, file.slice(300, 600), false))).toBe(
      'snapshot-gap',
    );
    await send(storage, file);
    await persist(storage, writeOf({ snapshot: meta }));
  });

  test('may be sent with all pieces under way at once', async () => {
    const pieces: Promise<void>[] = [];
    for (let offset = 0; offset < file.length; offset += 200) {
      const piece = file.slice(offset, offset + 200);
      pieces.push(storage.receiveSnapshotChunk(meta, offset, piece, offset + piece.length === file.length));
    }
    await Promise.all(pieces);
    await persist(storage, writeOf({ snapshot: meta }));
    expect(storage.newestSnapshot()).toEqual(meta);
  });

  test('is thrown away when any bit of it is wrong, and may come again', async () => {
    for (let offset = 0; offset < file.length; offset++) {
      const wrong = file.slice();
      wrong[offset]! ^= 1 << (offset % 8);
      expect(await codeOf(storage.receiveSnapshotChunk(meta, 0, wrong, true)), `byte ${offset}`).toBe(
        'snapshot-damaged',
      );
    }
    await send(storage, file);
    await persist(storage, writeOf({ snapshot: meta }));
  });

  test('is thrown away when it is cut short, too long, or not the one that was announced', async () => {
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(await codeOf(storage.receiveSnapshotChunk(meta, 0, file.slice(0, -1), true))).toBe(
      'snapshot-damaged',
    );
    expect(await codeOf(storage.receiveSnapshotChunk(meta, 0, longer, true))).toBe('snapshot-damaged');
    expect(await codeOf(storage.receiveSnapshotChunk(snapshotAt(51, 2), 0, file, true))).toBe(
      'snapshot-damaged',
    );
    expect(await codeOf(storage.receiveSnapshotChunk(snapshotAt(50, 3), 0, file, true))).toBe(
      'snapshot-damaged',
    );
    const otherVoters = { ...meta, configuration: { ...genesis, voters: [1, 2] } };
    expect(await codeOf(storage.receiveSnapshotChunk(otherVoters, 0, file, true))).toBe('snapshot-damaged');
    const otherCluster = (await open(volumeOf(3))).storage;
    await otherCluster.writeIdentity({ ...identity, clusterId: 'another' });
    expect(await codeOf(otherCluster.receiveSnapshotChunk(meta, 0, file, true))).toBe('snapshot-damaged');
  });

  test('is not installed unless it came as a whole', async () => {
    const unhandled: unknown[] = [];
    const record = (error: unknown): void => {
      unhandled.push(error);
    };
    process.once('unhandledRejection', record);
    await storage.receiveSnapshotChunk(meta, 0, file.slice(0, 300), false);
    storage.persist(writeOf({ snapshot: meta }), () => unhandled.push('acknowledged'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', record);
    expect(unhandled).toHaveLength(1);
    expect(unhandled[0]).toMatchObject({ code: 'storage-invariant' });
  });

  test('is given up when the disk is full, and may come again', async () => {
    volume.capacityBytes = volume.usedBytes() + 500;
    await storage.receiveSnapshotChunk(meta, 0, file.slice(0, 300), false);
    expect(await codeOf(storage.receiveSnapshotChunk(meta, 300, file.slice(300, 600), false))).toBe('full');
    expect(volume.fileNames().filter((name) => name.includes('incoming'))).toEqual([]);
    volume.capacityBytes = Number.POSITIVE_INFINITY;
    await send(storage, file);
    await persist(storage, writeOf({ snapshot: meta }));
  });
});
