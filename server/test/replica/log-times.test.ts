import { beforeEach, describe, expect, test } from 'vitest';
import { LogTimes } from '../../src/replica/log-times.ts';

let times: LogTimes;

beforeEach(() => {
  times = new LogTimes();
});

describe('the time to commit', () => {
  test('runs from the proposal of a batch to the commit of its last entry, each batch once', () => {
    times.proposed(10, 100);
    times.proposed(20, 101);
    times.committed(15, 104);
    times.committed(20, 111);
    times.committed(25, 500);
    expect([times.commit.count, times.commit.sum]).toEqual([2, 14]);
  });

  test('of a turn that proposed nothing is none', () => {
    times.proposed(10, 100);
    times.proposed(10, 105);
    times.committed(10, 110);
    expect([times.commit.count, times.commit.sum]).toEqual([1, 10]);
  });

  test('of proposals of a leadership that is over is not counted', () => {
    times.proposed(10, 100);
    times.ceased();
    times.committed(10, 110);
    expect(times.commit.count).toBe(0);
  });

  test('takes bounded memory, however much waits', () => {
    for (let index = 1; index <= 100_000; index++) times.proposed(index, 0);
    times.committed(100_000, 1);
    expect(times.commit.count).toBe(4_096);
  });
});
