import { expect, test } from 'vitest';
import { readOrdinalOf } from '../../src/model/cluster-names.ts';
import type { Pod } from '../../src/observe/pod.ts';
import { memberPods, observedPod } from '../../src/observe/pods.ts';

const READY: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'zk-1', namespace: 'ns', uid: 'u' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

const seen = (pod: Pod) => observedPod('zk', pod, undefined, { kind: 'silent', why: 'not asked' });

test('a pod that is being deleted is not ready, whatever its probe says', () => {
  expect(seen(READY)).toMatchObject({ ready: true, deleting: false });
  const going: Pod = { ...READY, metadata: { ...READY.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(seen(going)).toMatchObject({ ready: false, deleting: true });
});

test('pods are told apart by their names, also where a cluster is called as the read replicas of another are', () => {
  const named = (name: string, cluster: string): Pod => ({
    ...READY,
    metadata: { ...READY.metadata, name, labels: { 'rookery.dev/cluster': cluster } },
  });
  const pods = [
    named('zk-0', 'zk'),
    named('zk-read-101', 'zk'),
    named('zk-read-100', 'zk'),
    named('zk-read-0', 'zk-read'),
    named('zk-proof-0', 'zk'),
  ];
  const names = (all: readonly Pod[]) => all.map(({ metadata }) => metadata.name);
  expect(names(memberPods('zk', pods))).toEqual(['zk-0']);
  expect(names(memberPods('zk', pods, readOrdinalOf))).toEqual(['zk-read-100', 'zk-read-101']);
  expect(names(memberPods('zk-read', pods))).toEqual(['zk-read-0']);
  expect(seen(pods[1]!).ordinal).toBe(101);
});
