import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { AppliedObjects } from '../../src/observe/applied.ts';
import { OwnWrites } from '../../src/observe/own-writes.ts';
import { clusterOf } from '../decide/observed-world.ts';

const cluster = clusterOf();
const OWNER = {
  apiVersion: 'rookery.dev/v1',
  kind: 'CoordinationCluster',
  name: 'zk',
  uid: 'uid-zk',
  controller: true,
};

function service(more: object = {}, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'zk', namespace: 'ns', ownerReferences: [OWNER], ...metadata },
    ...more,
  };
}

/** What the API server makes of it: defaults, other spellings, its own book-keeping. */
const wanted = service({ spec: { memory: '1024Mi' } });
const stored = (version: string, spec: object = {}): KubeObject =>
  service(
    { spec: { memory: '1Gi', filled: 'in', ...spec }, status: { version } },
    { uid: 'u', resourceVersion: version, generation: Number(version), managedFields: [version] },
  );

describe('whether an object is right', () => {
  const known = (): AppliedObjects => {
    const applied = new AppliedObjects();
    applied.record(wanted, undefined, stored('1'));
    return applied;
  };

  test('it is while it is as the API server answered, whatever it made of it', () => {
    expect(known().stateOf(cluster, wanted, stored('1'))).toBe('right');
  });

  test('a new status and a new version are no difference', () => {
    expect(known().stateOf(cluster, wanted, stored('7'))).toBe('right');
  });

  test('any field that anybody changes or adds is drift, and so is a deletion', () => {
    expect(known().stateOf(cluster, wanted, stored('2', { memory: '2Gi' }))).toBe('drifted');
    expect(known().stateOf(cluster, wanted, stored('2', { more: 1 }))).toBe('drifted');
    expect(known().stateOf(cluster, wanted, undefined)).toBe('drifted');
  });

  test('another wish is no drift', () => {
    expect(known().stateOf(cluster, service({ spec: { memory: '2Gi' } }), stored('1'))).toBe('differs');
  });

  test('a cache that is behind our own write is no drift', () => {
    const applied = known();
    const next = service({ spec: { memory: '2Gi' } });
    applied.record(next, stored('1'), stored('2', { memory: '2Gi' }));
    expect(applied.stateOf(cluster, next, stored('1'))).toBe('differs');
    expect(applied.stateOf(cluster, next, stored('2', { memory: '2Gi' }))).toBe('right');
  });

  test('after a start it is not known, and what is forgotten neither', () => {
    expect(new AppliedObjects().stateOf(cluster, wanted, stored('1'))).toBe('differs');
    expect(new AppliedObjects().stateOf(cluster, wanted, undefined)).toBe('missing');
    const applied = known();
    applied.forget('ns/other');
    expect(applied.stateOf(cluster, wanted, stored('1'))).toBe('right');
    applied.forget('ns/zk');
    expect(applied.stateOf(cluster, wanted, stored('1'))).toBe('differs');
  });

  test.each([
    ['nobody', [], 'foreign'],
    ['something else', [{ ...OWNER, kind: 'Other', uid: 'x' }], 'foreign'],
    ['another cluster', [{ ...OWNER, name: 'other', uid: 'x' }], 'foreign'],
    ['a former cluster of this name', [{ ...OWNER, uid: 'former' }], 'leaving'],
  ])('one that belongs to %s is not touched', (_whom, ownerReferences, state) => {
    expect(known().stateOf(cluster, wanted, service({}, { ownerReferences }))).toBe(state);
  });

  test('one that is being deleted is waited for', () => {
    expect(known().stateOf(cluster, wanted, service({}, { deletionTimestamp: 'now' }))).toBe('leaving');
  });
});

describe("the process's own writes", () => {
  test('are seen before a cache shows them, through any number of them, and not after', () => {
    const writes = new OwnWrites();
    writes.wrote('k', '1', stored('2'));
    writes.wrote('k', '2', stored('3'));
    for (const behind of ['1', '2']) {
      expect(writes.latest('k', stored(behind))?.metadata.resourceVersion).toBe('3');
    }
    expect(writes.latest('k', stored('4'))?.metadata.resourceVersion).toBe('4');
    expect(writes.latest('k', stored('1'))?.metadata.resourceVersion).toBe('1');
  });

  test('that changed nothing leave the cache as it is', () => {
    const writes = new OwnWrites();
    writes.wrote('k', '1', stored('1'));
    expect(writes.latest('k', stored('1', { cached: true }))).toEqual(stored('1', { cached: true }));
  });

  test('what was deleted is gone, whatever the cache shows, and what comes after it is not', () => {
    const writes = new OwnWrites();
    const own = { ...stored('3'), metadata: { ...stored('3').metadata, uid: 'former' } };
    writes.wrote('k', '2', own);
    writes.deleted('k', 'former');
    expect(writes.latest('k', own)).toBeUndefined();
    const next = { ...own, metadata: { ...own.metadata, uid: 'next' } };
    expect(writes.latest('k', next)).toBe(next);
  });
});
