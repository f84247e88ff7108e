import { describe, expect, test } from 'vitest';
import { desired } from '../../src/desired/desired.ts';
import { canonicalBytes, canonicalCpu } from '../../src/desired/quantity.ts';
import { clusterOf, context } from './clusters.ts';
import { options } from './options.ts';
import { canonicalQuantity, storedForm } from './stored-form.ts';

const specs = [
  {},
  ...options.map(({ spec }) => spec),
  { storage: { storageClassName: '' } },
  {
    resources: {
      limits: { memory: 1_610_612_736, cpu: '2000m' },
      requests: { cpu: '0.100', memory: '1.5Gi' },
    },
  },
  { storage: { size: '10240Mi' } },
];

/** What a later apply of an object that is not in stored form would change again, for ever. */
describe('objects are as the API server stores them', () => {
  test.each(specs)('with %j', (spec) => {
    for (const object of desired(clusterOf(spec), context)) expect(storedForm(object)).toEqual(object);
  });

  test('while a version is proved', () => {
    const proving = { ...context, running: 'example/server:0.9.0', proof: 'whole' } as const;
    for (const object of desired(clusterOf(), proving)) expect(storedForm(object)).toEqual(object);
  });

  test('no field is undefined, and all is JSON', () => {
    for (const spec of specs) {
      const objects = desired(clusterOf(spec), context);
      expect(JSON.parse(JSON.stringify(objects))).toStrictEqual(objects);
    }
  });

  test('what is stored otherwise is noticed', () => {
    expect(storedForm({ limits: { memory: '1024Mi' } })).toEqual({ limits: { memory: '1Gi' } });
    expect(storedForm({ hostNetwork: false, tolerations: [], nodeName: '' })).toEqual({});
    expect(storedForm({ enableServiceLinks: false })).toEqual({ enableServiceLinks: false });
  });
});

/** Server-side apply finds the items of these lists by these keys: left to their defaults, an item would not be found again. */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  ports: ['protocol'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

function itemsWithoutKeys(value: unknown, list = ''): string[] {
  if (Array.isArray(value)) {
    const missing = value.flatMap((item: object) =>
      (MERGE_KEYS[list] ?? []).filter((key) => !Object.hasOwn(item, key)).map((key) => `${list}: no ${key}`),
    );
    return [...missing, ...value.flatMap((item) => itemsWithoutKeys(item))];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => itemsWithoutKeys(field, name));
}

test('items of lists carry the keys that they are merged by', () => {
  for (const spec of specs) expect(itemsWithoutKeys(desired(clusterOf(spec), context))).toEqual([]);
  expect(itemsWithoutKeys({ ports: [{ containerPort: 1 }] })).toEqual(['ports: no protocol']);
});

describe('quantities', () => {
  test.each([
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['512Mi', '512Mi'],
    ['10G', '10G'],
    ['1000M', '1G'],
    [536_870_912, '536870912'],
    [500_000_000, '500M'],
  ])('%s bytes are %s', (quantity, canonical) => {
    expect(canonicalBytes(quantity)).toBe(canonical);
    expect(canonicalQuantity(String(quantity))).toBe(canonical);
  });

  test.each([
    ['0.5', '500m'],
    ['200m', '200m'],
    ['2000m', '2'],
    [2, '2'],
    ['0.100', '100m'],
    ['1000', '1k'],
    ['1.5', '1500m'],
  ])('%s processors are %s', (quantity, canonical) => {
    expect(canonicalCpu(quantity)).toBe(canonical);
    expect(canonicalQuantity(String(quantity))).toBe(canonical);
  });

  test('a fraction of a byte is rounded up, as there is none', () => {
    expect(canonicalBytes('200.0000001M')).toBe('200000001');
  });
});
