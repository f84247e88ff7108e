import { expect, test } from 'vitest';
import { disk, nearLimits } from '../../../src/doctor/checks/resources.ts';
import { parsePrometheusText } from '../../../src/members-http/prometheus-text.ts';
import { answer } from '../../ensemble-status/answers.ts';
import { details, withDetails, withMembers } from '../examined.ts';

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

const counting = (metrics: Record<string, number>, connections = 0) => ({
  ...answer(1, { connections }),
  metrics,
});

test.each([
  ['tree-bytes', { answer: counting({ treeBytes: 90, treeLimitBytes: 100 }) }],
  ['nodes', { answer: counting({ nodes: 15_000_000 }) }],
  ['connections', { answer: counting({}, 9), properties: { 'zookeeper.maxCnxns': '10' } }],
  ['descriptors', { samples: parsePrometheusText('process_open_fds 95\nprocess_max_fds 100\n') }],
  ['descriptors', { answer: counting({ open_file_descriptor_count: 95, max_file_descriptor_count: 100 }) }],
])('the limit of %s is nearly reached', (check, facts) => {
  expect(nearLimits(withDetails(details(1, facts)))).toMatchObject([{ check, level: 'wrong', members: [1] }]);
});

test('limits that are far, are none, or are not known', () => {
  const far = { answer: counting({ treeBytes: 10, treeLimitBytes: 100, nodes: 5 }, 9) };
  const none = { answer: counting({}, 9), properties: { 'zookeeper.maxCnxns': '0' } };
  expect(nearLimits(withDetails(details(1, far), details(2, none), details(3)))).toEqual([]);
});
