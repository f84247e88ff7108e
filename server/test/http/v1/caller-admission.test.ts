import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ByteBudget, SharedPlaces } from '../../../src/http/v1/caller-admission.ts';
import { ServedTree } from './served-tree.ts';

let tree: ServedTree | undefined;

afterEach(async () => {
  await tree?.stop();
  tree = undefined;
});

describe('places', () => {
  test('are shared out among addresses, and given back', () => {
    const places = new SharedPlaces(3, 2);
    expect([places.enter('a'), places.enter('a'), places.enter('a')]).toEqual([true, true, false]);
    expect([places.enter('b'), places.enter('c')]).toEqual([true, false]);
    places.leave('a');
    places.leave('nobody');
    expect([places.count, places.enter('c'), places.enter('a')]).toEqual([2, true, false]);
  });
});

describe('a budget of bytes', () => {
  test('is never overdrawn, and whole again once all was given back', () => {
    const budget = new ByteBudget(10);
    expect([budget.take(6), budget.take(5), budget.take(4), budget.take(1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    budget.giveBack(6);
    budget.giveBack(4);
    expect(budget.take(10)).toBe(true);
  });
});

/** A request whose body has begun, and is not whole: it has its place until it is destroyed. */
async function halfSent(of: ServedTree, bytes: number): Promise<Socket> {
  const { port } = new URL(of.url());
  for (;;) {
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    await once(socket, 'connect');
    socket.write(
      `PUT /v1/nodes/half?create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${bytes}\r\n\r\nx`,
    );
    // Needs no place, and is answered behind it.
    await of.ask('/openapi.json');
    if (answer === '') return socket;
    // The request before was not quite over.
    expect(answer).toContain('TOO_MANY_PENDING');
    socket.destroy();
  }
}

/** Asks until it is answered otherwise than before. */
async function statusBesides(of: ServedTree, status: number, path: string): Promise<number> {
  for (;;) {
    const answer = await of.put(path, 'x');
    if (answer.status !== status) return answer.status;
  }
}

describe('requests', () => {
  test('beyond the share of an address are told to come again, and taken once there is room', async () => {
    tree = await ServedTree.start(1, {}, { httpRequests: 4, httpRequestsPerAddress: 2 });
    await tree.put('/nodes/x?create');
    const halves = [await halfSent(tree, 100), await halfSent(tree, 100)];
    expect(await statusBesides(tree, 200, '/nodes/x')).toBe(429);
    const refused = await tree.ask('/nodes/x');
    expect([refused.json.code, refused.json.retry, refused.headers.get('retry-after')]).toEqual([
      'TOO_MANY_PENDING',
      'safe',
      '1',
    ]);
    halves[0]!.destroy();
    expect(await statusBesides(tree, 429, '/nodes/x')).toBe(200);
    halves[1]!.destroy();
  });

  test('whose bodies are more than is taken at a time are told so before they are sent', async () => {
    tree = await ServedTree.start(1, {}, { httpBodyBytes: 2_100_000 });
    await tree.put('/nodes/x?create');
    const half = await halfSent(tree, 2_100_000);
    expect(await statusBesides(tree, 200, '/nodes/x')).toBe(429);
    expect((await tree.ask('/nodes/x')).status).toBe(200);
    half.destroy();
    expect(await statusBesides(tree, 429, '/nodes/x')).toBe(200);
  });
});
