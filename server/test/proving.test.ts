import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../testkit/src/kept-log.ts';
import { Proving } from '../src/proving.ts';
import { DivergenceError, SnapshotDiffers } from '../src/replica/divergence.ts';

function guarded(active: boolean) {
  const proving = new Proving(active);
  const log = new KeptLog();
  const ends: Error[] = [];
  let halts = 0;
  const parts = { log, fatal: (error: Error) => void ends.push(error) };
  const { fatal } = proving.guarded(parts, () => {
    halts++;
  });
  return { proving, log, ends, fatal, halts: () => halts };
}

const FIRST = { index: 51, own: 'a', theirs: 'b' };

describe('a member that proves a version', () => {
  test.each([
    ['at a checkpoint', new DivergenceError(FIRST)],
    ['in a snapshot that it was sent', new SnapshotDiffers(FIRST)],
  ])('stands still where its state differs %s, and keeps where that was first', (_where, error) => {
    const { proving, log, ends, fatal, halts } = guarded(true);
    expect(proving.reason).toBe('it proves a version, and serves no clients');
    fatal(error);
    fatal(new DivergenceError({ index: 60, own: 'c', theirs: 'd' }));
    expect(ends).toEqual([]);
    expect(halts()).toBe(2);
    expect(proving.divergence).toEqual(FIRST);
    expect(proving.reason).toContain('at log index 51');
    expect(log.of('error', 'it is not proved')[0]?.fields).toEqual(FIRST);
  });

  test('ends of all else as any other does', () => {
    const { ends, fatal } = guarded(true);
    const error = new Error('the disk failed');
    fatal(error);
    expect(ends).toEqual([error]);
  });
});

test('any other member ends where its state differs', () => {
  const { proving, ends, fatal } = guarded(false);
  const error = new DivergenceError(FIRST);
  fatal(error);
  expect(ends).toEqual([error]);
  expect(proving.divergence).toBeUndefined();
  expect(proving.reason).toBe('');
});
