import { PassThrough } from 'node:stream';
import type { Client, ConnectOptions } from '@rookery/client';
import { expect, test } from 'vitest';
import { hasChroot } from '../src/connection.ts';
import { Context } from '../src/context.ts';
import { Out } from '../src/output/out.ts';
import type { Surroundings } from '../src/surroundings.ts';

/** Connections that are asked for, and what is asked of them. */
function recorded(env: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const options: ConnectOptions[] = [];
  const surroundings: Surroundings = {
    argv: [],
    env,
    stdin: () => new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    signal: new AbortController().signal,
    nowMs: () => 0,
    connect: (servers, given) => {
      asked.push(`connect ${servers}`);
      options.push(given);
      const client = {
        sync: (path: string) => Promise.resolve(void asked.push(`sync ${path}`)),
        close: () => Promise.resolve(void asked.push('close')),
      };
      return Promise.resolve(client as unknown as Client);
    },
  };
  const contextOf = (settings: ConstructorParameters<typeof Context>[1]): Context =>
    new Context(surroundings, settings, new Out(surroundings.stdout, () => {}), surroundings.signal, () =>
      Promise.reject(new Error('another command was run')),
    );
  return { asked, options, contextOf };
}

test('each ensemble is connected once, and asked to sync before anything else', async () => {
  const { asked, contextOf } = recorded();
  const context = contextOf({});
  const [a, b, c] = await Promise.all(['/a', '/b', 'h:1/c'].map((text) => context.at(text)));
  expect(a?.client).toBe(b?.client);
  expect(c?.client).not.toBe(a?.client);
  expect(asked).toEqual(['connect 127.0.0.1:2181', 'connect h:1', 'sync /', 'sync /']);
  await context.close();
  expect(asked.slice(4)).toEqual(['close', 'close']);
});

test("the servers' own nodes are known where no chroot hides them", async () => {
  const { contextOf } = recorded();
  const plain = await contextOf({ server: 'h:1/' }).at('/');
  expect([plain.isServersOwn('/zookeeper'), plain.isServersOwn('/zookeeper/x')]).toEqual([true, false]);
  const inside = await contextOf({ server: 'h:1/app' }).at('/');
  expect(inside.isServersOwn('/zookeeper')).toBe(false);
  expect(['h:1', 'h:1/', 'h:1/a'].map(hasChroot)).toEqual([false, false, true]);
});

test('what is said of user, time and address becomes the options of the connection', async () => {
  const { asked, options, contextOf } = recorded({ ROOKERY_SERVER: 'env:1', ROOKERY_PASSWORD: 'secret' });
  await contextOf({ user: 'ann', timeoutMs: 500 }).at('/');
  expect(asked[0]).toBe('connect env:1');
  expect(options[0]).toMatchObject({
    connectTimeoutMs: 500,
    callTimeoutMs: 500,
    auth: [{ scheme: 'digest', auth: 'ann:secret' }],
  });
  await contextOf({ server: 'said:1' }).at('/');
  expect(asked).toContain('connect said:1');
  expect(options[1]?.auth).toBeUndefined();
  expect(options[1]?.tls).toBeUndefined();
});
