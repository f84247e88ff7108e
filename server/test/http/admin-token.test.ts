import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const first = 'the-first-token-of-all';
const second = 'the-second-token-of-all';

let token: AdminToken;
let app: ReturnType<typeof createHttp>;

beforeEach(() => {
  token = new AdminToken([first]);
  app = createHttp(new FakeMember(), HTTP, token, new KeptLog());
});

afterEach(() => app.close());

async function statusWith(text: string): Promise<number> {
  const headers = { authorization: `Bearer ${text}` };
  return (await app.inject({ url: '/admin/members', headers })).statusCode;
}

test('the token that replaced another one opens /admin from then on, and the former one does not', async () => {
  expect([await statusWith(first), await statusWith(second)]).toEqual([200, 401]);
  expect(token.replace([second])).toBe(true);
  expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
});

test('two tokens open it, in either order, until one of them is taken away', async () => {
  expect(token.replace([first, second])).toBe(true);
  expect([await statusWith(first), await statusWith(second), await statusWith('another-one')]).toEqual([
    200, 200, 401,
  ]);
  expect(token.replace([second])).toBe(true);
  expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
});

test('whoever has one of them is told by its fingerprint that it is taken', async () => {
  const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
  const told = async (): Promise<unknown> => {
    const response = await app.inject({
      url: '/admin/members',
      headers: { authorization: `Bearer ${first}` },
    });
    return response.json<{ self: { adminTokens: unknown } }>().self.adminTokens;
  };
  expect(await told()).toEqual([fingerprint(first)]);
  token.replace([first, second]);
  expect(await told()).toEqual([fingerprint(first), fingerprint(second)]);
});

test('the same token again is no other one', () => {
  expect(token.replace([first])).toBe(false);
});
