import { ErrorCode, OpCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_AUTH } from '../../sim/plain-auth.ts';
import { TestEnsemble, type TestMember } from './ensemble.ts';
import { asUser, challenge, exchange, NO_TOKEN, SASL_AUTH, tokenOf } from './sasl-talk.ts';
import type { TestClient } from './test-client.ts';

const { ok, authFailed, noNode, sessionClosedRequireSaslAuth } = ErrorCode;

describe('where SASL is required', () => {
  let ensemble: TestEnsemble;
  let member: TestMember;

  beforeAll(async () => {
    const sasl = { ...SASL_AUTH.sasl, allowFailedClients: true };
    ensemble = await TestEnsemble.start(1, { auth: { ...SASL_AUTH, sasl, requiredSchemes: ['sasl'] } });
    member = ensemble.leader;
  });

  afterAll(async () => {
    await ensemble.stop();
  });

  test.each<[string, (client: TestClient) => unknown]>([
    ['a write', (client) => client.create('/x')],
    ['a read', (client) => client.get('/')],
    ['a sync', (client) => client.sync()],
    ['a ping', (client) => client.ping()],
    ['a goodbye', (client) => client.leave()],
    ['a multi', (client) => client.multi()],
    ['an operation that nobody knows', (client) => client.request(999)],
    ['a reconfig', (client) => client.request(OpCode.reconfig)],
    ['what cannot be read', (client) => client.request(OpCode.create)],
  ])('%s before it is answered -124 with zxid 0, and the connection closes', async (_, ask) => {
    const client = await ensemble.session(member);
    const before = member.member.clients.counters.unauthenticated;
    const { zxid, err } = await client.ask(ask);
    expect([zxid, err]).toEqual([0, sessionClosedRequireSaslAuth]);
    await client.raw.closed();
    expect(member.member.clients.counters.unauthenticated).toBe(before + 1);
  });

  test('nothing of what stands behind is taken, and the session stays', async () => {
    const client = await ensemble.session(member);
    client.create('/first');
    client.create('/second');
    client.flush();
    expect((await client.reply()).err).toBe(sessionClosedRequireSaslAuth);
    await client.raw.closed();
    const again = await ensemble.client(member);
    expect((await again.attach(client.session)).sessionId).toBe(client.session.id);
    await exchange(again, asUser('bob'));
    expect([await again.data('/first'), await again.data('/second')]).toEqual([noNode, noNode]);
  });

  test('another proof is taken, and not enough', async () => {
    const client = await ensemble.session(member);
    expect((await client.ask(() => client.auth('digest', 'bob:1'))).err).toBe(ok);
    expect((await client.ask(() => client.get('/'))).err).toBe(sessionClosedRequireSaslAuth);
    await client.raw.closed();
  });

  test('who proves it may ask, right behind it and later', async () => {
    const client = await ensemble.session(member);
    const { response } = (await challenge(client)).respond(asUser('bob'));
    client.sasl(response);
    client.create('/bobs');
    client.flush();
    expect([(await client.reply()).err, (await client.reply()).err]).toEqual([ok, ok]);
    expect((await client.ask(() => client.ping())).err).toBe(ok);
  });

  test('a challenge alone is no proof', async () => {
    const client = await ensemble.session(member);
    await client.ask(() => client.sasl(NO_TOKEN));
    expect((await client.ask(() => client.exists('/'))).err).toBe(sessionClosedRequireSaslAuth);
  });

  test('who fails is answered -124 and sent away, though clients that fail may stay elsewhere', async () => {
    const client = await ensemble.session(member);
    const { reply } = await exchange(client, asUser('bob', 'a guess'));
    expect([reply.zxid, reply.err, tokenOf(reply)]).toEqual([0, sessionClosedRequireSaslAuth, undefined]);
    await client.raw.closed();
  });

  test('an auth that fails is answered -115 as ever', async () => {
    const client = await ensemble.session(member);
    expect((await client.ask(() => client.auth('nonsense', 'x'))).err).toBe(authFailed);
    await client.raw.closed();
  });
});

describe('where one of several is required', () => {
  test('any of them does, and SASL fails with -115 where it is none of them', async () => {
    const requiredSchemes = ['digest', 'x509'];
    const ensemble = await TestEnsemble.start(1, { auth: { ...SASL_AUTH, requiredSchemes } });
    try {
      const client = await ensemble.session(ensemble.leader);
      client.auth('digest', 'bob:1');
      client.create('/bobs');
      client.flush();
      expect([(await client.reply()).err, (await client.reply()).err]).toEqual([ok, ok]);
      const bySasl = await ensemble.session(ensemble.leader);
      expect((await exchange(bySasl, asUser('bob'))).reply.err).toBe(ok);
      expect((await bySasl.ask(() => bySasl.get('/'))).err).toBe(sessionClosedRequireSaslAuth);
      const failing = await ensemble.session(ensemble.leader);
      expect((await exchange(failing, asUser('bob', 'a guess'))).reply.err).toBe(authFailed);
      await failing.raw.closed();
    } finally {
      await ensemble.stop();
    }
  });

  test('an address is proved by every connection', async () => {
    const ensemble = await TestEnsemble.start(1, { auth: { ...PLAIN_AUTH, requiredSchemes: ['ip'] } });
    try {
      const client = await ensemble.session(ensemble.leader);
      expect((await client.ask(() => client.create('/x'))).err).toBe(ok);
    } finally {
      await ensemble.stop();
    }
  });
});
