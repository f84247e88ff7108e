import { describe, expect, test } from 'vitest';
import { ApiError, isConflict, isNotFound, LocalReason } from '../src/api-error.ts';
import type { KubeObject, ResourceType } from '../src/objects.ts';
import type { WatchEvent } from '../src/watch-event.ts';
import { cut, hang, isWatch, refuse, stream, watchLine } from './api-server.ts';
import { settle, until } from './until.ts';
import { POD_PATH, PODS, pod, startWorld } from './world.ts';

const SETS: ResourceType = { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' };
const NODES: ResourceType = { group: '', version: 'v1', plural: 'nodes', kind: 'Node' };
const A = { namespace: 'ns', name: 'a' };
const everything = (): boolean => true;

function set(more: object = {}): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { ...A }, ...more };
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('requests', () => {
  test('carry the token, and go over one connection that is kept', async () => {
    const { api, server } = await startWorld();
    server.objects.put(`${POD_PATH}/a`, pod('a'));
    for (let count = 0; count < 5; count++) await api.get(PODS, A);
    expect(server.connections).toBe(1);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'user-agent': 'rookery-operator',
    });
  });

  test('apply: the object as it is, as YAML patch, with field manager and force', async () => {
    const { api, server } = await startWorld();
    const object = set({ spec: { from: [{ podSelector: {} }], $odd: null } });
    await api.apply(SETS, object);
    const sent = server.requests[0]!;
    expect([sent.method, sent.path, sent.query.toString()]).toEqual([
      'PATCH',
      '/apis/apps/v1/namespaces/ns/statefulsets/a',
      'fieldManager=rookery-operator&force=true',
    ]);
    expect(sent.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(sent.body).toEqual(object);
  });

  test('the status is applied through its subresource, and never creates', async () => {
    const { api, server } = await startWorld();
    expect(isNotFound(await failure(api.applyStatus(SETS, set({ status: { replicas: 3 } }))))).toBe(true);
    expect(server.requests[0]?.path).toBe('/apis/apps/v1/namespaces/ns/statefulsets/a/status');
  });

  test('delete: only the object that was looked at', async () => {
    const { api, server } = await startWorld();
    const { metadata } = server.objects.put(`${POD_PATH}/a`, pod('a'));
    const error = await failure(api.delete(PODS, A, { preconditions: { uid: 'of-another' } }));
    expect(isConflict(error)).toBe(true);
    const preconditions = { uid: metadata.uid!, resourceVersion: metadata.resourceVersion! };
    await api.delete(PODS, A, { preconditions });
    expect(server.requests.at(-1)?.body).toMatchObject({ propagationPolicy: 'Background', preconditions });
    expect(server.objects.get(`${POD_PATH}/a`)).toBeUndefined();
  });

  test('replace and merge patch fail where the object has changed', async () => {
    const { api, server } = await startWorld();
    const old = server.objects.put(`${POD_PATH}/a`, pod('a'));
    server.objects.put(`${POD_PATH}/a`, pod('a', { spec: { changed: true } }));
    expect(isConflict(await failure(api.replace(PODS, old)))).toBe(true);
    const { resourceVersion } = old.metadata;
    const patch = { metadata: { resourceVersion, finalizers: [] } };
    expect(isConflict(await failure(api.mergePatch(PODS, A, patch)))).toBe(true);
    expect(server.requests.at(-1)?.headers['content-type']).toBe('application/merge-patch+json');
  });

  test('create: where there is one already it says so, and that is no conflict', async () => {
    const { api } = await startWorld();
    await api.create(PODS, pod('a'));
    const error = await failure(api.create(PODS, pod('a')));
    expect([error.code, error.reason, isConflict(error)]).toEqual([409, 'AlreadyExists', false]);
  });

  test('items of a list get the type that the API server leaves out', async () => {
    const { api, server } = await startWorld();
    server.objects.put(`${POD_PATH}/a`, pod('a'));
    const { items } = await api.list(PODS, { namespace: 'ns', labelSelector: 'app=x,part in (a,b)' });
    expect(items).toMatchObject([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]);
    expect(server.requests[0]?.query.get('labelSelector')).toBe('app=x,part in (a,b)');
  });

  test('a list can be bound to objects with certain fields', async () => {
    const { api, server } = await startWorld();
    for (const name of ['a', 'b']) server.objects.put(`${POD_PATH}/${name}`, pod(name));
    const { items } = await api.list(PODS, { namespace: 'ns', fieldSelector: 'metadata.name=b' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  test('what belongs to no namespace has none in its path', async () => {
    const { api, server } = await startWorld();
    await failure(api.get(NODES, { name: 'n 1' }));
    expect(server.requests[0]?.path).toBe('/api/v1/nodes/n%201');
  });
});

describe('errors', () => {
  test('a refusal: code, reason, message and the request that it answers', async () => {
    const { api, server } = await startWorld();
    server.script(everything, refuse(422, 'Invalid'));
    const error = await failure(api.get(PODS, A));
    expect([error.code, error.reason, error.retryAfterMs]).toEqual([422, 'Invalid', undefined]);
    expect(error.message).toBe(`GET ${POD_PATH}/a: 422 scripted Invalid`);
  });

  test('429 with Retry-After, and a page of a proxy', async () => {
    const { api, server } = await startWorld();
    server.script(everything, refuse(429, 'TooManyRequests', { 'retry-after': '3' }), (response) => {
      response.writeHead(503).end('<html>no backend</html>');
    });
    expect((await failure(api.get(PODS, A))).retryAfterMs).toBe(3_000);
    const error = await failure(api.get(PODS, A));
    expect([error.code, error.reason]).toEqual([503, 'ServiceUnavailable']);
    expect(error.message).toContain('no backend');
  });

  test('a cut before and within the answer, and what is no JSON', async () => {
    const { api, server } = await startWorld();
    server.script(
      everything,
      cut,
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"kind"', () => response.destroy());
      },
      (response) => void response.end('ok'),
    );
    const reasons: string[] = [];
    for (let count = 0; count < 3; count++) reasons.push((await failure(api.get(PODS, A))).reason);
    expect(reasons).toEqual([LocalReason.connectionLost, LocalReason.connectionLost, LocalReason.badAnswer]);
  });

  test('no answer, and half of one: given up in time, and the connection closed', async () => {
    const { api, server, time } = await startWorld();
    server.script(everything, hang, (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
    });
    for (let count = 1; count <= 2; count++) {
      const failed = failure(api.bounded({ timeoutMs: 700 }).get(PODS, A));
      await server.received(everything, count);
      await settle();
      await time.pass(700);
      expect((await failed).reason).toBe(LocalReason.timedOut);
      await until(() => server.connections === 0, 'the connection to be closed');
    }
    expect(time.delays).toEqual([]);
  });

  test('given up by its caller: before it is sent, and while it is under way', async () => {
    const { api, server } = await startWorld();
    const giveUp = new AbortController();
    server.script(everything, hang);
    const failed = failure(api.bounded({ signal: giveUp.signal }).bounded({ timeoutMs: 50 }).get(PODS, A));
    await server.received(everything);
    giveUp.abort();
    expect((await failed).reason).toBe(LocalReason.aborted);
    expect((await failure(api.bounded({ signal: giveUp.signal }).get(PODS, A))).reason).toBe('Aborted');
    await settle();
    expect(server.requests.length).toBe(1);
  });

  test('who does not lead may read but not write, whichever of the bounds says so', async () => {
    const { api, server } = await startWorld();
    server.objects.put(`${POD_PATH}/a`, pod('a'));
    let leads = true;
    const bound = api.bounded({ mayWrite: () => leads }).bounded({ mayWrite: () => true });
    await bound.apply(PODS, pod('a'));
    leads = false;
    await bound.get(PODS, A);
    const writes = [
      bound.apply(PODS, pod('a')),
      bound.applyStatus(PODS, pod('a')),
      bound.create(PODS, pod('b')),
      bound.replace(PODS, pod('a')),
      bound.mergePatch(PODS, A, {}),
      bound.delete(PODS, A),
    ];
    for (const write of writes) expect((await failure(write)).reason).toBe(LocalReason.notLeader);
    expect(server.requests.length).toBe(2);
  });
});

describe('a watch', () => {
  const request = { namespace: 'ns', resourceVersion: '5', timeoutSeconds: 60 };

  test('lines that are cut anywhere, in a character too, are whole again', async () => {
    const { api, server } = await startWorld();
    const object = { ...pod('a'), metadata: { ...A, resourceVersion: '6', labels: { text: 'é🐦' } } };
    const bytes = Buffer.from(watchLine('ADDED', object) + watchLine('DELETED', object));
    for (const size of [1, 7, bytes.length]) {
      const pieces: Buffer[] = [];
      for (let from = 0; from < bytes.length; from += size) pieces.push(bytes.subarray(from, from + size));
      server.script(isWatch, stream(pieces, 'end'));
      const events: WatchEvent[] = [];
      const { signal } = new AbortController();
      await api.watch(PODS, { ...request, signal }, (event) => void events.push(event));
      expect(events).toEqual([
        { type: 'changed', object, resourceVersion: '6' },
        { type: 'deleted', object, resourceVersion: '6' },
      ]);
    }
  });

  test('an end in the middle of a line is a lost connection', async () => {
    const { api, server } = await startWorld();
    server.script(isWatch, stream(['{"type":"ADDED"'], 'end'));
    const { signal } = new AbortController();
    const error = await failure(api.watch(PODS, { ...request, signal }, () => {}));
    expect(error.reason).toBe(LocalReason.connectionLost);
  });

  test('a line without end is given up', async () => {
    const { api, server } = await startWorld();
    server.script(isWatch, stream(Array<string>(20).fill('x'.repeat(1024 * 1024)), 'stay'));
    const { signal } = new AbortController();
    const error = await failure(api.watch(PODS, { ...request, signal }, () => {}));
    expect(error.reason).toBe(LocalReason.badAnswer);
    await until(() => server.connections === 0, 'the connection to be closed');
  });
});
