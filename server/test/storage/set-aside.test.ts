import { describe, expect, test, vi } from 'vitest';
import { MemoryDisk } from '../../sim/disk/memory-disk.ts';
import { Shortage } from '../../src/replica/shortage.ts';
import { Storage } from '../../src/storage/storage.ts';
import { identity, newMember, open, options, persistEntries, takeSnapshot, volumeOf } from './member.ts';

describe('data set aside', () => {
  test('is kept under a number; the member begins empty, with its boots counted on', async () => {
    const volume = volumeOf();
    for (let round = 1; round <= 2; round++) {
      const storage = await newMember(volume);
      await persistEntries(storage, 4, 20);
      await takeSnapshot(storage, 10);
      await storage.setAside();
      await expect(storage.readEntries(4, 10)).rejects.toMatchObject({ code: 'closed' });
    }
    const { storage, recovered } = await open(volume);
    expect(recovered).toMatchObject({ identity: undefined, entries: [], boots: 3 });
    const names = volume.fileNames();
    expect(names.filter((name) => name.startsWith('set-aside-')).length).toBe(8);
    expect(names.filter((name) => name.startsWith('set-aside-2-log/log-')).length).toBe(1);
    await storage.writeIdentity({ ...identity, raftId: 17 });
  });

  test('is put aside once there is a file descriptor for it: want of one is no end', async () => {
    const volume = volumeOf();
    const storage = await newMember(volume);
    volume.decide = ({ kind }) => (kind === 'create' ? { error: 'EMFILE' } : {});
    const waits: (() => void)[] = [];
    const scheduler = {
      defer: (task: () => void) => task(),
      every: (_ms: number, task: () => void) => {
        waits.push(task);
        return () => {};
      },
    };
    const said: string[] = [];
    const quiet = (): void => {};
    const warn = (_facts: object, message: string): number => said.push(message);
    const shortage = new Shortage(
      { scheduler, log: { debug: quiet, info: quiet, warn, error: quiet } },
      () => false,
    );
    let aside = false;
    const outlasted = shortage
      .outlast('the data cannot be set aside for now', () => storage.setAside())
      .then(() => {
        aside = true;
      });
    await vi.waitUntil(() => waits.length === 1);
    expect([said, aside]).toEqual([
      ['the data cannot be set aside for now; it is tried again until it can'],
      false,
    ]);
    expect(shortage.reason).toContain('no file descriptor is left for setting the data aside');
    volume.decide = () => ({});
    waits[0]!();
    await outlasted;
    expect(shortage.reason).toBe('');
    expect((await open(volume)).recovered.identity).toBeUndefined();
  });

  test('is either all there or all aside, wherever the machine stops', async () => {
    const outcomes = { there: 0, aside: 0 };
    for (let call = 1; ; call++) {
      const volume = volumeOf(call);
      const storage = await newMember(volume);
      await persistEntries(storage, 4, 20);
      const begin = volume.callCount;
      volume.decide = ({ number }) =>
        number === begin + call ? { crash: (['before', 'during', 'after'] as const)[call % 3]! } : {};
      const crashed = new Promise<'crashed'>((resolve) => {
        volume.onCrash = () => resolve('crashed');
      });
      const end = await Promise.race([crashed, storage.setAside()]);
      volume.decide = () => ({});
      const { recovered } = await open(volume);
      if (recovered.identity === undefined) {
        outcomes.aside++;
        expect(recovered.entries).toEqual([]);
      } else {
        outcomes.there++;
        expect(recovered.entries.length).toBe(17);
      }
      if (end !== 'crashed') break;
    }
    expect(outcomes.there).toBeGreaterThan(0);
    expect(outcomes.aside).toBeGreaterThan(0);
  });

  test('says what failed and where, and is done again by the next life', async () => {
    for (const [error, code] of [
      ['EIO', 'failed'],
      ['ENOSPC', 'full'],
      ['EMFILE', 'full'],
    ] as const) {
      const volume = volumeOf();
      const storage = await newMember(volume);
      await persistEntries(storage, 4, 20);
      volume.decide = ({ name }) => (name.startsWith('setting-aside') ? { error } : {});
      await expect(storage.setAside()).rejects.toMatchObject({
        code,
        message: expect.stringContaining('setting the data aside'),
      });
      volume.decide = () => ({});
      volume.kill();
      const again = await open(volume);
      expect(again.recovered.entries.length).toBe(17);
      await again.storage.setAside();
      expect((await open(volume)).recovered.identity).toBeUndefined();
    }
  });

  test('takes the log along from a disk of its own', async () => {
    const disk = new MemoryDisk();
    const logDisk = new MemoryDisk();
    const { storage } = await Storage.open(disk, { ...options, logDisk });
    await storage.writeIdentity(identity);
    await storage.setAside();
    expect((await disk.list('set-aside-1-member')).sort()).toEqual(['identity', 'vote']);
    expect((await logDisk.list('set-aside-1-log')).length).toBe(1);
    expect((await Storage.open(disk, { ...options, logDisk })).recovered.identity).toBeUndefined();
  });
});
