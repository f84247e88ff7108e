import { describe, expect, test } from 'vitest';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { PurgeInterval } from '../../src/purge-interval.ts';
import { newMember, options, persistEntries, takeSnapshot, volumeOf } from './member.ts';

const hourMs = 3_600_000;

function snapshotsOf(volume: FaultyVolume): number {
  return volume.fileNames().filter((name) => name.startsWith('member/snapshot-')).length;
}

describe('old logs and snapshots', () => {
  test('are kept while it is not time to purge, and purged when it is', async () => {
    const volume = volumeOf();
    let now = false;
    const storage = await newMember(volume, { snapRetainCount: 2, purgeNow: () => now });
    for (let index = 4; index < 9; index++) {
      await persistEntries(storage, index, index);
      await takeSnapshot(storage, index);
    }
    expect(snapshotsOf(volume)).toBe(5);
    now = true;
    await persistEntries(storage, 9, 9);
    await takeSnapshot(storage, 9);
    expect(snapshotsOf(volume)).toBe(2);
    await storage.close();
  });

  test('are purged at once where the disk is nearly full, whatever the time', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume, { snapRetainCount: 2, purgeNow: () => false });
    for (let index = 4; index < 9; index++) {
      await persistEntries(storage, index, index);
      await takeSnapshot(storage, index, 1, 1000);
    }
    expect(snapshotsOf(volume)).toBe(5);
    volume.capacityBytes = volume.usedBytes() + options.segmentBytes;
    await storage.refreshSpace();
    expect(snapshotsOf(volume)).toBe(1);
    await storage.close();
  });
});

describe('the interval between purges', () => {
  function intervalOf(hours: number) {
    const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => 0 };
    return { interval: new PurgeInterval(clock, hours), clock };
  }

  test('of 24 hours lets the first purge through, and the next one after a day', () => {
    const { interval, clock } = intervalOf(24);
    expect([interval.startIfDue(), interval.startIfDue()]).toEqual([true, false]);
    clock.nowMs = 24 * hourMs - 1;
    expect(interval.startIfDue()).toBe(false);
    clock.nowMs++;
    expect([interval.startIfDue(), interval.startIfDue()]).toEqual([true, false]);
  });

  test('of 0 lets each through', () => {
    const { interval } = intervalOf(0);
    expect([interval.startIfDue(), interval.startIfDue()]).toEqual([true, true]);
  });
});
