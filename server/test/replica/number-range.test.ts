import { describe, expect, test } from 'vitest';
import { NumberRange } from '../../src/replica/number-range.ts';
import { NumberReserve } from '../../src/replica/number-reserve.ts';
import { type Request, Requests } from '../../src/replica/requests.ts';
import { diskFull, StorageError } from '../../src/storage/storage-error.ts';
import { NUMBER_BOUNDS } from './number-bounds.ts';

/** A data folder that counts how often it was opened. */
class Folder {
  boots = 0;
  readonly failures: Error[] = [];
  refusal: Error | undefined;

  open(): { numbers: NumberRange; reserve: NumberReserve } {
    const numbers = new NumberRange(++this.boots, NUMBER_BOUNDS);
    const storage = {
      reserveBoot: async () => {
        if (this.refusal !== undefined) throw this.refusal;
        return ++this.boots;
      },
    };
    return { numbers, reserve: new NumberReserve(numbers, storage, (error) => this.failures.push(error)) };
  }
}

const request = (): Request => ({
  requestNumber: 0,
  command: new Uint8Array(1),
  submittedTerm: 0,
  cancelled: false,
  applied: () => {},
  abandoned: () => {},
});

/** As after so many requests: making them takes too long. */
function skip(requests: Requests, count: number): void {
  requests.last += count;
}

describe('the numbers of a life', () => {
  test('are above those of every earlier one, after 2^31 writes in one of them, too', async () => {
    const folder = new Folder();
    let last = 0;
    for (const writes of [5, 2 ** 31, 10, 3 * 2 ** 31 + 7, 1]) {
      const { numbers, reserve } = folder.open();
      const requests = new Requests(numbers, 1_000);
      expect(requests.nextNumber()).toBeGreaterThan(last);
      for (let left = writes; left > 0; ) {
        const some = Math.min(left, 2 ** 29);
        skip(requests, some);
        left -= some;
        reserve.tick(requests.last);
        await Promise.resolve();
        expect(requests.isUsedUp).toBe(false);
      }
      requests.push(request());
      last = requests.last;
    }
    expect(folder.failures).toEqual([]);
  });

  test('are used up before they run into those of the next life', () => {
    const numbers = new NumberRange(7, NUMBER_BOUNDS);
    const requests = new Requests(numbers, 1_000);
    skip(requests, 2 ** 31 - 2 ** 20 - 1);
    expect(requests.isUsedUp).toBe(false);
    skip(requests, 2);
    expect(requests.isUsedUp).toBe(true);
    expect(requests.last).toBeLessThan(new NumberRange(8, NUMBER_BOUNDS).before);
    numbers.extend(8);
    expect(requests.isUsedUp).toBe(false);
    expect(() => numbers.extend(8)).toThrow('boot 8 does not follow');
  });

  test('wait for room on a full disk, and are a reason to stop where it fails otherwise', async () => {
    const folder = new Folder();
    const { numbers, reserve } = folder.open();
    const used = numbers.before + 2 ** 30 + 1;
    folder.refusal = diskFull('a file', 'boots', new Error('ENOSPC'));
    for (let tick = 0; tick < 2_000; tick++) {
      reserve.tick(used);
      await Promise.resolve();
    }
    expect(folder.failures).toEqual([]);
    expect(numbers.isShort(used)).toBe(true);
    folder.refusal = undefined;
    for (let tick = 0; tick < 2_000; tick++) {
      reserve.tick(used);
      await Promise.resolve();
    }
    expect(numbers.isShort(used)).toBe(false);
    expect(folder.boots).toBe(2);
    folder.refusal = new StorageError('failed', 'the disk failed');
    for (let tick = 0; tick < 600; tick++) {
      reserve.tick(used + 2 ** 31);
      await Promise.resolve();
    }
    expect(folder.failures[0]).toBe(folder.refusal);
  });

  test('stay below 2^53, and a folder that was opened too often says what to do', () => {
    const last = new NumberRange(2 ** 22 - 1, NUMBER_BOUNDS);
    expect(Number.isSafeInteger(last.before + 2 ** 31 - 1)).toBe(true);
    expect(() => new NumberRange(2 ** 22, NUMBER_BOUNDS)).toThrow(
      'move it away, so that this member joins as a new one',
    );
  });
});
