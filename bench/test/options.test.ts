import { expect, test } from 'vitest';
import { parseOptions, UsageError } from '../src/options.ts';

test('without arguments everything runs on both peers', () => {
  const options = parseOptions([]);
  expect(options?.peers).toEqual(['zookeeper', 'rookery']);
  expect(options?.cells).toHaveLength(9);
  expect(options?.memory).toBe(true);
  expect(options?.failover).toEqual(['killed', 'silent']);
});

test('cells are chosen by the beginnings of their names', () => {
  const options = parseOptions(['--cells', 'get-c1,failover-k', '--only', 'rookery']);
  expect(options?.cells.map((cell) => cell.id)).toEqual(['get-c1-d1', 'get-c16-d16']);
  expect(options?.memory).toBe(false);
  expect(options?.failover).toEqual(['killed']);
});

test('a profile is taken of Rookery alone', () => {
  expect(parseOptions(['--profile'])?.peers).toEqual(['rookery']);
});

test('wrong arguments are refused', () => {
  for (const args of [
    ['--cells', 'gett'],
    ['--only', 'etcd'],
    ['--seconds', '0'],
    ['--rounds', 'x'],
    ['--nope'],
  ]) {
    expect(() => parseOptions(args)).toThrow(UsageError);
  }
});
