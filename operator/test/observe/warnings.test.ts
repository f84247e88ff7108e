import type { KubeObject } from '@rookery/kube/objects';
import { expect, test } from 'vitest';
import { startWorld } from '../../../kube/test/world.ts';
import { lastWarning } from '../../src/observe/warnings.ts';

const SET = { kind: 'StatefulSet', metadata: { namespace: 'ns', name: 'zk' } };

function event(name: string, more: object): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'ns' },
    type: 'Warning',
    reason: 'FailedCreate',
    involvedObject: { kind: 'StatefulSet', name: 'zk' },
    ...more,
  } as KubeObject;
}

test('the newest Warning of that reason about that object counts, whichever way its time is written', async () => {
  const { api, server } = await startWorld();
  const put = (name: string, more: object): unknown =>
    server.objects.put(`/api/v1/namespaces/ns/events/${name}`, event(name, more));
  expect(await lastWarning(api, SET, 'FailedCreate')).toBe('');
  put('a', { message: 'exceeded quota.', lastTimestamp: '2026-01-01T00:00:02Z' });
  put('b', { message: 'older', lastTimestamp: '2026-01-01T00:00:01Z' });
  put('c', {
    message: 'of another',
    lastTimestamp: '2026-01-01T00:00:09Z',
    involvedObject: { kind: 'StatefulSet', name: 'x' },
  });
  put('d', { message: 'another reason', lastTimestamp: '2026-01-01T00:00:09Z', reason: 'Other' });
  put('e', { message: 'no warning', lastTimestamp: '2026-01-01T00:00:09Z', type: 'Normal' });
  expect(await lastWarning(api, SET, 'FailedCreate')).toBe('exceeded quota');
  put('f', { message: 'newer', lastTimestamp: null, eventTime: '2026-01-01T00:00:03.000001Z' });
  expect(await lastWarning(api, SET, 'FailedCreate')).toBe('newer');
  put('b', {
    message: 'again',
    lastTimestamp: null,
    series: { lastObservedTime: '2026-01-01T00:00:04.000001Z' },
  });
  expect(await lastWarning(api, SET, 'FailedCreate')).toBe('again');
});
