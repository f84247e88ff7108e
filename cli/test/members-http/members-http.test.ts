import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import type { HttpAddress } from '../../src/members-http/http-address.ts';
import { HttpFailure } from '../../src/members-http/http-failure.ts';
import { type HttpSettings, MembersHttp } from '../../src/members-http/members-http.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function asking(settings: Partial<HttpSettings> = {}): MembersHttp {
  const { signal } = new AbortController();
  const http = new MembersHttp(
    { authorization: undefined, tls: undefined, timeoutMs: 20_000, signal, ...settings },
    () => 0,
  );
  opened.unshift(http);
  return http;
}

async function listening(
  server: Server & { closeAllConnections(): void },
  isSecure = false,
): Promise<HttpAddress> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  opened.push({ close: () => [server.closeAllConnections(), server.close()] });
  return { isSecure, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const serving = (listener: RequestListener): Promise<HttpAddress> => listening(createServer(listener));

describe('the HTTP of members', () => {
  test('is told who asks, and tells its status, its headers and its text', async () => {
    const address = await serving((request, reply) => {
      reply.statusCode = 409;
      reply.setHeader('x-a', 'b');
      reply.end(`${request.method} ${request.url} ${request.headers.authorization}`);
    });
    const reply = await asking({ authorization: 'Bearer t' }).get(address, '/admin/members');
    expect(reply).toMatchObject({
      status: 409,
      text: 'GET /admin/members Bearer t',
      headers: { 'x-a': 'b' },
    });
  });

  test('is posted JSON', async () => {
    const address = await serving((request, reply) => {
      reply.setHeader('x-type', String(request.headers['content-type']));
      request.pipe(reply);
    });
    const reply = await asking().post(address, '/', { to: 2 });
    expect(reply).toMatchObject({ text: '{"to":2}', headers: { 'x-type': 'application/json' } });
  });

  test('is not waited for beyond the time that was said, be it the answer or the rest of it that does not come', async () => {
    const silent = await serving(() => {});
    const halting = await serving((_request, reply) => void reply.write('half'));
    const http = asking();
    for (const address of [silent, halting]) {
      const failure = await http.get(address, '/', 20).catch((error: unknown) => error);
      expect(failure).toMatchObject({ isLate: true, message: 'no answer within 20 ms' });
      expect(failure).toBeInstanceOf(HttpFailure);
    }
  });

  test('where nobody listens, and where it is not HTTP, it says so', async () => {
    const address = await serving((request) => request.socket.destroy());
    const http = asking();
    await expect(http.get(address, '/')).rejects.toThrow(/the connection was closed; does it speak TLS\?/);
    await expect(http.get({ ...address, port: 1 }, '/')).rejects.toThrow('connection refused');
  });

  test('is spoken to by TLS, to whoever shows a certificate of the authority alone', async () => {
    const authority = await Authority.create();
    const issued = await authority.issue({ subject: 'CN=member', ip: ['127.0.0.1'] });
    const server = createSecureServer(
      { key: issued.privateKey, cert: issued.certificate },
      (_request, reply) => reply.end('secret'),
    );
    const address = await listening(server, true);
    const trusting = asking({ tls: { ca: authority.certificate } });
    expect((await trusting.get(address, '/')).text).toBe('secret');
    await expect(asking().get(address, '/')).rejects.toThrow(HttpFailure);
    const plain = await serving((_request, reply) => reply.end('plain'));
    await expect(trusting.get({ ...plain, isSecure: true }, '/')).rejects.toThrow(
      'it does not speak TLS; if it is not meant to, say http://HOST:PORT',
    );
  });
});
