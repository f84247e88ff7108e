import type { Random } from '../../../../testkit/src/random.ts';
import type { SourceName } from '../../../src/kubectl/convert/convert.ts';

const GROUPS: Readonly<Partial<Record<SourceName, string>>> = {
  pravega: 'zookeeper.pravega.io/v1beta1',
  stackable: 'zookeeper.stackable.tech/v1alpha1',
};

/** What people write, and what nobody should: for any key. */
const VALUES: readonly unknown[] = [
  true,
  false,
  0,
  1,
  2,
  3,
  5,
  9,
  -1,
  0.5,
  2000,
  1e12,
  '',
  '1',
  '3',
  'true',
  '2000',
  '-',
  'soft',
  'hard',
  'need',
  'want',
  'none',
  'None',
  'fast',
  'Always',
  'Delete',
  'Retain',
  'LoadBalancer',
  'INFO',
  'srvr, ruok, dump',
  '*',
  '64Mi',
  '128Mi',
  '2Gi',
  '8Gi',
  '1e9',
  '250m',
  '{{ .Release.Name }}',
  'x'.repeat(300),
  'äöü 🐦',
  null,
  [],
  {},
  ['a', 'b'],
  ['ReadWriteOnce'],
  [{ name: 'pull' }, { name: 'pull' }, 'other'],
  { a: 'b' },
  { a: 1 },
  { a: 'b', 'app.kubernetes.io/name': 'mine' },
  { enabled: true },
  { enabled: false },
  { requests: { cpu: 0.5, memory: '1Gi' }, limits: { memory: '512Mi' } },
  { requests: { cpu: '3', memory: '2Gi' } },
  { limits: { cpu: '100m', memory: '64Mi' } },
  { requests: { storage: '30Gi' } },
  { min: '3', max: '1' },
  { type: 'hard', key: 'disk', values: ['ssd'] },
  [{ key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists', value: 'b' }, {}, 7],
  [{ key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 30 }],
  [{ topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
  {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
    },
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
      },
    },
  },
  'tickTime=10\nminSessionTimeout=90000\nmaxSessionTimeout=1000\nmaxCnxns=200000\nquorum.auth.enableSasl=true\n',
  '-Xmx2g -Dzookeeper.snapCount=1 -Djute.maxbuffer=5000',
];

/** An object of this source that has these keys. */
export function inputOf(
  source: SourceName,
  given: readonly (readonly [key: string, value: unknown])[],
): unknown {
  const values: Record<string, unknown> = {};
  for (const [key, value] of given) put(values, key.replaceAll('*', 'default').split('.'), value);
  const apiVersion = GROUPS[source];
  if (apiVersion === undefined) return values;
  return { apiVersion, kind: 'ZookeeperCluster', metadata: { name: 'zk' }, spec: values };
}

function put(values: Record<string, unknown>, names: readonly string[], value: unknown): void {
  const [name, ...rest] = names;
  if (rest.length === 0) {
    values[name!] = value;
    return;
  }
  const below = values[name!];
  if (typeof below !== 'object' || below === null || Array.isArray(below)) values[name!] = {};
  put(values[name!] as Record<string, unknown>, rest, value);
}

/** What comes from several keys has to fit together: for those, values that are good by themselves. */
const FITTING: readonly (readonly [keys: RegExp, values: readonly unknown[]])[] = [
  [/cpu\.(?:min|max)$/, ['2', '100m', 0.3, 1]],
  [/memory\.limit$/, ['256Mi', '2Gi']],
  [
    /resources$/,
    [{ limits: { cpu: 0.1 } }, { requests: { cpu: 4, memory: '3Gi' } }, { limits: { memory: '256Mi' } }],
  ],
  [/(?:tickTime|Timeout|TICK_TIME)$/, [10, 3000, 5000, 100_000]],
  [
    /labels$|Labels$|annotations$|Annotations$/i,
    [{ a: 'b', 'app.kubernetes.io/name': 'mine' }, { 'rookery.dev/a': 'b' }],
  ],
  [/^tls\.client\.|allowExternal$|client_enable$/, [true, false, 'need', 'a-secret']],
];

/** Some of the keys, each with a value that may be right or wrong for it. */
export function randomly(random: Random, keys: readonly string[]): (readonly [string, unknown])[] {
  const many = random.between(1, 40);
  return Array.from({ length: many }, () => {
    const key = random.pick(keys);
    const fitting = FITTING.find(([pattern]) => pattern.test(key))?.[1];
    const values = fitting !== undefined && random.chance(0.7) ? fitting : VALUES;
    return [key, structuredClone(random.pick(values))] as const;
  });
}
