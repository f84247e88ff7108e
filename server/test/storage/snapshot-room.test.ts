import type { Entry } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import type { SnapshotWriter } from '../../src/storage/recovered.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { newMember, open, persist, snapshotAt, volumeOf, writeOf } from './member.ts';

const segmentBytes = 4096;
const snapshotBytes = 20_000;
const chunk = new Uint8Array(1_000).fill(7);
const chunks = snapshotBytes / chunk.length;
/** Of one Write: several of them fill a segment. */
const entryBytes = 1_000;

const large = (index: number): Entry => ({ index, term: 1, kind: 0, data: new Uint8Array(entryBytes) });
const append = (storage: Storage, index: number): Promise<void> =>
  persist(storage, writeOf({ entries: [large(index)] }));

/** A member whose disk has room for a snapshot and some segments, with the first of a snapshot's chunks written. */
async function amidSnapshot(): Promise<{ volume: FaultyVolume; storage: Storage; writer: SnapshotWriter }> {
  const volume = volumeOf();
  const storage = await newMember(volume, { segmentBytes, snapRetainCount: 1 });
  for (let index = 4; index <= 24; index++) await append(storage, index);
  storage.keepRoomFor({ snapshotBytes }, () => {});
  await storage.refreshSpace();
  volume.capacityBytes = volume.usedBytes() + snapshotBytes + 6 * segmentBytes;
  const writer = await storage.createSnapshot(snapshotAt(24), 'digest');
  await writer.write(chunk);
  return { volume, storage, writer };
}

/** The model disk does at once what it was asked for: who still waits in the next turn waits for something else. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Appends one after the other until one is held back. */
async function appendUntilHeld(storage: Storage, from: number) {
  for (let index = from; index < from + 1_000; index++) {
    const appended = append(storage, index);
    const isDone = await Promise.race([appended.then(() => true), nextTurn().then(() => false)]);
    if (!isDone) return { appended, last: index };
  }
  throw new Error('the log took a thousand Writes');
}

describe('a log that grows while a snapshot is written', () => {
  test('leaves it the room that it still needs: the Write waits, and goes on once the snapshot is whole', async () => {
    const { volume, storage, writer } = await amidSnapshot();
    const { appended, last } = await appendUntilHeld(storage, 25);
    for (let written = 1; written < chunks; written++) await writer.write(chunk);
    await writer.finish();
    await appended;
    expect(storage.newestSnapshot()?.index).toBe(24);
    for (let index = last + 1; index <= last + 10; index++) await append(storage, index);
    await storage.close();
    expect((await open(volume, { segmentBytes })).recovered.lastIndex).toBe(last + 10);
  });

  test('waits no longer once all chunks are written: the snapshot waits for the log then', async () => {
    const { storage, writer } = await amidSnapshot();
    const { appended } = await appendUntilHeld(storage, 25);
    await writer.write(chunk);
    await writer.seal();
    await appended;
    await writer.finish();
    await storage.close();
  });

  test('goes on where the snapshot is given up, or the member stops', async () => {
    for (const end of ['abort', 'close'] as const) {
      const { storage, writer } = await amidSnapshot();
      const { appended } = await appendUntilHeld(storage, 25);
      if (end === 'abort') await writer.abort();
      const closed = end === 'close' ? storage.close() : undefined;
      await appended;
      await closed;
    }
  });

  test('takes what it likes of a disk of its own', async () => {
    const volume = volumeOf();
    const logVolume = volumeOf(2);
    const logDisk = logVolume.mount();
    const storage = await newMember(volume, { segmentBytes, snapRetainCount: 1, logDisk });
    for (let index = 4; index <= 24; index++) await append(storage, index);
    storage.keepRoomFor({ snapshotBytes }, () => {});
    await storage.refreshSpace();
    volume.capacityBytes = volume.usedBytes() + snapshotBytes + segmentBytes;
    const writer = await storage.createSnapshot(snapshotAt(24), 'digest');
    await writer.write(chunk);
    for (let index = 25; index <= 100; index++) await append(storage, index);
    for (let written = 1; written < chunks; written++) await writer.write(chunk);
    await writer.finish();
    await storage.close();
  });
});
