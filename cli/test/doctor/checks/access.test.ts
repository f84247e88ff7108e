import { expect, test } from 'vitest';
import { adminToken, authNotRequired, fourLetterWords } from '../../../src/doctor/checks/access.ts';
import { answer, seedOf } from '../../ensemble-status/answers.ts';
import { details, withDetails } from '../examined.ts';

const words = (list: string, more: Record<string, string> = {}) => ({
  properties: { 'zookeeper.4lw.commands.whitelist': list, ...more },
});

test('four-letter words that tell too much', () => {
  expect(fourLetterWords(withDetails(details(1), details(2, words('srvr, mntr'))))).toEqual([]);
  expect(fourLetterWords(withDetails(details(1, words('srvr, wchc, dump'))))[0]?.what).toMatch(
    /: wchc, dump\.$/,
  );
  expect(fourLetterWords(withDetails(details(1, words('*'))))).toMatchObject([
    { level: 'advice', members: [1] },
  ]);
  // Nobody else reaches them there.
  const loopback = { 'zookeeper.clientPortAddress': '127.0.0.1' };
  expect(fourLetterWords(withDetails(details(1, words('*', loopback))))).toEqual([]);
});

test('no token beyond loopback, and a token without TLS', () => {
  const open = { answer: answer(1, { adminTokens: 0 }) };
  expect(adminToken(withDetails(details(1, open)))).toMatchObject([{ check: 'admin-token', level: 'wrong' }]);
  expect(adminToken(withDetails(details(1, { ...open, http: seedOf('127.0.0.1').http })))).toEqual([]);
  expect(adminToken(withDetails(details(1)))).toMatchObject([{ check: 'admin-plain', level: 'advice' }]);
  const secure = { http: { ...seedOf('zk-1').http, isSecure: true } };
  expect(adminToken(withDetails(details(1, secure)))).toEqual([]);
});

test("ZooKeeper's AdminServer, which asks nobody for a token", () => {
  const zookeeper = { answer: { ...answer(1), by: 'commands' } as const };
  expect(adminToken(withDetails(details(1, zookeeper)))).toMatchObject([
    { check: 'admin-token', level: 'advice' },
  ]);
  const guarded = { answer: { ...zookeeper.answer, wantsToken: true } };
  expect(adminToken(withDetails(details(1, guarded)))).toEqual([]);
});

test.each([
  [{ 'zookeeper.clientPort': '2181' }, 1],
  [{ 'zookeeper.clientPort': '2181', 'zookeeper.enforce.auth.enabled': 'true' }, 0],
  [{ 'zookeeper.clientPort': '2181', 'zookeeper.clientPortAddress': '127.0.0.1' }, 0],
  [{ 'zookeeper.secureClientPort': '2281', 'zookeeper.ssl.clientAuth': 'need' }, 0],
])('clients need not prove who they are with %j: %i', (properties, count) => {
  expect(authNotRequired(withDetails(details(1, { properties }), details(2)))).toHaveLength(count);
});
