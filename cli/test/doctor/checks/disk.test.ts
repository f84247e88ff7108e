import { expect, test } from 'vitest';
import { disk } from '../../../src/doctor/checks/disk.ts';
import { withMembers } from '../examined.ts';

test('a disk below its floor', () => {
  expect(disk(withMembers({ 1: { disk: { freeBytes: 1, room: 0 } } }))).toEqual([]);
  expect(disk(withMembers({ 1: { disk: { freeBytes: 2_048, room: 3 } } }))).toMatchObject([
    {
      check: 'disk',
      level: 'wrong',
      members: [1],
      what: 'Member 1 has a full disk: it takes deletions alone: 2.0 KiB are free.',
    },
  ]);
});
