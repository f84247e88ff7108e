import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { WINDOW_MODES, type WindowMode } from '../../../src/config/config.ts';
import { TransferRefusal, WindowRefusal } from '../../../src/errors/error-codes.ts';
import { AdminToken } from '../../../src/http/admin-token.ts';
import { createHttp } from '../../../src/http/create-http.ts';
import { HTTP_STATUS } from '../../../src/http/errors.ts';
import { loadFrom } from '../../config/load-from.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';
import { FakeEnsemble } from './fake-ensemble.ts';

const TOKEN = '0123456789abcdef';
const bounds = { windowRequests: 2, windowPageSessions: 50 };
const open: FastifyInstance[] = [];

function serve(mode: WindowMode, token?: string, host = '127.0.0.1') {
  const ensemble = new FakeEnsemble();
  const member = new FakeMember();
  const log = new KeptLog();
  const given = token === undefined ? undefined : new AdminToken([token]);
  const app = createHttp(member, { ...HTTP, host, window: mode }, given, log, {
    window: { ensemble, bounds },
  });
  open.push(app);
  return { app, ensemble, member, log };
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

type Call = readonly [
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  status: number,
  needs: WindowMode,
  payload?: object,
];

/** All that there is, what it is answered, and the least mode in which it is. */
const CALLS: readonly Call[] = [
  ['GET', '/window/self', 200, 'ensemble'],
  ['GET', '/window/ensemble', 200, 'ensemble'],
  ['GET', '/window/sessions', 200, 'read'],
  ['GET', '/window/sessions/0x1a', 200, 'read'],
  ['GET', '/window/watchers/a', 200, 'read'],
  ['DELETE', '/window/sessions/0x1a', 204, 'write'],
  ['POST', '/window/leadership', 200, 'write', { to: 3 }],
  ['POST', '/window/drain', 200, 'write', { serverId: 3 }],
  ['DELETE', '/window/drain?serverId=3', 200, 'write'],
];

const withBody = (payload: object | undefined) => (payload === undefined ? {} : { payload });

describe('http.window', () => {
  test.each(WINDOW_MODES)('%s lets callers do what it says and no more', async (mode) => {
    const { app, ensemble } = serve(mode);
    for (const [method, url, status, needs, payload] of CALLS) {
      const isAllowed = WINDOW_MODES.indexOf(mode) >= WINDOW_MODES.indexOf(needs);
      const answer = await app.inject({ method, url, ...withBody(payload) });
      expect(answer.statusCode, `${method} ${url}`).toBe(isAllowed ? status : 403);
      if (isAllowed) continue;
      expect(answer.json()).toEqual({
        code: 'window-mode',
        message: expect.any(String),
        help: `it runs with http.window: ${mode}; set http.window: ${needs} on the members that may`,
      });
    }
    const changes = ensemble.asked.filter((what) => !what.startsWith('watchers'));
    expect(changes).toEqual(
      mode === 'write' ? ['end of 26', 'leadership to 3', 'drain of 3: true', 'drain of 3: false'] : [],
    );
    const self = await app.inject('/window/self');
    expect(self.json()).toEqual({ version: expect.any(String), serverId: 2, mode });
  });

  test('is write on loopback and read beyond, unless somebody says', () => {
    const windowOf = (environment: Record<string, string>) => loadFrom({ environment }).config.http.window;
    const beyond = { ROOKERY_HTTP_HOST: '::', ROOKERY_HTTP_TOKEN: 'a-token-of-some-length' };
    expect(windowOf({})).toBe('write');
    expect(windowOf({ ROOKERY_HTTP_HOST: 'localhost' })).toBe('write');
    expect(windowOf(beyond)).toBe('read');
    expect(windowOf({ ...beyond, ROOKERY_HTTP_WINDOW: 'write' })).toBe('write');
    expect(windowOf({ ROOKERY_HTTP_WINDOW: 'ensemble' })).toBe('ensemble');
    expect(() => windowOf({ ROOKERY_HTTP_WINDOW: 'all' })).toThrow('allowed is ensemble, read, write');
  });
});

describe('the window', () => {
  test('is closed without the token where there is one, in every spelling', async () => {
    const { app, ensemble } = serve('write', TOKEN, '0.0.0.0');
    for (const [method, url, status, , payload] of CALLS) {
      const refused = await app.inject({ method, url, ...withBody(payload) });
      expect([refused.statusCode, refused.json().code], url).toEqual([401, 'unauthorized']);
      const headers = { authorization: `Bearer ${TOKEN}` };
      const taken = await app.inject({ method, url, headers, ...withBody(payload) });
      expect(taken.statusCode, url).toBe(status);
    }
    for (const url of ['/window/%73elf', '/window/none', '/window'])
      expect((await app.inject(url)).statusCode, url).toBe(401);
    expect((await app.inject('/windows')).statusCode).toBe(404);
    expect(ensemble.asked).toHaveLength(5);
  });

  test('is closed to pages of other sites, and to names that one could have given to this machine', async () => {
    const { app, ensemble } = serve('write');
    for (const [method, url, , , payload] of CALLS) {
      const foreign = { origin: 'http://evil.example', host: '127.0.0.1' };
      const answer = await app.inject({ method, url, headers: foreign, ...withBody(payload) });
      expect([answer.statusCode, answer.json().code], url).toEqual([403, 'forbidden-origin']);
      const rebound = await app.inject({
        method,
        url,
        headers: { host: 'evil.example' },
        ...withBody(payload),
      });
      expect([rebound.statusCode, rebound.json().code], url).toEqual([403, 'forbidden-host']);
    }
    expect(ensemble.asked).toEqual([]);
  });

  test('says what went wrong, where and what to do, whatever comes of a change', async () => {
    const { app, ensemble } = serve('write');
    const codes = [...Object.values(TransferRefusal), ...Object.values(WindowRefusal)];
    for (const code of codes) {
      ensemble.change = { ok: false, code, message: 'why' };
      for (const [method, url, , needs, payload] of CALLS) {
        if (needs !== 'write') continue;
        const answer = await app.inject({ method, url, ...withBody(payload) });
        expect(answer.statusCode).toBe(HTTP_STATUS[code]);
        expect(answer.json()).toEqual({ code, message: 'why', help: expect.stringMatching(/\w/) });
      }
    }
  });

  test('logs each change with the address of who asked for it', async () => {
    const { app, log } = serve('write');
    for (const [method, url, , needs, payload] of CALLS)
      if (needs === 'write') await app.inject({ method, url, ...withBody(payload) });
    expect(log.of('info').map(({ fields }) => fields)).toEqual([
      { session: 26, address: '127.0.0.1' },
      { to: 3, address: '127.0.0.1' },
      { serverId: 3, address: '127.0.0.1' },
      { serverId: 3, address: '127.0.0.1' },
    ]);
  });

  test('of a member that has not read its data says so, and that there is no such session', async () => {
    const { app, ensemble } = serve('read');
    const none = await app.inject('/window/sessions/0x1b');
    expect([none.statusCode, none.json()]).toEqual([
      404,
      { code: 'no-session', message: 'there is no session 0x1b', help: expect.any(String) },
    ]);
    ensemble.isStarting = true;
    for (const url of ['/window/sessions', '/window/sessions/0x1a', '/window/watchers']) {
      const answer = await app.inject(url);
      expect([answer.statusCode, answer.json().code], url).toEqual([503, 'not-serving']);
    }
  });

  test('asks for the path that the URL names', async () => {
    const { app, ensemble } = serve('read');
    for (const url of ['', '/', '/a/b', '/%C3%BC', '/a%2Fb', '/a%20b'])
      expect((await app.inject(`/window/watchers${url}`)).statusCode, url).toBe(200);
    expect(ensemble.asked).toEqual(
      ['/', '/', '/a/b', '/ü', '/a/b', '/a b'].map((path) => `watchers of ${path}`),
    );
  });
});
