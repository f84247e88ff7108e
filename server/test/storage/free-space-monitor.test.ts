import { expect, test } from 'vitest';
import type { Disk } from '../../src/ports/disk.ts';
import { FreeSpaceMonitor, Room } from '../../src/storage/free-space-monitor.ts';

const diskOf = (freeBytes: number): Disk => ({ freeBytes: async () => freeBytes }) as unknown as Disk;

test('what has to stay free is told of the one disk that there is', async () => {
  const disk = diskOf(5_000);
  const monitor = new FreeSpaceMonitor(disk, disk, 1_000);
  await monitor.refresh(300);
  expect(monitor.nearest).toMatchObject({ freeBytes: 5_000, reserveBytes: 2_300 });
  expect(monitor.room).toBe(Room.ample);
});

test('of two disks that one is told of which is nearer to its end, whichever has more', async () => {
  const ofLog = new FreeSpaceMonitor(diskOf(1_000), diskOf(3_000), 1_000);
  await ofLog.refresh(300);
  expect(ofLog.nearest).toMatchObject({ freeBytes: 3_000, reserveBytes: 2_000 });
  expect([ofLog.room, ofLog.freeBytes]).toEqual([Room.low, 1_000]);
  const ofSnapshots = new FreeSpaceMonitor(diskOf(250), diskOf(30_000), 1_000);
  await ofSnapshots.refresh(300);
  expect(ofSnapshots.nearest).toMatchObject({ freeBytes: 250, reserveBytes: 300 });
  expect(ofSnapshots.room).toBe(Room.exhausted);
});
