import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { CoordinationError } from '@rookery/client';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { Asked } from '../../../../src/http/v1/route.ts';
import { answerLines } from '../../../../src/http/window/tree/line-stream.ts';
import { progressOf } from '../../../../src/http/window/tree/progress.ts';

let app: FastifyInstance;

afterEach(() => app?.close());

/** Where such lines are answered. */
async function answering(lines: () => AsyncIterable<object>): Promise<number> {
  app = Fastify();
  const unexpected: Asked['unexpected'] = () => ({
    code: 'INTERNAL',
    message: 'see the log',
    retry: 'in-doubt',
  });
  app.get('/', (_request, reply) => answerLines({ unexpected } as Asked, reply, lines()));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

async function said(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

describe('an answer of lines', () => {
  test('that fails says so by its last line, and what nobody expected without its details', async () => {
    const failing = (error: Error) =>
      async function* (): AsyncGenerator<object> {
        yield { looked: 1 };
        throw error;
      };
    const about = { operation: 'get', path: '/a', retry: 'no' } as const;
    const known = await answering(failing(new CoordinationError('NO_AUTH', 'not for you', about)));
    expect(await said(known)).toBe(
      '{"looked":1}\n{"error":{"code":"NO_AUTH","message":"not for you","path":"/a"}}\n',
    );
    await app.close();
    const unknown = await answering(failing(new Error('secret')));
    expect(await said(unknown)).toBe('{"looked":1}\n{"error":{"code":"INTERNAL","message":"see the log"}}\n');
  });

  test('ends whatever makes it once its caller is gone, and is never far ahead of it', async () => {
    let made = 0;
    let ended = (): void => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    const line = { text: 'x'.repeat(1_000) };
    const port = await answering(async function* () {
      try {
        for (; ; made++) {
          yield line;
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        ended();
      }
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await end;
    expect(made).toBeGreaterThan(0);
  });
});

async function drained(lines: AsyncIterable<object>): Promise<void> {
  for await (const _line of lines);
}

describe('progress', () => {
  test('is the latest count whenever somebody listens, and at last what it came to', async () => {
    let done: (count: number) => void = () => undefined;
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const lines = progressOf(async (tell) => {
      done = tell;
      await finished;
      return { end: true, done: 9 };
    });
    expect((await lines.next()).value).toEqual({ done: 0 });
    const first = lines.next();
    for (const count of [1, 2]) done(count);
    expect((await first).value).toEqual({ done: 2 });
    for (const count of [5, 7]) done(count);
    expect((await lines.next()).value).toEqual({ done: 7 });
    finish();
    expect((await lines.next()).value).toEqual({ end: true, done: 9 });
    expect((await lines.next()).done).toBe(true);
  });

  test('of work that fails is the failure', async () => {
    await expect(drained(progressOf(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  });
});
