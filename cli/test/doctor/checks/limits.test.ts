import { expect, test } from 'vitest';
import { nearLimits } from '../../../src/doctor/checks/limits.ts';
import { parsePrometheusText } from '../../../src/members-http/prometheus-text.ts';
import { answer } from '../../ensemble-status/answers.ts';
import { details, report, withDetails, withReports } from '../examined.ts';

const counting = (metrics: Record<string, number>, connections = 0) => ({
  ...answer(1, { connections }),
  metrics,
});

test.each([
  ['tree-bytes', { answer: counting({ treeBytes: 95, treeLimitBytes: 100 }) }],
  ['nodes', { answer: counting({ nodes: 15_300_000 }) }],
  ['connections', { answer: counting({}, 19), properties: { 'zookeeper.maxCnxns': '20' } }],
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

const using = (used: number, name = 'limits.watches', what = 'paths watched times watchers') => ({
  limits: [{ name, what, used, most: 1_000, isBytes: false }],
});

test.each([
  [799, []],
  [800, ['advice']],
  [949, ['advice']],
  [950, ['wrong']],
  [1_000, ['wrong']],
])('a member that reports %i of 1000: %j', (used, levels) => {
  const found = nearLimits(withReports(report(2, using(used))));
  expect(found.map(({ level }) => level)).toEqual(levels);
});

test('a limit is told once, with the member that is nearest to it and what to do', () => {
  expect(nearLimits(withReports(report(1, using(820)), report(2, using(960)), report(3, using(10))))).toEqual(
    [
      {
        check: 'watches',
        level: 'wrong',
        members: [1, 2],
        what: 'Member 2 has 960 of 1,000 paths watched times watchers, and 1 other member nearly as many.',
        todo: expect.stringContaining('limits.watches'),
      },
    ],
  );
});

test('a limit of a later release is told by its own words', () => {
  expect(nearLimits(withReports(report(1, using(990, 'limits.new', 'new things'))))).toMatchObject([
    { check: 'limit', level: 'wrong', what: 'Member 1 has 990 of 1,000 new things.' },
  ]);
});

test('what a member reports counts, and not what it tells elsewhere, too', () => {
  const full = details(1, { answer: counting({ treeBytes: 99, treeLimitBytes: 100 }) });
  const older = details(2, { answer: { ...full.answer, self: answer(2).self } });
  const examined = { ...withDetails(full, older), reports: [report(1, using(0, 'limits.treeBytes'))] };
  expect(nearLimits(examined)).toMatchObject([{ check: 'tree-bytes', members: [2] }]);
});

test('what has to stay free of a disk is told by the check of disks, and no limit is no limit', () => {
  const limits = [
    { name: 'disk', what: 'x', used: 9, most: 10, isBytes: true },
    { name: 'limits.nodes', what: 'x', used: 9, most: 0, isBytes: false },
  ];
  expect(nearLimits(withReports(report(1, { limits })))).toEqual([]);
});
