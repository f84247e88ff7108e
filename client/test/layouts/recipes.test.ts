import { describe, expect, test } from 'vitest';
import { type LookedAt, recogniseRecipe } from '../../src/layouts/recipes.ts';

const ID = '0123456789abcdef0123456789abcdef';
const UUID = '6a1b2c3d-0000-4000-8000-000000000000';
const CURATOR = `_c_${UUID}-`;
const INSTANCE = JSON.stringify({
  name: 'api',
  id: UUID,
  address: '10.0.0.1',
  port: 8080,
  sslPort: null,
  payload: null,
  registrationTimeUTC: 1_700_000_000_000,
  serviceType: 'DYNAMIC',
  uriSpec: null,
});

function at(names: readonly string[], rest: Partial<LookedAt> = {}): LookedAt {
  const children = names.map((name) => ({ name, isEphemeral: true }));
  return { path: '/x', value: Buffer.alloc(0), childValue: undefined, children, ...rest };
}

describe('what the children of a node are', () => {
  test.each<[string, LookedAt, string, string, number]>([
    ['a lock of kazoo', at([`${ID}__lock__0000000002`, `${ID}__lock__0000000001`]), 'lock', 'kazoo', 1],
    ['a lock of Curator', at([`${CURATOR}lock-0000000001`]), 'lock', 'Curator', 1],
    [
      'readers and writers of kazoo',
      at([`${ID}__rlock__0000000001`, `${ID}__rlock__0000000002`, `${ID}__lock__0000000003`]),
      'read-write lock',
      'kazoo',
      2,
    ],
    ['readers of Curator', at([`${CURATOR}__READ__0000000001`]), 'read-write lock', 'Curator', 1],
    [
      'leases of Curator',
      at([`${CURATOR}lease-0000000001`, `${CURATOR}lease-0000000002`]),
      'semaphore',
      'Curator',
      2,
    ],
    ['leases of kazoo', at([ID], { value: Buffer.from('3') }), 'semaphore', 'kazoo', 1],
    ['a latch', at([`${CURATOR}latch-0000000001`, `${CURATOR}latch-0000000002`]), 'election', 'Curator', 1],
    ["Solr's overseers", at(['1-h:8983_solr-n_0000000001']), 'election', 'Solr', 1],
    ['a queue of kazoo', at(['entry-100-0000000001', 'entry-100-0000000002']), 'queue', 'kazoo', 1],
    ['a queue of Curator', at(['queue-0000000001']), 'queue', 'Curator', 1],
    ['a double barrier of kazoo', at([ID, 'ready']), 'double barrier', 'kazoo', 1],
    ['a double barrier of Curator', at([UUID, 'ready']), 'double barrier', 'Curator', 1],
    ['a party of kazoo', at([`${ID}__party__`]), 'party', 'kazoo', 1],
    ['a shallow party of kazoo', at([`${ID}-ann`]), 'party', 'kazoo', 1],
    ['brokers of Kafka', at(['1', '2'], { path: '/kafka/brokers/ids' }), 'party', 'Kafka', 2],
    ['nodes of Solr', at(['h:8983_solr'], { path: '/live_nodes' }), 'party', 'Solr', 1],
    ['region servers of HBase', at(['h,16020,1700000000000'], { path: '/hbase/rs' }), 'party', 'HBase', 1],
    [
      'instances of a service',
      at([UUID], { childValue: Buffer.from(INSTANCE) }),
      'service discovery',
      'Curator',
      1,
    ],
    ["a counter's of Curator", at([], { value: Buffer.from([0, 0, 0, 5]) }), 'counter', 'Curator', 0],
  ])('%s', (_, node, kind, layout, holderCount) =>
    expect(recogniseRecipe(node)).toMatchObject({ kind, layout, holderCount }),
  );

  test.each<[string, LookedAt]>([
    ['nothing', at([])],
    ['names that say nothing', at(['a', 'b'])],
    ['a number as text, which could be any', at([], { value: Buffer.from('42') })],
    ['ids that nobody has called ready', at([ID, `${ID.slice(1)}0`])],
    ['one lock among many others', at([`${CURATOR}lock-0000000001`, 'a', 'b'])],
    [
      'brokers that stay without a session',
      { ...at([]), path: '/brokers/ids', children: [{ name: '1', isEphemeral: false }] },
    ],
    ['JSON that is no instance', at(['a'], { childValue: Buffer.from('{"name":"x"}') })],
    ['what looks like JSON', at(['a'], { childValue: Buffer.from('{"name"') })],
  ])('%s is none', (_, node) => expect(recogniseRecipe(node)).toBeUndefined());

  test('who waits comes behind who holds, with what each of them wants', () => {
    const names = [`${ID}__lock__0000000009`, `${ID}__rlock__0000000007`, `${ID}__rlock__0000000011`];
    expect(recogniseRecipe(at(names))?.parts).toEqual([
      { name: names[1], kind: 'read' },
      { name: names[0], kind: 'write' },
      { name: names[2], kind: 'read' },
    ]);
  });

  test('are below, where holders and waiters have a node each', () => {
    expect(recogniseRecipe(at(['locks', 'leases']))?.below).toEqual({ holders: 'leases', waiters: 'locks' });
    expect(recogniseRecipe(at(['entries', 'taken']))?.below).toEqual({
      holders: 'taken',
      waiters: 'entries',
    });
    expect(recogniseRecipe(at(['locks', 'leases', 'other']))).toBeUndefined();
  });
});
