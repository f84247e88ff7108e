import { expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { createHttp } from '../../../src/http/create-http.ts';
import { FakeMember } from '../fake-member.ts';
import { HTTP } from '../http-config.ts';
import { FakeEnsemble } from './fake-ensemble.ts';

const bounds = { windowRequests: 2, windowPageSessions: 50 };

test('a page of sessions is no longer than it may be', async () => {
  const ensemble = new FakeEnsemble();
  await using app = createHttp(new FakeMember(), HTTP, undefined, new KeptLog(), {
    window: { ensemble, bounds },
  });
  await app.inject('/window/sessions');
  await app.inject('/window/sessions?limit=51&offset=7&find=a%20b');
  await app.inject('/window/sessions?limit=3');
  expect(ensemble.queries).toEqual([
    { offset: 0, limit: 50, find: '' },
    { offset: 7, limit: 50, find: 'a b' },
    { offset: 0, limit: 3, find: '' },
  ]);
});

test('no more requests ask the other members at a time than may, and those that come then find room later', async () => {
  const ensemble = new FakeEnsemble();
  const { promise, resolve } = Promise.withResolvers<void>();
  ensemble.gate = promise;
  await using app = createHttp(new FakeMember(), HTTP, undefined, new KeptLog(), {
    window: { ensemble, bounds },
  });
  const under = [app.inject('/window/sessions'), app.inject('/window/sessions')];
  while (ensemble.queries.length < 2) await new Promise((next) => setImmediate(next));
  const refused = await app.inject('/window/sessions');
  expect([refused.statusCode, refused.json()]).toEqual([
    429,
    {
      code: 'too-many-requests',
      message: '2 requests for the other members are under way here',
      help: 'ask again in a moment',
    },
  ]);
  // Who only looks shares one answer with all others.
  expect((await app.inject('/window/ensemble')).statusCode).toBe(200);
  resolve();
  expect((await Promise.all(under)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect((await app.inject('/window/sessions')).statusCode).toBe(200);
});
