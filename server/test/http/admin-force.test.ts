import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { ForceRefusal } from '../../src/errors/error-codes.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

function serve(): { app: FastifyInstance; member: FakeMember; log: KeptLog } {
  const member = new FakeMember();
  const log = new KeptLog();
  return { app: createHttp(member, HTTP, undefined, log), member, log };
}

const post = (app: FastifyInstance, payload: object) =>
  app.inject({ method: 'POST', url: '/admin/force-new-cluster', payload });

describe('POST /admin/force-new-cluster', () => {
  test('answers with the recovery and the entry that it begins with, and logs who asked', async () => {
    const { app, member, log } = serve();
    const response = await post(app, { serverId: 2, lastIndex: 905 });
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { recovery: 3, index: 906, term: 1_048_583 },
    ]);
    expect(member.forces).toEqual([[2, 905]]);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { serverId: 2, lastIndex: 905, address: '127.0.0.1' },
        message: 'somebody asks to make a new cluster of this member alone',
      },
    ]);
  });

  test.each(Object.values(ForceRefusal))(
    'a refusal, %s, says what to do and how far the log goes',
    async (code) => {
      const { app, member } = serve();
      member.forced = { ok: false, code, message: `because of ${code}`, lastLogIndex: 907 };
      const response = await post(app, { serverId: 2, lastIndex: 905 });
      expect([response.statusCode, response.json()]).toEqual([
        409,
        { code, message: `because of ${code}`, help: expect.stringMatching(/\w/), lastLogIndex: 907 },
      ]);
    },
  );

  test.each([
    [{}],
    [{ serverId: 2 }],
    [{ lastIndex: 905 }],
    [{ serverId: '2', lastIndex: 905 }],
    [{ serverId: 0, lastIndex: 905 }],
    [{ serverId: 2, lastIndex: -1 }],
    [{ serverId: 2, lastIndex: 905, also: 1 }],
  ])('the body %j is the caller’s mistake', async (body) => {
    const { app, member } = serve();
    const response = await post(app, body);
    expect([response.statusCode, response.json()]).toMatchObject([400, { code: 'bad-request' }]);
    expect(member.forces).toEqual([]);
  });
});

test('GET /admin/members tells by which of several survivors the newest one is found', async () => {
  const response = await serve().app.inject('/admin/members');
  expect(response.json().self).toMatchObject({ recovery: 2, lastLogTerm: 7, lastLogIndex: 905 });
});
