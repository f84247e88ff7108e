import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const token = '0123456789abcdef';
const open: FastifyInstance[] = [];

function serve(
  { host = '127.0.0.1', token }: { host?: string; token?: string } = {},
  member = new FakeMember(),
  wait: (ms: number) => Promise<void> = () => Promise.resolve(),
): { app: FastifyInstance; log: KeptLog; member: FakeMember } {
  const log = new KeptLog();
  const app = createHttp(
    member,
    { ...HTTP, host },
    token === undefined ? undefined : new AdminToken([token]),
    log,
    {
      wait,
    },
  );
  open.push(app);
  return { app, log, member };
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

describe('a token', () => {
  test('opens /admin to those who send it', async () => {
    const { app } = serve({ token });
    for (const authorization of [`Bearer ${token}`, `bearer  ${token}`]) {
      const response = await app.inject({ url: '/admin/members', headers: { authorization } });
      expect(response.statusCode).toBe(200);
    }
  });

  test.each([
    [undefined],
    [''],
    ['Bearer'],
    ['Bearer '],
    [token],
    [`Basic ${token}`],
    [`Bearer ${token.slice(0, -1)}`],
    [`Bearer ${token}x`],
    [`Bearer ${token} x`],
    [`Bearer ${token.toUpperCase()}`],
  ])('closes /admin to %j', async (authorization) => {
    const { app, member } = serve({ token });
    const headers = authorization === undefined ? {} : { authorization };
    for (const url of [
      '/admin/members',
      '//admin/members',
      '/admin/leadership',
      '/admin/%6Dembers',
      '/admin/none',
    ]) {
      const method = url === '/admin/leadership' ? 'POST' : 'GET';
      const payload = method === 'POST' ? { to: 1 } : undefined;
      const response = await app.inject({
        method,
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      });
      if (url.startsWith('//')) expect(response.statusCode, url).toBe(404);
      else {
        expect(response.statusCode, url).toBe(401);
        expect(response.json()).toMatchObject({ code: 'unauthorized' });
        expect(response.headers['www-authenticate']).toBe('Bearer realm="rookery"');
      }
    }
    expect(member.transfers).toEqual([]);
  });

  test('closes those commands of ZooKeeper that tell more than anybody may know', async () => {
    const { app, member } = serve({ token, host: '0.0.0.0' });
    const headers = { host: 'rookery-0.rookery:8080' };
    const closed = await app.inject({ url: '/commands/watches', headers });
    expect([closed.statusCode, closed.json().code]).toEqual([401, 'unauthorized']);
    expect((await app.inject({ url: '/commands/%77atches', headers })).statusCode).toBe(401);
    expect((await app.inject({ url: '/commands/ruok', headers })).statusCode).toBe(200);
    const authorization = `Bearer ${token}`;
    const opened = await app.inject({ url: '/commands/watches', headers: { ...headers, authorization } });
    expect(opened.statusCode).toBe(200);
    expect(member.ran).toEqual(['ruok', 'watches']);
  });

  test('is not needed for probes, metrics, the page and the list of commands', async () => {
    const { app } = serve({ token, host: '0.0.0.0' });
    for (const url of ['/health/live', '/health/ready', '/metrics', '/commands', '/', '/page/app.js']) {
      const response = await app.inject({ url, headers: { host: 'rookery-0.rookery:8080' } });
      expect(response.statusCode, url).toBe(200);
    }
  });

  test('that is wrong is logged the 1st, 10th and 100th time', async () => {
    const { app, log } = serve({ token });
    for (let i = 0; i < 120; i++) await app.inject('/admin/members');
    expect(log.lines.map(({ fields }) => fields)).toEqual(
      [1, 10, 100].map((refusals) => ({ address: '127.0.0.1', refusals })),
    );
    expect(JSON.stringify(log.lines)).not.toContain(token);
  });

  test('is looked at later where its caller has failed too often, right or wrong', async () => {
    for (const [sent, status] of [
      [token, 200],
      ['another-one-of-that-length', 401],
    ] as const) {
      const member = new FakeMember();
      member.delayMs = 700;
      const waits: { readonly ms: number; readonly goOn: () => void }[] = [];
      const { app } = serve({ token }, member, (ms) => new Promise((goOn) => waits.push({ ms, goOn })));
      const answer = app.inject({ url: '/admin/members', headers: { authorization: `Bearer ${sent}` } });
      // Nobody else waits: probes and metrics are answered meanwhile.
      expect((await app.inject('/health/live')).statusCode).toBe(200);
      expect(waits.map(({ ms }) => ms)).toEqual([700]);
      expect(member.failed).toEqual([]);
      waits[0]!.goOn();
      expect((await answer).statusCode).toBe(status);
      expect(member.failed).toEqual(status === 200 ? [] : ['127.0.0.1 admin token']);
    }
  });

  test('that nobody sends is no failed proof: the page asks whether one is needed', async () => {
    const { app, member } = serve({ token });
    expect((await app.inject('/admin/members')).statusCode).toBe(401);
    expect(member.failed).toEqual([]);
  });

  test('must be there before anything but loopback is served', () => {
    expect(() => serve({ host: '0.0.0.0' })).toThrow('HTTP on an address that is not loopback needs a token');
  });
});

describe('on loopback, the Host header', () => {
  test.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.0.0.1:8081',
    '127.9.9.9:1',
    '[::1]:8080',
  ])('may be %s', async (host) => {
    const response = await serve().app.inject({ url: '/admin/members', headers: { host } });
    expect(response.statusCode).toBe(200);
  });

  test.each([
    'evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '10.0.0.1:8080',
    '128.0.0.1',
    '[::2]:8080',
    'localhost:8080@evil.example',
  ])('must not be %j, whatever is asked for', async (host) => {
    const { app } = serve();
    for (const url of ['/', '/health/live', '/metrics', '/admin/members', '/none']) {
      const response = await app.inject({ url, headers: { host } });
      expect(response.statusCode, url).toBe(403);
      expect(response.json()).toMatchObject({ code: 'forbidden-host' });
    }
  });
});

describe('a page of another site', () => {
  const post = (app: FastifyInstance, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/admin/leadership', headers, payload: { to: 3 } });

  test.each(['https://evil.example', 'http://127.0.0.1:9999', 'http://localhost', 'null'])(
    'cannot ask for another leader: %s',
    async (origin) => {
      const { app, member } = serve();
      const response = await post(app, { host: '127.0.0.1:8080', origin });
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ code: 'forbidden-origin' });
      expect(member.transfers).toEqual([]);
    },
  );

  test('is told apart from our own page and from programs', async () => {
    const { app, member } = serve();
    const host = '127.0.0.1:8080';
    expect((await post(app, { host, origin: `http://${host}` })).statusCode).toBe(200);
    expect((await post(app, { host })).statusCode).toBe(200);
    expect(member.transfers).toEqual([3, 3]);
  });

  test('gets no leave to read answers', async () => {
    const response = await serve().app.inject({
      url: '/health/ready',
      headers: { origin: 'https://evil.example' },
    });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await serve().app.inject({
      method: 'OPTIONS',
      url: '/admin/leadership',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    expect(preflight.statusCode).toBeGreaterThanOrEqual(400);
  });
});

describe('the page', () => {
  test('may load nothing from elsewhere, and nothing that stands in it runs', async () => {
    const { app } = serve();
    const response = await app.inject('/');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(response.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(response.body).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  });

  test('is refused at start where a file of it is missing', () => {
    const create = () =>
      createHttp(new FakeMember(), HTTP, undefined, new KeptLog(), { pageFolder: '/nowhere' });
    expect(create).toThrow('ENOENT');
  });
});
