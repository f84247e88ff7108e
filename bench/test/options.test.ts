import { expect, test } from 'vitest';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { parseOptions } from '../src/options.ts';

test('without arguments everything runs on both systems', () => {
  const options = parseOptions([]);
  expect(options?.systems).toEqual(['zookeeper', 'rookery']);
  expect(options?.workloads).toHaveLength(11);
  expect(options?.memory).toBe(true);
  expect(options?.failover).toEqual(['killed', 'silent']);
});

test('workloads are chosen by the beginnings of their names', () => {
  const options = parseOptions(['--workloads', 'get-c1,failover-k', '--only', 'rookery']);
  expect(options?.workloads.map((workload) => workload.id)).toEqual(['get-c1-d1', 'get-c16-d16']);
  expect(options?.memory).toBe(false);
  expect(options?.failover).toEqual(['killed']);
});

test('a profile is taken of Rookery alone', () => {
  expect(parseOptions(['--profile'])?.systems).toEqual(['rookery']);
});

test('wrong arguments are refused', () => {
  for (const args of [
    ['--workloads', 'gett'],
    ['--only', 'etcd'],
    ['--seconds', '0'],
    ['--rounds', 'x'],
    ['--nope'],
  ]) {
    expect(() => parseOptions(args)).toThrow(Complaint);
  }
});
