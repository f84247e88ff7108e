import { Events, LEASE, Leadership, REPEAT_EVERY_MS, Reflector } from '@rookery/kube';
import { describe, expect, test } from 'vitest';
import { until } from '../../../kube/test/until.ts';
import { PODS, pod, startWorld } from '../../../kube/test/world.ts';
import { LEASE_NAME } from '../../src/permissions.ts';
import { SECRETS } from '../../src/resource-types.ts';
import { PermissionUse, rightsFor } from './use.ts';

const SYSTEM = 'rookery-system';

function texts(method: string, url: string, body?: unknown, contentType = 'application/json'): string[] {
  const { pathname: path, searchParams: query } = new URL(url, 'http://api');
  const headers = { 'content-type': contentType };
  return rightsFor({ method, path, query, headers, body }).map(
    ({ group, resource, verb, namespace }) => `${verb} ${group}/${resource} ${namespace ?? '*'}`,
  );
}

describe('what the API server asks RBAC for', () => {
  test('reading', () => {
    expect(texts('GET', '/api/v1/pods')).toEqual(['list /pods *']);
    expect(texts('GET', '/api/v1/namespaces/ns/pods?watch=true')).toEqual(['watch /pods ns']);
    expect(texts('GET', '/apis/apps/v1/namespaces/ns/statefulsets/a')).toEqual(['get apps/statefulsets ns']);
  });

  test('writing: an apply may create, one of a status never does', () => {
    const apply = 'application/apply-patch+yaml';
    const object = '/apis/rookery.dev/v1/namespaces/ns/coordinationclusters/a';
    expect(texts('PATCH', object)).toEqual(['patch rookery.dev/coordinationclusters ns']);
    expect(texts('PATCH', `${object}/status`, {}, apply)).toEqual([
      'patch rookery.dev/coordinationclusters/status ns',
    ]);
    expect(texts('PATCH', '/api/v1/namespaces/ns/services/a?force=true', {}, apply)).toEqual([
      'patch /services ns',
      'create /services ns',
    ]);
    expect(texts('PUT', '/api/v1/namespaces/ns/services/a')).toEqual(['update /services ns']);
    expect(texts('DELETE', '/api/v1/namespaces/ns/services/a')).toEqual(['delete /services ns']);
  });

  test('an owner whose deletion is blocked', () => {
    const owner = { apiVersion: 'rookery.dev/v1', kind: 'CoordinationCluster', name: 'a', uid: 'u' };
    const body = (blockOwnerDeletion: boolean): object => ({
      metadata: { ownerReferences: [{ ...owner, blockOwnerDeletion }] },
    });
    const path = '/api/v1/namespaces/ns/secrets';
    expect(texts('POST', path, body(true))).toEqual([
      'create /secrets ns',
      'update rookery.dev/coordinationclusters/finalizers ns',
    ]);
    expect(texts('POST', path, body(false))).toEqual(['create /secrets ns']);
  });
});

describe('the permissions and what is done', () => {
  test('what leads, watches and tells of Events needs these and has them', async () => {
    const world = await startWorld();
    const { server, time } = world;
    const leadership = new Leadership(
      {
        lease: { namespace: SYSTEM, name: LEASE_NAME },
        identity: 'a',
        onElected: () => {},
        onLost: () => {},
      },
      world,
    );
    const reflector = new Reflector({ type: PODS, scope: {}, keysOf: () => [], enqueue: () => {} }, world);
    const events = new Events({ component: 'operator', instance: 'a' }, world);
    world.closing.push(
      () => reflector.stop(),
      () => leadership.stop(),
    );
    leadership.start();
    reflector.start();
    await until(() => leadership.isLeader(), 'a to lead');
    await until(() => server.openWatches === 1, 'the watch');
    events.normal(pod('x'), 'Created', 'It is there.');
    await events.flushed();
    // Given back before the time of its renewal has passed.
    await leadership.stop();
    time.advance(REPEAT_EVERY_MS);
    events.normal(pod('x'), 'Created', 'It is there.');
    await events.flushed();
    const use = new PermissionUse(SYSTEM);
    use.saw(server.requests);
    expect(use.refused()).toEqual([]);
    const ofThese = use
      .unused()
      .filter((right) => /^(coordination\.k8s\.io\/leases|core\/events) /.test(right));
    // Those of others are read by who looks for what holds pods up.
    expect(ofThese).toEqual(['core/events list']);
  });

  test('what is not granted is refused: Secrets are not deleted, and of leases only its own is written', async () => {
    const { api, server } = await startWorld();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'ns', name: 'x' } };
    server.objects.put('/api/v1/namespaces/ns/secrets/x', secret);
    await api.delete(SECRETS, secret.metadata);
    const leaseIn = (namespace: string, name: string) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name },
    });
    await api.create(LEASE, leaseIn('ns', LEASE_NAME));
    await api.create(LEASE, leaseIn(SYSTEM, 'kube-scheduler'));
    await api.replace(LEASE, leaseIn(SYSTEM, 'kube-scheduler'));
    const use = new PermissionUse(SYSTEM);
    use.saw(server.requests);
    expect(use.refused()).toEqual([
      'coordination.k8s.io/leases create in ns',
      `coordination.k8s.io/leases update in ${SYSTEM}`,
      'core/secrets delete in ns',
    ]);
  });
});
