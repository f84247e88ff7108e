import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { createHttp } from '../../../src/http/create-http.ts';
import { loadFrom } from '../../config/load-from.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';
import { ServedTree } from './served-tree.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('HTTP for programs', () => {
  test('is off unless it is asked for', async () => {
    expect(loadFrom({}).config.http.v1).toBe(false);
    expect(loadFrom({ environment: { ROOKERY_HTTP_V1: 'true' } }).config.http.v1).toBe(true);
    const app = createHttp(new FakeMember(), HTTP, undefined, new KeptLog());
    closing.push(() => app.close());
    for (const url of ['/v1/nodes/', '/v1/openapi.json', '/v1'])
      expect((await app.inject(url)).json()).toMatchObject({ code: 'not-found' });
  });

  test.each<[string, Record<string, string>]>([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a foreign name for this machine', { host: 'evil.example' }],
  ])('is not for %s', async (_, headers) => {
    const tree = await ServedTree.start();
    closing.push(() => tree.stop());
    const { createConnection } = await import('node:net');
    const url = new URL(tree.url());
    const socket = createConnection(Number(url.port), '127.0.0.1');
    const all = { host: '127.0.0.1', connection: 'close', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`DELETE /v1/nodes/zookeeper HTTP/1.1\r\n${lines.join('')}\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 403 /);
    expect(text).toContain('"code":"FORBIDDEN"');
  });
});
