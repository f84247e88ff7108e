import { describe, expect, test } from 'vitest';
import {
  DEFAULT_FRAME_BYTES,
  DEFAULT_LIMITS,
  LIMIT_CEILINGS,
  MAX_FRAME_BYTES,
  MAX_LIMIT_TICKS,
  MAX_TICK_TIME_MS,
  MAX_TIMEOUT_MS,
  MAX_VOTERS,
  MIN_FRAME_BYTES,
  MIN_TICK_TIME_MS,
} from '../../server/src/bounds/limits.ts';
import { LOG_LEVELS, WINDOW_MODES } from '../../server/src/config/config.ts';
import { DEFAULT_FOUR_LETTER_WORDS } from '../../server/src/config/four-letter-words.ts';
import { SETTINGS } from '../../server/src/config/settings.ts';
import { durationMs, MAX_REPLICAS, withDefaults } from '../src/index.ts';
import { specSchema, type WrittenSchema } from './committed-crd.ts';

const fields = specSchema.properties!.config!.properties!;
const limits = fields.limits!.properties!;
const config = withDefaults({ version: '1.0.0' }).config;

const rangeOf = ({ minimum, maximum }: WrittenSchema) => [minimum, maximum];
const boundsOf = (field: WrittenSchema) =>
  [...field['x-kubernetes-validations']!.at(-1)!.rule.matchAll(/duration\('(\w+)'\)/g)].map((match) =>
    durationMs(match[1]!),
  );

/** What the API server takes and the members refuse would be a pod that crashes at every start. */
describe('settings have the ranges and the defaults of the server', () => {
  test.each(Object.entries(limits))('limits.%s', (name, field) => {
    const key = name as keyof typeof config.limits;
    expect(rangeOf(field)).toEqual([1, LIMIT_CEILINGS[key]]);
    expect(config.limits[key]).toBe(DEFAULT_LIMITS[key]);
  });

  test('ticks', () => {
    expect(boundsOf(fields.tickTime!)).toEqual([MIN_TICK_TIME_MS, MAX_TICK_TIME_MS]);
    expect(rangeOf(fields.initLimit!)).toEqual([1, MAX_LIMIT_TICKS]);
    expect(rangeOf(fields.syncLimit!)).toEqual([1, MAX_LIMIT_TICKS]);
    expect(SETTINGS.tickTimeMs.fallback).toBe(durationMs(config.tickTime));
    expect(SETTINGS.initLimit.fallback).toBe(config.initLimit);
    expect(SETTINGS.syncLimit.fallback).toBe(config.syncLimit);
  });

  test.each(['minSessionTimeout', 'maxSessionTimeout'])('%s', (name) => {
    expect(boundsOf(fields[name]!)[0]).toBe(1);
    expect(boundsOf(fields[name]!)[1]).toBeLessThanOrEqual(MAX_TIMEOUT_MS);
  });

  test.each([
    ['snapshotEvery', 'snapshotEveryEntries'],
    ['snapshotRetain', 'snapshotRetain'],
    ['maxConnectionsPerAddress', 'client.maxConnectionsPerAddress'],
    ['maxRequestBytes', 'client.maxFrameBytes'],
  ] as const)('%s', (name, setting) => {
    const { kind, fallback } = SETTINGS[setting];
    const [minimum, maximum] = rangeOf(fields[name]!);
    expect([kind.parse(String(minimum)), kind.parse(String(maximum))]).toEqual([minimum, maximum]);
    expect([kind.parse(String(minimum! - 1)), kind.parse(String(maximum! + 1))]).toEqual([
      undefined,
      undefined,
    ]);
    expect(fallback).toBe(config[name]);
  });

  test('requests', () => {
    expect(rangeOf(fields.maxRequestBytes!)).toEqual([MIN_FRAME_BYTES, MAX_FRAME_BYTES]);
    expect(config.maxRequestBytes).toBe(DEFAULT_FRAME_BYTES);
  });

  test.each([
    ['enforceQuotas', 'enforceQuota'],
    ['readOnlyMode', 'client.readOnlyMode'],
    ['httpForPrograms', 'http.v1'],
  ] as const)('%s', (name, setting) => {
    expect(config[name]).toBe(SETTINGS[setting].fallback);
  });

  test('words', () => {
    expect(fields.logLevel!.enum).toEqual(LOG_LEVELS);
    expect(fields.window!.enum).toEqual(WINDOW_MODES);
    expect(fields.fourLetterWords!.items!.enum).toEqual(DEFAULT_FOUR_LETTER_WORDS);
    expect(config.fourLetterWords).toEqual(DEFAULT_FOUR_LETTER_WORDS);
  });

  test('no more replicas than the server takes voters', () => {
    expect(MAX_REPLICAS).toBeLessThanOrEqual(MAX_VOTERS);
  });
});
