import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

let member: FakeMember;
let app: ReturnType<typeof createHttp>;

beforeEach(() => {
  member = new FakeMember();
  app = createHttp(member, HTTP, new AdminToken(['secret']), new KeptLog());
});
afterEach(() => app.close());

const get = (url: string, authorization = 'Bearer secret') =>
  app.inject({ url, headers: { host: 'localhost', authorization } });

describe('GET /admin/backup', () => {
  test('gives what the member makes, says up to which entry, and releases it', async () => {
    member.backup = [Buffer.from('one '), Buffer.from('two')];
    const answer = await get('/admin/backup');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('one two');
    expect(answer.headers['rookery-backup-index']).toBe('9');
    expect(member.backupsAsked).toEqual([{ after: undefined, withSnapshot: true }]);
    expect(member.backupsReleased).toBe(1);
  });

  test.each([
    ['?after=5&term=2', { after: { index: 5, term: 2 }, withSnapshot: false }],
    ['?after=5', { after: { index: 5, term: undefined }, withSnapshot: false }],
    ['?after=5&term=2&snapshot=true', { after: { index: 5, term: 2 }, withSnapshot: true }],
  ])('%s asks for that', async (query, wish) => {
    member.backup = [];
    expect((await get(`/admin/backup${query}`)).statusCode).toBe(200);
    expect(member.backupsAsked).toEqual([wish]);
  });

  test('tells a refusal with its code', async () => {
    const answer = await get('/admin/backup?after=5');
    expect(answer.statusCode).toBe(410);
    expect(answer.json()).toMatchObject({ code: 'log-compacted' });
  });

  test.each(['?after=-1', '?after=x', '?after=1&term=y', '?after=1.5'])(
    '%s is the caller’s mistake',
    async (query) => {
      expect((await get(`/admin/backup${query}`)).statusCode).toBe(400);
      expect(member.backupsAsked).toEqual([]);
    },
  );

  test('is closed without the token', async () => {
    expect((await get('/admin/backup', 'Bearer other')).statusCode).toBe(401);
    expect(member.backupsAsked).toEqual([]);
  });
});
