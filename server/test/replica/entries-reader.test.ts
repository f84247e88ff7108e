import type { Entry, Raft } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { EntriesReader } from '../../src/replica/entries-reader.ts';
import type { EntriesAnswer } from '../../src/storage/recovered.ts';
import { StorageError } from '../../src/storage/storage-error.ts';

const wanted = { to: 2, from: 5, maxBytes: 100 };
const found: Entry[] = [{ index: 5, term: 1, kind: 0, data: new Uint8Array(1) }];

/** A reader of a storage that answers as told; `told` is what Raft heard, or how the member ended. */
function readerOf(answers: (EntriesAnswer | StorageError)[]) {
  const log = new KeptLog();
  const told: string[] = [];
  let timers: (() => void)[] = [];
  const reader = new EntriesReader({
    raft: {
      entriesRead: (to: number, from: number, entries: readonly Entry[] | undefined) =>
        told.push(`${to} gets ${entries?.length ?? 'a snapshot'} from ${from}`),
    } as unknown as Raft,
    storage: {
      readEntries: async () => {
        const answer = answers.shift()!;
        if (answer instanceof StorageError) throw answer;
        return answer;
      },
    },
    scheduler: {
      defer: (task) => setImmediate(task),
      every: (_ms, task) => {
        timers.push(task);
        return () => {
          timers = timers.filter((other) => other !== task);
        };
      },
    },
    log,
    wake: () => told.push('wake'),
    fail: (error) => told.push(`fatal: ${(error as StorageError).code}`),
  });
  return {
    reader,
    log,
    told,
    /** What is due in half a second comes due. */
    async later(): Promise<void> {
      for (const task of timers) task();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('entries that Raft asks for', () => {
  test('are read again where there was no file descriptor', async () => {
    const { reader, told, later, log } = readerOf([
      new StorageError('full', 'no file descriptor'),
      { compacted: false, entries: found },
    ]);
    reader.read(wanted);
    await later();
    expect(told).toEqual([]);
    expect(log.of('warn').length).toBe(1);
    await later();
    await later();
    expect(told).toEqual(['2 gets 1 from 5', 'wake']);
  });

  test('come as a snapshot where their record has gone bad behind it, and the log says which', async () => {
    const damage = new StorageError('damaged', 'x', { file: 'log/log-1', offset: 77 });
    const { reader, told, later, log } = readerOf([{ compacted: true, damage }]);
    reader.read(wanted);
    await later();
    expect(told).toEqual(['2 gets a snapshot from 5', 'wake']);
    expect(log.of('error')[0]?.fields).toMatchObject({ file: 'log/log-1', offset: 77 });
  });

  test('end the member where the disk fails, and are of no interest once it stops', async () => {
    const failed = new StorageError('failed', 'x');
    const { reader, told, later } = readerOf([failed, failed, { compacted: false, entries: found }]);
    reader.read(wanted);
    await later();
    expect(told).toEqual(['fatal: failed']);
    reader.stop();
    reader.read(wanted);
    reader.read(wanted);
    await later();
    expect(told.length).toBe(1);
  });
});
