import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { MemberStatus } from '../../src/admin/member-standing.ts';
import {
  CheckpointRefusal,
  FeatureLevelRefusal,
  MembershipRefusal,
  TransferRefusal,
} from '../../src/errors/error-codes.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { HTTP_STATUS } from '../../src/http/errors.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const open: FastifyInstance[] = [];

function serve(): { app: FastifyInstance; member: FakeMember; log: KeptLog } {
  const member = new FakeMember();
  const log = new KeptLog();
  const app = createHttp(member, HTTP, undefined, log);
  open.push(app);
  return { app, member, log };
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

describe('GET /health/live', () => {
  test('answers 200 whatever becomes of the member', async () => {
    const { app, member } = serve();
    member.status = () => {
      throw new Error('the member is broken');
    };
    const response = await app.inject('/health/live');
    expect([response.statusCode, response.json()]).toEqual([200, { live: true }]);
  });

  test('answers HEAD', async () => {
    const response = await serve().app.inject({ method: 'HEAD', url: '/health/live' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });
});

describe('GET /health/ready', () => {
  test('answers 200 when the member has caught up and serves', async () => {
    const response = await serve().app.inject('/health/ready');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ ready: true, reason: '', role: 'leader', term: 7, leader: 2 });
  });

  test.each<[string, Partial<MemberStatus>]>([
    ['is not caught up', { caughtUp: false }],
    ['does not serve', { serving: false }],
    ['is about to stop', { draining: true }],
  ])('answers 503 and the reason when it %s', async (_, change) => {
    const { app, member } = serve();
    const { leader: _leader, ...rest } = member.state;
    member.state = { ...rest, ...change, role: 'candidate', reason: 'there is no leader' };
    const response = await app.inject('/health/ready');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      ready: false,
      reason: 'there is no leader',
      role: 'candidate',
      term: 7,
      leader: null,
    });
  });
});

describe('GET /commands', () => {
  test('links to each command, as the page of the AdminServer does', async () => {
    const response = await serve().app.inject('/commands');
    expect(response.headers['content-type']).toMatch(/^text\/html/);
    expect(response.body).toContain('<a href="/commands/ruok">ruok</a>\n<br/>\n');
    expect(response.body.match(/<a /g)).toHaveLength(3);
  });

  test('NAME answers it as JSON that is laid out for people, whatever was asked of it besides', async () => {
    const { app } = serve();
    for (const url of ['/commands/ruok', '/commands/ruok?x=1']) {
      const response = await app.inject(url);
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(response.body).toBe('{\n  "told": "ruok",\n  "command": "ruok",\n  "error": null\n}');
    }
  });

  test('only reads: nothing is posted to a command', async () => {
    const response = await serve().app.inject({ method: 'POST', url: '/commands/ruok' });
    expect([response.statusCode, response.json().code]).toEqual([405, 'method-not-allowed']);
  });
});

describe('GET /admin/members', () => {
  test('tells what this member knows of itself and of the others', async () => {
    const { app, member } = serve();
    const response = await app.inject('/admin/members');
    expect(response.statusCode).toBe(200);
    const { members, ...self } = member.state;
    expect(response.json()).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      self: { ...self, ready: true, adminTokens: [] },
      members,
      metrics: member.numbers,
    });
    expect(response.headers['cache-control']).toBe('no-store');
  });
});

describe('POST /admin/drain', () => {
  test('makes the member not ready, and answers when that is so', async () => {
    const { app } = serve();
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
    const response = await app.inject({ method: 'POST', url: '/admin/drain' });
    expect([response.statusCode, response.json()]).toEqual([200, { draining: true }]);
    expect((await app.inject('/health/ready')).statusCode).toBe(503);
  });
});

describe('DELETE /admin/drain', () => {
  test('makes the member ready again', async () => {
    const { app } = serve();
    await app.inject({ method: 'POST', url: '/admin/drain' });
    const response = await app.inject({ method: 'DELETE', url: '/admin/drain' });
    expect([response.statusCode, response.json()]).toEqual([200, { draining: false }]);
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });

  test('is named where another method is tried', async () => {
    const { app } = serve();
    const response = await app.inject({ method: 'PUT', url: '/admin/drain' });
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST, DELETE']);
  });
});

describe('/admin/checkpoints', () => {
  test('GET tells the last ones, with the digest of each member', async () => {
    const { app } = serve();
    const response = await app.inject('/admin/checkpoints');
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { checkpoints: [{ index: 880, digests: [{ serverId: 2, raftId: 12, digest: 'd880' }] }] },
    ]);
  });

  test('POST answers once one more is applied, and logs who asked', async () => {
    const { app, log } = serve();
    const response = await app.inject({ method: 'POST', url: '/admin/checkpoints' });
    expect([response.statusCode, response.json()]).toEqual([200, { index: 901, digest: 'd901' }]);
    expect(log.lines.at(-1)?.message).toBe('somebody asks for a checkpoint');
  });

  test.each(Object.values(CheckpointRefusal))('answers a refusal with its code: %s', async (code) => {
    const { app, member } = serve();
    member.checkpoint = { ok: false, code, message: `because of ${code}` };
    const response = await app.inject({ method: 'POST', url: '/admin/checkpoints' });
    expect(response.statusCode).toBe(HTTP_STATUS[code]);
    expect(response.json()).toMatchObject({ code, help: expect.stringMatching(/\w/) });
  });
});

describe('POST /admin/leadership', () => {
  const post = (app: FastifyInstance, payload: unknown) =>
    app.inject({
      method: 'POST',
      url: '/admin/leadership',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });

  test('hands leadership over and logs who asked', async () => {
    const { app, member, log } = serve();
    const response = await post(app, { to: 3 });
    expect([response.statusCode, response.json()]).toEqual([200, { leader: 3 }]);
    expect(member.transfers).toEqual([3]);
    expect(log.lines).toEqual([
      { level: 'info', fields: { to: 3, address: '127.0.0.1' }, message: 'somebody asks for another leader' },
    ]);
  });

  test.each(Object.values(TransferRefusal))('answers a refusal with its code: %s', async (code) => {
    const { app, member } = serve();
    member.transfer = { ok: false, code, message: `because of ${code}` };
    const response = await post(app, { to: 3 });
    expect(response.statusCode).toBe(HTTP_STATUS[code]);
    expect(response.json()).toEqual({
      code,
      message: `because of ${code}`,
      help: expect.stringMatching(/\w/),
    });
  });

  test.each([
    [{}],
    [{ to: '3' }],
    [{ to: 0 }],
    [{ to: 256 }],
    [{ to: 1.5 }],
    [{ to: 1, also: 2 }],
    [[]],
    [null],
    ['x'],
  ])('refuses the body %j and asks nothing of the member', async (body) => {
    const { app, member } = serve();
    const response = await post(app, body);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'bad-request', help: 'check the JSON body of this call' });
    expect(member.transfers).toEqual([]);
  });
});

describe('every refusal is {code, message, help}:', () => {
  test.each([
    ['an unknown path', { url: '/admin/nothing' }, 404, 'not-found'],
    ['an unknown path that looks like a file', { url: '/page/../../package.json' }, 404, 'not-found'],
    ['a path that cannot be decoded', { url: '/%zz' }, 400, 'bad-request'],
    ['another method', { method: 'DELETE', url: '/admin/leadership' }, 405, 'method-not-allowed'],
    ['another method of a page', { method: 'POST', url: '/health/live' }, 405, 'method-not-allowed'],
    ['another method of a member', { method: 'GET', url: '/admin/members/7' }, 405, 'method-not-allowed'],
    [
      'a body that is no JSON',
      { method: 'POST', url: '/admin/leadership', payload: '{', type: 'application/json' },
      400,
      'bad-request',
    ],
    ['no body', { method: 'POST', url: '/admin/leadership', type: 'application/json' }, 400, 'bad-request'],
    [
      'a form, as another site could send it',
      {
        method: 'POST',
        url: '/admin/leadership',
        payload: 'to=3',
        type: 'application/x-www-form-urlencoded',
      },
      415,
      'unsupported-media-type',
    ],
    [
      'JSON that calls itself text, as another site could send it',
      { method: 'POST', url: '/admin/leadership', payload: '{"to":3}', type: 'text/plain' },
      415,
      'unsupported-media-type',
    ],
    [
      'a long body',
      {
        method: 'POST',
        url: '/admin/leadership',
        payload: `{"to":${' '.repeat(5000)}3}`,
        type: 'application/json',
      },
      413,
      'too-large',
    ],
  ] as const)('%s', async (_, request, status, code) => {
    const { app, member } = serve();
    const { type, ...rest } = { type: undefined, ...request };
    const response = await app.inject({
      ...rest,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({
      code,
      message: expect.stringMatching(/\w/),
      help: expect.stringMatching(/\w/),
    });
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(member.transfers).toEqual([]);
  });

  test('another method names those that are answered', async () => {
    const response = await serve().app.inject({ method: 'PUT', url: '/admin/members' });
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET, POST']);
  });

  test('a failure of ours, which is logged and told without its details', async () => {
    const { app, member, log } = serve();
    member.status = () => {
      throw new Error('secret detail');
    };
    const response = await app.inject('/admin/members');
    expect(response.statusCode).toBe(500);
    expect(response.json().code).toBe('internal');
    expect(response.body).not.toContain('secret detail');
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({ level: 'error', message: 'an HTTP request failed' });
  });
});

describe('POST /admin/feature-level', () => {
  const post = (app: FastifyInstance, payload: object) =>
    app.inject({ method: 'POST', url: '/admin/feature-level', payload });

  test('raises it, and logs who asked', async () => {
    const { app, member, log } = serve();
    const response = await post(app, { level: 4 });
    expect([response.statusCode, response.json()]).toEqual([200, { featureLevel: 4 }]);
    expect(member.levels).toEqual([4]);
    expect(log.lines).toEqual([
      {
        level: 'info',
        fields: { level: 4, address: '127.0.0.1' },
        message: 'somebody asks for a higher feature level',
      },
    ]);
  });

  test.each(Object.values(FeatureLevelRefusal))('a refusal, %s, says what to do', async (code) => {
    const { app, member } = serve();
    member.featureLevel = { ok: false, code, message: `because of ${code}` };
    const response = await post(app, { level: 4 });
    expect(response.statusCode).toBe(code === FeatureLevelRefusal.outcomeUnknown ? 504 : 409);
    expect(response.json()).toEqual({
      code,
      message: `because of ${code}`,
      help: expect.stringMatching(/\w/),
    });
  });

  test.each([
    [{}],
    [{ level: '2' }],
    [{ level: 0 }],
    [{ level: 256 }],
    [{ level: 1.5 }],
    [{ level: 2, also: 1 }],
  ])('the body %j is the caller’s mistake', async (body) => {
    const { app, member } = serve();
    const response = await post(app, body);
    expect([response.statusCode, response.json()]).toMatchObject([400, { code: 'bad-request' }]);
    expect(member.levels).toEqual([]);
  });
});

describe('the membership', () => {
  const address = { host: 'zk-3', peerPort: 2888, clientHost: 'zk-3.clients', clientPort: 2181 };

  test.each([
    [
      'POST',
      '/admin/members',
      { serverId: 4, ...address },
      { kind: 'add', member: { serverId: 4, ...address } },
    ],
    ['POST', '/admin/members/9/promote', undefined, { kind: 'promote', raftId: 9 }],
    ['POST', '/admin/members/9/demote', undefined, { kind: 'demote', raftId: 9 }],
    ['PATCH', '/admin/members/9', address, { kind: 'move', raftId: 9, address }],
    ['DELETE', '/admin/members/9', undefined, { kind: 'remove', raftId: 9 }],
  ] as const)('%s %s changes it', async (method, path, payload, asked) => {
    const { app, member } = serve();
    const url = `${path}?expectedIndex=40`;
    const response = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    expect([response.statusCode, response.json()]).toEqual([200, { raftId: 41, configurationIndex: 42 }]);
    expect(member.changes).toEqual([[asked, 40]]);
  });

  test.each(Object.values(MembershipRefusal))(
    'a refusal, %s, says what to do and what is in force',
    async (code) => {
      const { app, member } = serve();
      member.membership = { ok: false, code, message: 'no', configurationIndex: 42 };
      const response = await app.inject({ method: 'DELETE', url: '/admin/members/9?expectedIndex=40' });
      expect(response.statusCode).toBe(HTTP_STATUS[code]);
      expect(response.json()).toEqual({
        code,
        message: 'no',
        help: expect.stringMatching(/.+/),
        configurationIndex: 42,
      });
    },
  );

  test.each([
    ['no index', 'DELETE', '/admin/members/9', undefined],
    ['an index that is none', 'DELETE', '/admin/members/9?expectedIndex=x', undefined],
    ['an id that is none', 'DELETE', '/admin/members/zk-3?expectedIndex=4', undefined],
    ['no address', 'POST', '/admin/members?expectedIndex=4', { serverId: 4 }],
    ['a host that is none', 'PATCH', '/admin/members/9?expectedIndex=4', { ...address, host: 'a b' }],
    ['a port that is none', 'PATCH', '/admin/members/9?expectedIndex=4', { ...address, peerPort: 0 }],
    ['more than is known', 'PATCH', '/admin/members/9?expectedIndex=4', { ...address, role: 'voter' }],
  ] as const)('%s is the caller’s mistake', async (_what, method, url, payload) => {
    const { app, member } = serve();
    const response = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    expect([response.statusCode, response.json()]).toMatchObject([400, { code: 'bad-request' }]);
    expect(member.changes).toEqual([]);
  });
});
