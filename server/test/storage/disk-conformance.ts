import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Disk, type DiskFile, diskErrorCode } from '../../src/ports/disk.ts';

/** A disk under test, and a second process that wants the same one. */
export interface DiskUnderTest {
  readonly disk: Disk;
  readonly again: () => Disk;
  readonly dispose: () => void;
}

/** What storage relies on, whichever adapter it is given. */
export function describeDisk(kind: string, make: () => DiskUnderTest): void {
  describe(`${kind}: conformance of a disk`, () => {
    let made: DiskUnderTest;
    let disk: Disk;

    beforeEach(async () => {
      made = make();
      disk = made.disk;
      await disk.lock();
    });
    afterEach(async () => {
      await disk.close();
      made.dispose();
    });

    test('reads back what was written, with zeros in the gaps', async () => {
      const file = await disk.create('a');
      await file.write(bytes(1, 2, 3), 5);
      expect(await content(file, 100)).toEqual([0, 0, 0, 0, 0, 1, 2, 3]);
      expect(await file.size()).toBe(8);
      await file.write(bytes(9), 6);
      expect(await content(file, 100)).toEqual([0, 0, 0, 0, 0, 1, 9, 3]);
      await file.close();
    });

    test('reads nothing beyond the end and a part at the end', async () => {
      const file = await disk.create('a');
      await file.write(bytes(1, 2, 3), 0);
      expect(await file.read(new Uint8Array(4), 3)).toBe(0);
      expect(await file.read(new Uint8Array(4), 100)).toBe(0);
      const tail = new Uint8Array(4);
      expect(await file.read(tail, 2)).toBe(1);
      expect([...tail]).toEqual([3, 0, 0, 0]);
      await file.close();
    });

    test('appends the given length of a larger buffer and calls back exactly once', async () => {
      const file = await disk.create('a');
      const buffer = bytes(1, 2, 3, 4, 5);
      let calls = 0;
      await new Promise<void>((resolve, reject) => {
        file.append(buffer, 3, 2, (error) => {
          calls++;
          if (error) reject(error);
          else resolve();
        });
      });
      expect(calls).toBe(1);
      expect(await content(file, 10)).toEqual([0, 0, 1, 2, 3]);
      expect(disk.stats.syncs).toBeGreaterThan(0);
      expect(disk.stats.bytesWritten).toBe(3);
      await file.close();
    });

    test('appends large and small, one after the other, in order', async () => {
      const file = await disk.create('a');
      const sizes = [1, 100_000, 3, 5_000, 4_096, 4_097, 2];
      let position = 0;
      for (const [i, size] of sizes.entries()) {
        await append(file, new Uint8Array(size).fill(i + 1), position);
        position += size;
      }
      const expected = sizes.flatMap((size, i) => Array.from({ length: size }, () => i + 1));
      expect(Buffer.from(await content(file, position + 1)).equals(Buffer.from(expected))).toBe(true);
      await file.close();
    });

    test('allocates zeros, keeps what is there, and never shrinks', async () => {
      const file = await disk.create('a');
      await file.write(bytes(7), 0);
      await file.allocate(5000);
      expect(await file.size()).toBe(5000);
      const read = await content(file, 6000);
      expect(read.length).toBe(5000);
      expect(read[0]).toBe(7);
      expect(read.slice(1).every((byte) => byte === 0)).toBe(true);
      await file.allocate(10);
      expect(await file.size()).toBe(5000);
      await file.close();
    });

    test('creates an empty file where one was', async () => {
      const first = await disk.create('a');
      await first.write(bytes(1, 2, 3), 0);
      await first.close();
      const second = await disk.create('a');
      expect(await second.size()).toBe(0);
      await second.close();
    });

    test('opens only what exists, for writing too, and shows the same bytes to two handles', async () => {
      expect(await codeOf(disk.open('a'))).toBe('ENOENT');
      expect(await codeOf(disk.open('folder/a'))).toBe('ENOENT');
      const writer = await disk.create('a');
      const reader = await disk.open('a');
      await writer.write(bytes(1, 2), 0);
      expect(await content(reader, 5)).toEqual([1, 2]);
      await reader.write(bytes(5), 0);
      expect(await content(writer, 5)).toEqual([5, 2]);
      await writer.close();
      await reader.close();
    });

    test('keeps folders apart, lists them, and says nothing of those that are not there', async () => {
      expect(await disk.list('log')).toEqual([]);
      await disk.createFolder('log');
      await disk.createFolder('log');
      await (await disk.create('log/a')).close();
      await (await disk.create('b')).close();
      await disk.syncFolder('log');
      await disk.syncFolder('');
      expect(await disk.list('log')).toEqual(['a']);
      expect((await disk.list('')).filter((name) => name !== 'lock').sort()).toEqual(['b', 'log']);
      expect(await codeOf(disk.syncFolder('nowhere'))).toBe('ENOENT');
      expect(await codeOf(disk.create('nowhere/a'))).toBe('ENOENT');
    });

    test('renames a file over another; open handles go on', async () => {
      await disk.createFolder('log');
      const file = await disk.create('log/a');
      await file.write(bytes(1), 0);
      const old = await disk.create('log/b');
      await old.write(bytes(2, 2), 0);
      await disk.rename('log/a', 'log/b');
      expect(await disk.list('log')).toEqual(['b']);
      await append(file, bytes(3), 1);
      const renamed = await disk.open('log/b');
      expect(await content(renamed, 5)).toEqual([1, 3]);
      expect(await content(old, 5)).toEqual([2, 2]);
      expect(await codeOf(disk.rename('log/a', 'log/c'))).toBe('ENOENT');
      for (const handle of [file, old, renamed]) await handle.close();
    });

    test('renames a file into another folder', async () => {
      await disk.createFolder('log');
      await disk.createFolder('history');
      const file = await disk.create('log/a');
      await file.write(bytes(1, 2), 0);
      await file.close();
      await disk.rename('log/a', 'history/b');
      expect(await disk.list('log')).toEqual([]);
      const renamed = await disk.open('history/b');
      expect(await content(renamed, 5)).toEqual([1, 2]);
      await renamed.close();
      expect(await codeOf(disk.rename('log/a', 'history/b'))).toBe('ENOENT');
    });

    test('renames a folder with what is in it', async () => {
      await disk.createFolder('log');
      await (await disk.create('log/a')).close();
      await disk.rename('log', 'old');
      expect(await disk.list('log')).toEqual([]);
      expect(await disk.list('old')).toEqual(['a']);
    });

    test('removes files, once', async () => {
      await (await disk.create('a')).close();
      await disk.remove('a');
      expect(await codeOf(disk.open('a'))).toBe('ENOENT');
      expect(await codeOf(disk.remove('a'))).toBe('ENOENT');
    });

    test('tells how much is free', async () => {
      expect(await disk.freeBytes()).toBeGreaterThan(0);
    });

    test('is locked for others until it is closed', async () => {
      const other = made.again();
      expect(await codeOf(other.lock())).toBe('EBUSY');
      await disk.close();
      await other.lock();
      expect(await codeOf(made.again().lock())).toBe('EBUSY');
      await other.close();
      await disk.lock();
    });
  });
}

export function append(file: DiskFile, data: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    file.append(data, data.length, position, (error) => (error ? reject(error) : resolve()));
  });
}

async function content(file: DiskFile, maxBytes: number): Promise<number[]> {
  const buffer = new Uint8Array(maxBytes);
  return [...buffer.subarray(0, await file.read(buffer, 0))];
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return diskErrorCode(error);
  }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
