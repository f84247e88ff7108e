import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import { MemoryDisk } from '../../sim/disk/memory-disk.ts';
import { Prng } from '../../sim/prng.ts';
import { FolderDisk } from '../../src/platform/disk.ts';
import { diskErrorCode } from '../../src/ports/disk.ts';
import { append, describeDisk } from './disk-conformance.ts';

describeDisk('a folder of this machine', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'rookery-disk-'));
  const disk = new FolderDisk(root);
  return { disk, again: () => new FolderDisk(root), dispose: () => rmSync(root, { recursive: true }) };
});

describeDisk('the memory disk', () => {
  const disk = new MemoryDisk();
  return { disk, again: () => disk, dispose: () => undefined };
});

describeDisk('the faulty disk, without faults', () => {
  const volume = new FaultyVolume({ prng: new Prng(1) });
  return { disk: volume.mount(), again: () => volume.mount(), dispose: () => undefined };
});

describe('the lock of a folder', () => {
  test('is held by another process while that lives, and is gone when that is killed', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'rookery-lock-'));
    const holder = await startHolder(root);
    const disk = new FolderDisk(root);
    await expect(disk.lock()).rejects.toMatchObject({ code: 'EBUSY' });
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    await disk.lock();
    await disk.close();
    rmSync(root, { recursive: true });
  });
});

async function startHolder(root: string): Promise<ChildProcess> {
  const module = path.resolve(import.meta.dirname, '../../src/platform/disk.ts');
  const program = `
    const { FolderDisk } = await import(${JSON.stringify(module)});
    await new FolderDisk(${JSON.stringify(root)}).lock();
    console.log('locked');
    setInterval(() => undefined, 1_000_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

describe('the faulty disk', () => {
  test('keeps after a crash what was synced, under names whose folder was synced', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const volume = new FaultyVolume({ prng: new Prng(seed) });
      const disk = volume.mount();
      await disk.lock();
      const file = await disk.create('a');
      await append(file, Uint8Array.of(1, 2, 3), 0);
      await disk.syncFolder('');
      await file.write(Uint8Array.of(9, 9, 9, 9), 3);
      volume.crash();
      expect([...volume.content('a').subarray(0, 3)], `seed ${seed}`).toEqual([1, 2, 3]);
    }
  });

  test('loses, keeps and tears what was not synced', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 200; seed++) {
      const volume = new FaultyVolume({ prng: new Prng(seed) });
      const disk = volume.mount();
      await disk.lock();
      const file = await disk.create('a');
      await disk.syncFolder('');
      await file.write(new Uint8Array(2048).fill(1), 0);
      volume.crash();
      const kept = volume.content('a').filter((byte) => byte === 1).length;
      outcomes.add(kept === 0 ? 'lost' : kept === 2048 ? 'kept' : 'torn');
    }
    expect([...outcomes].sort()).toEqual(['kept', 'lost', 'torn']);
  });

  test('may undo names that no folder sync followed, and only those', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) {
      const volume = new FaultyVolume({ prng: new Prng(seed) });
      const disk = volume.mount();
      await disk.lock();
      await (await disk.create('a')).close();
      await disk.syncFolder('');
      await (await disk.create('b')).close();
      await disk.rename('a', 'c');
      volume.crash();
      outcomes.add(volume.fileNames().join());
    }
    expect([...outcomes].sort()).toEqual(['a', 'a,b', 'b,c', 'c']);
  });

  test('drops what a failed sync was to write, although it can still be read and the next sync succeeds', async () => {
    let lost = 0;
    for (let seed = 1; seed <= 20; seed++) {
      let syncs = 0;
      const volume = new FaultyVolume({
        prng: new Prng(seed),
        decide: ({ kind }) => (kind === 'sync' && ++syncs === 1 ? { error: 'EIO' } : {}),
      });
      const disk = volume.mount();
      await disk.lock();
      const file = await disk.create('a');
      await disk.syncFolder('');
      await file.write(Uint8Array.of(1), 0);
      await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
      await file.sync();
      expect([...volume.content('a')]).toEqual([1]);
      volume.crash();
      if (volume.content('a')[0] !== 1) lost++;
    }
    expect(lost).toBeGreaterThan(0);
  });

  test('answers nothing after a kill, but keeps the page cache', async () => {
    const volume = new FaultyVolume({ prng: new Prng(1) });
    const disk = volume.mount();
    await disk.lock();
    const file = await disk.create('a');
    let isAnswered = false;
    file.write(Uint8Array.of(1), 0).then(() => {
      isAnswered = true;
    });
    volume.kill();
    const next = volume.mount();
    await next.lock();
    const buffer = new Uint8Array(1);
    await (await next.open('a')).read(buffer, 0);
    expect(buffer[0]).toBe(1);
    expect(isAnswered).toBe(false);
  });

  test('is full when it is full, and not before', async () => {
    const volume = new FaultyVolume({ prng: new Prng(1), capacityBytes: 1000 });
    const disk = volume.mount();
    await disk.lock();
    const file = await disk.create('a');
    await file.allocate(900);
    await file.write(new Uint8Array(900), 0);
    expect(await disk.freeBytes()).toBe(100);
    const refused = file.write(new Uint8Array(200), 850);
    await expect(
      refused.catch((error: unknown) => Promise.reject(new Error(diskErrorCode(error)))),
    ).rejects.toThrow('ENOSPC');
    await file.write(new Uint8Array(100), 900);
    await disk.remove('a');
    expect(await disk.freeBytes()).toBe(1000);
  });
});
