import { expect, test } from 'vitest';
import { Following } from '../../src/past/following.ts';

const change = (zxid: number, path = '/a', type = 'changed') => ({ type, path, zxid });

test('tells every change of a write of several, and none of them twice', () => {
  const following = new Following();
  expect(following.isNew(change(5, '/a'))).toBe(true);
  expect(following.isNew(change(5, '/b'))).toBe(true);
  // The same write again, from the log: some of it was told.
  expect(following.isNew(change(5, '/a'))).toBe(false);
  expect(following.isNew(change(5, '/c'))).toBe(true);
  expect(following.isNew(change(6, '/a'))).toBe(true);
});

test('tells nothing of what was told as a whole, from wherever it comes', () => {
  const following = new Following();
  expect(following.isNew(change(5))).toBe(true);
  following.wholeUpTo(7);
  expect(following.isNew(change(7, '/new'))).toBe(false);
  expect(following.isNew(change(4))).toBe(false);
  expect(following.isNew(change(8))).toBe(true);
});

test('is not taken back by an answer that ends before what was told meanwhile', () => {
  const following = new Following();
  expect(following.isNew(change(9))).toBe(true);
  following.wholeUpTo(7);
  expect(following.zxid).toBe(9);
  expect(following.isNew(change(9, '/b'))).toBe(true);
});
