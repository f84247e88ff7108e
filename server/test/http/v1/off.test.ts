import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { boundsOf } from '../../../src/bounds/bounds.ts';
import { AdminToken } from '../../../src/http/admin-token.ts';
import { createHttp } from '../../../src/http/create-http.ts';
import { loadFrom } from '../../config/load-from.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';
import { basic, ServedTree } from './served-tree.ts';

const TOKEN = 'a-token-of-some-length';

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
    const text = await said(Number(new URL(tree.url()).port), headers);
    expect(text).toMatch(/^HTTP\/1.1 403 /);
    expect(text).toContain('"code":"FORBIDDEN"');
  });

  test('on other addresses than loopback is for those who name a member, or prove something: no page of another site can', async () => {
    const app = createHttp(
      new FakeMember(),
      { ...HTTP, host: '0.0.0.0', v1: true },
      new AdminToken([TOKEN]),
      new KeptLog(),
      {
        programs: {
          bounds: boundsOf({ client: { maxFrameBytes: 4096 } }),
          hosts: new Set(['zoo1.example']),
          isServing: () => false,
          accept: () => undefined as never,
        },
      },
    );
    closing.push(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const codeFor = async (headers: Record<string, string>) =>
      /"code":"(\w+)"/.exec(await said(port, headers))?.[1];
    const letIn = 'NOT_SERVING';
    for (const host of ['10.0.0.7:8080', '[fd00::7]:8080', 'localhost', 'zoo1.example:8080', 'ZOO1.example'])
      expect(await codeFor({ host }), host).toBe(letIn);
    for (const host of ['evil.example', 'zoo1.example.evil', '10.0.0.7.evil.example', ''])
      expect(await codeFor({ host }), host).toBe('FORBIDDEN');
    expect(await codeFor({ host: 'evil.example', ...basic('ann', 'a') })).toBe(letIn);
    expect(await codeFor({ host: 'zoo1.example', origin: 'http://evil.example' })).toBe('FORBIDDEN');
  });
});

/** To a request with these headers. */
async function said(port: number, headers: Record<string, string>): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const all = { host: '127.0.0.1', connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`DELETE /v1/nodes/zookeeper HTTP/1.1\r\n${lines.join('')}\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
