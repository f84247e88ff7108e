import { expect, test } from 'vitest';
import { type Ask, gather } from '../../src/ensemble-status/gather.ts';
import { HttpFailure } from '../../src/members-http/http-failure.ts';
import { answer, seedOf, standing, THREE } from './answers.ts';

const idOf = (host: string): number => Number(host.slice('zk-'.length));

test('one member is enough to find the others, at its port', async () => {
  const asked: string[] = [];
  const ask: Ask = async ({ http }) => {
    asked.push(`${http.host}:${http.port}`);
    return answer(idOf(http.host));
  };
  const seed = { http: { isSecure: true, host: 'zk-1', port: 9443 } };
  const found = await gather([seed], ask, true);
  expect(asked).toEqual(['zk-1:9443', 'zk-2:9443', 'zk-3:9443']);
  expect(found.map(({ seed }) => seed.http.isSecure)).toEqual([true, true, true]);
  expect((await gather([seed], ask, false)).length).toBe(1);
});

test('nobody waits for who is late: the others are asked meanwhile', async () => {
  const late = Promise.withResolvers<void>();
  const asked: string[] = [];
  const ask: Ask = async ({ http: { host } }) => {
    asked.push(host);
    if (host === 'zk-2') await late.promise;
    // It is given up once all others have been asked.
    if (host === 'zk-3') late.reject(new HttpFailure('zk-2:8080', 'no answer within 1000 ms', true));
    return answer(idOf(host));
  };
  const found = await gather([seedOf('zk-2'), seedOf('zk-1')], ask, true);
  expect(asked).toEqual(['zk-2', 'zk-1', 'zk-3']);
  expect(found).toHaveLength(3);
  expect(found.find(({ seed }) => seed.http.host === 'zk-2')?.outcome).toBeInstanceOf(HttpFailure);
});

test('an answer that names members without end is not followed without end', async () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({
    ...THREE[0]!,
    serverId: i + 10,
    clientAddress: `h${i}:1`,
  }));
  let asked = 0;
  const ask: Ask = async () => {
    asked++;
    return answer(1, {}, many);
  };
  await gather([seedOf('zk-1')], ask, true);
  expect(asked).toBe(128);
});

test('an address that leads nowhere is not asked', async () => {
  const asked: string[] = [];
  const ask: Ask = async ({ http }) => {
    asked.push(http.host);
    return answer(1, {}, standing(2, { clientAddress: '0.0.0.0:2181', address: '' }));
  };
  await gather([seedOf('zk-1')], ask, true);
  expect(asked).toEqual(['zk-1', 'zk-3']);
});

test('members on one machine are told apart by their ports of clients', async () => {
  const ports: number[] = [];
  const ask: Ask = async ({ client }) => {
    ports.push(client!.port);
    throw new HttpFailure('127.0.0.1:8080', 'connection refused');
  };
  const seeds = [1, 2, 3].map((port) => ({ ...seedOf('127.0.0.1'), client: { host: '127.0.0.1', port } }));
  expect(await gather(seeds, ask, true)).toHaveLength(3);
  expect(ports).toEqual([1, 2, 3]);
});

test('whoever says a host says its port, too: it is not asked at that of another member', async () => {
  const asked: string[] = [];
  const ask: Ask = async ({ http: { host, port } }) => {
    asked.push(`${host}:${port}`);
    return answer(idOf(host));
  };
  const seeds = ['zk-1', 'zk-2'].map((host, i) => ({ http: { isSecure: false, host, port: 8080 + i } }));
  await gather(seeds, ask, true);
  // The third may be where either of them is.
  expect(asked).toEqual(['zk-1:8080', 'zk-2:8081', 'zk-3:8080', 'zk-3:8081']);
});
