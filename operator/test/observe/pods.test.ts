import { expect, test } from 'vitest';
import type { Pod } from '../../src/observe/pod.ts';
import { observedPod } from '../../src/observe/pods.ts';

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
