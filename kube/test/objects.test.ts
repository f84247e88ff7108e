import { expect, test } from 'vitest';
import { controllerKeys, keyOf, nameOfKey, type OwnerReference } from '../src/objects.ts';
import { joinStores, Store } from '../src/store.ts';
import { pod } from './world.ts';

const OWNER = {
  group: 'rookery.dev',
  version: 'v1',
  plural: 'coordinationclusters',
  kind: 'CoordinationCluster',
};

function owned(...references: Partial<OwnerReference>[]) {
  const whole = references.map((reference) => ({
    apiVersion: 'rookery.dev/v1',
    kind: 'CoordinationCluster',
    name: 'zk',
    uid: 'u',
    controller: true,
    ...reference,
  }));
  return { ...pod('a'), metadata: { namespace: 'ns', name: 'a', ownerReferences: whole } };
}

test('a key and its name are one', () => {
  for (const name of [{ namespace: 'ns', name: 'a' }, { name: 'node-1' }]) {
    expect(nameOfKey(keyOf(name))).toEqual(name);
  }
});

test('what changed concerns its controller, in any version of that kind, and no other owner', () => {
  expect(controllerKeys(owned({}), OWNER)).toEqual(['ns/zk']);
  expect(controllerKeys(owned({ apiVersion: 'rookery.dev/v2' }), OWNER)).toEqual(['ns/zk']);
  expect(controllerKeys(owned({ controller: false }), OWNER)).toEqual([]);
  expect(controllerKeys(owned({ apiVersion: 'other.dev/v1' }), OWNER)).toEqual([]);
  expect(controllerKeys(pod('a'), OWNER)).toEqual([]);
});

test('several namespaces look like one store', () => {
  const [first, second] = [new Store(() => {}), new Store(() => {})];
  first.put(pod('a'));
  second.put({ ...pod('b'), metadata: { namespace: 'other', name: 'b' } });
  const all = joinStores([first, second]);
  expect(all.list().map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(all.list('other').map(({ metadata }) => metadata.name)).toEqual(['b']);
  expect(all.get({ namespace: 'other', name: 'b' })?.metadata.name).toBe('b');
  expect(all.get({ namespace: 'ns', name: 'b' })).toBeUndefined();
});

test('an object that was deleted and made anew between two lists is told as changed, be its version the same', () => {
  const told: (string | undefined)[] = [];
  const store = new Store((before, after) => void told.push(before?.metadata.uid, after?.metadata.uid));
  const version = (uid: string) => ({
    ...pod('a'),
    metadata: { namespace: 'ns', name: 'a', uid, resourceVersion: '1' },
  });
  store.put(version('one'));
  told.length = 0;
  store.replaceAll([version('one')]);
  expect(told).toEqual([]);
  store.replaceAll([version('two')]);
  expect(told).toEqual(['one', 'two']);
});
