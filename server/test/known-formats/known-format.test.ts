import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { knownFormat } from '../../src/known-formats/known-format.ts';
import { field, hbaseValue, message, serverName } from './protobuf-bytes.ts';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const BROKER = json({
  listener_security_protocol_map: { PLAINTEXT: 'PLAINTEXT' },
  endpoints: ['PLAINTEXT://kafka1:9092'],
  jmx_port: -1,
  port: 9092,
  host: 'kafka1',
  version: 5,
  timestamp: '1700000000000',
});
const SOLR_STATE = json({
  films: {
    configName: '_default',
    replicationFactor: '2',
    router: { name: 'compositeId' },
    shards: {
      shard1: {
        range: '80000000-7fffffff',
        state: 'active',
        replicas: {
          core_node3: {
            core: 'films_shard1_replica_n1',
            node_name: 'h:8983_solr',
            state: 'active',
            leader: 'true',
          },
        },
      },
    },
  },
});
const INSTANCE = json({
  name: 'api',
  id: 'one',
  address: '10.0.0.1',
  port: 8080,
  sslPort: null,
  payload: null,
  registrationTimeUTC: 1_700_000_000_000,
  serviceType: 'DYNAMIC',
  uriSpec: null,
});
const NAME_NODE = message(
  field(1, 'ns1'),
  field(2, 'nn1'),
  field(3, 'hadoop1.example'),
  field(4, 8020),
  field(5, 8019),
);

const KNOWN: readonly (readonly [
  path: string,
  data: Buffer,
  name: string,
  fields: Record<string, string>,
])[] = [
  [
    '/brokers/ids/7',
    BROKER,
    'kafka broker',
    { broker: '7', endpoints: 'PLAINTEXT://kafka1:9092', since: '2023-11-14 22:13:20 UTC' },
  ],
  [
    '/kafka/controller',
    json({ version: 2, brokerid: 3, timestamp: '1700000000000', kraftControllerEpoch: -1 }),
    'kafka controller',
    { broker: '3' },
  ],
  ['/controller_epoch', Buffer.from('12'), 'kafka controller epoch', { epoch: '12' }],
  [
    '/brokers/topics/t',
    json({ version: 3, topic_id: 'id', partitions: { 0: [1, 2], 1: [2, 1] } }),
    'kafka topic',
    { topic: 't', partitions: '2', 'partition 1': '2, 1' },
  ],
  [
    '/brokers/topics/t/partitions/0/state',
    json({ controller_epoch: 1, leader: 2, version: 1, leader_epoch: 5, isr: [2, 1] }),
    'kafka partition',
    { leader: '2', 'in sync': '2, 1' },
  ],
  [
    '/config/topics/t',
    json({ version: 1, config: { 'retention.ms': '1000' } }),
    'kafka config',
    { 'retention.ms': '1000' },
  ],
  ['/cluster/id', json({ version: '1', id: 'abc' }), 'kafka cluster', { id: 'abc' }],
  [
    '/kafka-acl/Topic/t',
    json({ version: 1, acls: [{ principal: 'User:ann' }] }),
    'kafka acls',
    { 1: '{"principal":"User:ann"}' },
  ],
  ['/consumers/g/offsets/t/0', Buffer.from('99'), 'kafka offset', { group: 'g', offset: '99' }],
  ['/services/api/one', INSTANCE, 'curator service', { service: 'api', address: '10.0.0.1', port: '8080' }],
  [
    '/collections/films/state.json',
    SOLR_STATE,
    'solr state',
    { collection: 'films', 'films shard1': 'active; h:8983_solr active (leads)' },
  ],
  ['/clusterstate.json', json({}), 'solr state', {}],
  ['/live_nodes/h:8983_solr', Buffer.alloc(0), 'solr live node', { node: 'h:8983_solr' }],
  [
    '/collections/films/leaders/shard1/leader',
    json({ core: 'c', base_url: 'http://h:8983/solr', node_name: 'h:8983_solr' }),
    'solr leader',
    { core: 'c' },
  ],
  [
    '/overseer_elect/leader',
    json({ id: '1-h:8983_solr-n_0000000000' }),
    'solr overseer',
    { node: '1-h:8983_solr-n_0000000000' },
  ],
  [
    '/hbase/master',
    hbaseValue(
      'master:16000',
      message(field(1, serverName('h1', 16_000, 1_700_000_000_000)), field(2, 0), field(3, 16_010)),
    ),
    'hbase',
    { 'written by': 'master:16000', 'field 1': 'h1,16000,1700000000000', 'field 3': '16010' },
  ],
  ['/hbase/hbaseid', hbaseValue('master:16000', message(field(1, 'an-id'))), 'hbase', { 'field 1': 'an-id' }],
  [
    '/hadoop-ha/ns1/ActiveStandbyElectorLock',
    NAME_NODE,
    'hadoop elector',
    { 'name service': 'ns1', 'name node': 'nn1', host: 'hadoop1.example', port: '8020' },
  ],
  [
    '/yarn-leader-election/c/ActiveBreadCrumb',
    message(field(1, 'c'), field(2, 'rm1')),
    'hadoop elector',
    { cluster: 'c', 'resource manager': 'rm1' },
  ],
  ['/app', json({ a: 1, b: 2 }), 'json', {}],
  ['/app', json([1, 2]), 'json', {}],
  [
    '/app',
    Buffer.from('# of the app\ncolour = blue\nport=8080\n'),
    'properties',
    { colour: 'blue', port: '8080' },
  ],
  ['/count', Buffer.from([0, 0, 0, 0, 0, 0, 1, 0]), 'number', { value: '256' }],
  ['/count', Buffer.from([0xff, 0xff, 0xff, 0xfe]), 'number', { value: '-2' }],
];

describe('what programs keep', () => {
  test.each(KNOWN)('at %s', (path, data, name, fields) => {
    const known = knownFormat(path, data);
    expect(known?.name).toBe(name);
    expect(known?.explained).toMatch(/\S/);
    expect(Object.fromEntries(known!.fields.map((each) => [each.name, each.value]))).toMatchObject(fields);
  });

  test.each<[string, Buffer]>([
    ['/empty', Buffer.alloc(0)],
    ['/text', Buffer.from('just words')],
    ['/number', Buffer.from('42')],
    ['/bytes', Buffer.from([0xff, 0xfe, 0xfd])],
    ['/half', Buffer.from('{"a":')],
    ['/lines', Buffer.from('a=b\nand a line that is none')],
    // Of hbase: longer than it is.
    ['/hbase/master', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4])],
  ])('at %s is unknown', (path, data) => expect(knownFormat(path, data)).toBeUndefined());

  test('in words are short, however much there is', () => {
    const partitions = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [at, [1, 2, 3]]));
    const known = knownFormat('/brokers/topics/t', json({ version: 3, partitions }))!;
    expect(known.fields).toHaveLength(100);
    const long = knownFormat('/config/topics/t', json({ version: 1, config: { a: 'x'.repeat(100_000) } }))!;
    expect(long.fields[0]!.value.length).toBeLessThan(250);
    expect(knownFormat('/long', Buffer.from(`[${'1,'.repeat(1024 * 1024)}1]`))).toBeUndefined();
  });

  test('nested deeper than can be told does no harm', () => {
    const depth = 200_000;
    const deep = `{"version":1,"config":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expect(knownFormat('/config/topics/t', Buffer.from(deep))?.name).toBe('kafka config');
  });
});

test('bytes of whatever kind, at whatever path, never throw', () => {
  const prng = new Prng(42);
  const paths = [...KNOWN.map(([path]) => path), '/', '/x'];
  for (let round = 0; round < 20_000; round++) {
    const [, sample] = KNOWN[prng.below(KNOWN.length)]!;
    const length = prng.below(4) === 0 ? prng.below(64) : sample.length;
    const data = Buffer.alloc(length);
    sample.copy(data, 0, 0, length);
    for (let changes = prng.below(8); changes > 0 && length > 0; changes--)
      data[prng.below(length)] = prng.below(256);
    const known = knownFormat(paths[prng.below(paths.length)]!, data);
    for (const { name, value } of known?.fields ?? [])
      expect([typeof name, typeof value]).toEqual(['string', 'string']);
  }
});
