import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { PLAIN_AUTH } from '../../../sim/plain-auth.ts';
import { tokenDigestOf } from '../../../src/config/bearers-file.ts';
import type { Bearer, Config } from '../../../src/config/config.ts';
import { BearerTokens } from '../../../src/http/v1/bearer-tokens.ts';
import { until } from '../../connections/ensemble.ts';
import { serveWindow } from '../window/tree/served-window.ts';
import { basic, ServedTree } from './served-tree.ts';

const ANNS = 'the-token-of-ann-has-32-characters';
const BOBS = 'the-token-of-bob-has-32-characters';
const WRONG = 'the-token-of-nobody-has-32-or-more';
const ADMINS = 'the-token-of-admin-has-32-or-more';
const ALL = ['read', 'write', 'create', 'delete', 'admin'];
const OWN = [{ scheme: 'auth', id: '', permissions: ALL }];
const sasl = (id: string) => ({ scheme: 'sasl', id });
const digest = (user: string, password: string) => ({
  scheme: 'digest',
  id: `${user}:${createHash('sha1').update(`${user}:${password}`).digest('base64')}`,
});
const show = (token: string) => ({ authorization: `Bearer ${token}` });
const SCHEMES = { auth: { ...PLAIN_AUTH, schemes: new Set(['ip', 'digest', 'sasl', 'x509']) } };

const bearer = (token: string, ...identities: Bearer['identities']): Bearer => ({
  tokenDigest: tokenDigestOf(token),
  identities,
});

let tree: ServedTree;
let bearers: BearerTokens;

afterEach(() => tree.stop());

async function serve(of: readonly Bearer[], changes: Partial<Config> = {}, count = 1): Promise<void> {
  bearers = new BearerTokens(of);
  const at = { prefix: '/v1', config: { v1: true }, bearers } as const;
  tree = await ServedTree.start(count, { ...SCHEMES, ...changes }, {}, at);
}

const statusOf = async (headers: Record<string, string>, path = '/nodes/anns'): Promise<number> =>
  (await tree.ask(path, { headers })).status;

describe('a bearer token', () => {
  test('does what the access lists let its own ids do, and that of another line does not help', async () => {
    await serve([bearer(ANNS, sasl('ann')), bearer(BOBS, sasl('bob'))]);
    expect((await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, show(ANNS))).status).toBe(201);
    expect((await tree.ask('/acl/anns', { headers: show(ANNS) })).json.acl).toEqual([
      { ...sasl('ann'), permissions: ALL },
    ]);
    expect(await statusOf(show(ANNS))).toBe(200);
    const set = () => tree.transact([{ do: 'set', path: '/anns', text: 'taken' }], show(BOBS));
    for (const ask of [
      () => tree.ask('/nodes/anns', { headers: show(BOBS) }),
      () => tree.ask('/nodes/anns?children', { headers: show(BOBS) }),
      () => tree.ask('/watch/anns', { headers: show(BOBS) }),
      () => tree.put('/nodes/anns', 'taken', show(BOBS)),
      () => tree.putJson('/acl/anns', { acl: OWN }, show(BOBS)),
      set,
      () => tree.ask('/nodes/anns'),
      () => tree.ask('/nodes/anns', { headers: basic('ann', ANNS) }),
    ])
      expect((await ask()).json).toMatchObject({ code: 'NO_AUTH' });
    // Together, so that they share connections and turns.
    const together = await Promise.all(
      Array.from({ length: 60 }, (_, at) => statusOf(show(at % 2 === 0 ? ANNS : BOBS))),
    );
    expect(together).toEqual(together.map((_, at) => (at % 2 === 0 ? 200 : 403)));
  });

  test('has all ids of its lines, of each scheme, as if they had been proved', async () => {
    const ids = [sasl('ann'), digest('ann', 'a'), { scheme: 'x509', id: 'CN=ann' }];
    await serve([bearer(ANNS, ...ids)]);
    for (const [at, id] of ids.entries()) {
      const acl = [{ ...id, permissions: ['read'] }];
      expect((await tree.putJson(`/nodes/of${at}`, { text: 'x', acl })).status).toBe(201);
      expect(await statusOf(show(ANNS), `/nodes/of${at}`)).toBe(200);
      expect(await statusOf({}, `/nodes/of${at}`)).toBe(403);
    }
    expect(await statusOf(basic('ann', 'a'), '/nodes/of1')).toBe(200);
  });

  test('counts at each member, by a follower and by the leader', async () => {
    await serve([bearer(ANNS, sasl('ann'))], {}, 3);
    const [follower] = tree.ensemble.followers;
    const put = { method: 'PUT', body: JSON.stringify({ text: 'mine', acl: OWN }) };
    const headers = { ...show(ANNS), 'content-type': 'application/json' };
    expect((await tree.ask('/nodes/anns', { ...put, headers }, follower)).status).toBe(201);
    const read = '/nodes/anns?consistency=linearizable';
    for (const member of tree.ensemble.members) {
      expect((await tree.ask(read, { headers: show(ANNS) }, member)).status).toBe(200);
      expect((await tree.ask(read, {}, member)).status).toBe(403);
    }
  });

  test('is enough where its scheme is required of clients, and not where another one is', async () => {
    await serve([bearer(ANNS, sasl('ann')), bearer(BOBS, digest('bob', 'b'))], {
      auth: { ...SCHEMES.auth, requiredSchemes: ['sasl'] },
    });
    expect(await statusOf(show(ANNS), '/nodes/')).toBe(200);
    for (const headers of [show(BOBS), basic('bob', 'b'), {}])
      expect((await tree.ask('/nodes/', { headers })).json.code).toBe('AUTH_REQUIRED');
  });

  test('that is nobody’s is no proof: it is refused, counts, is told to nobody, and slows its address', async () => {
    await serve([bearer(ANNS, sasl('ann'))], { audit: { enabled: true } });
    const { member, audited } = tree.ensemble.leader;
    const { status, json, headers } = await tree.ask('/nodes/', { headers: show(WRONG) });
    expect([status, json.code, member.proofs.failures.auth]).toEqual([401, 'AUTH_FAILED', 1]);
    expect(json.message).toContain('stands in no line of http.identitiesFile');
    expect(headers.get('www-authenticate')).toMatch(/^Basic .*, Bearer realm="rookery"$/);
    // Whose scheme was forgotten, and whose blank was.
    for (const authorization of [WRONG, ANNS, `Bearer${ANNS}`, `Bearer  ${ANNS} ${WRONG}`])
      expect((await tree.ask('/nodes/', { headers: { authorization } })).status).toBe(401);
    for (let at = 0; at < 10; at++) await statusOf(show(WRONG), '/nodes/');
    expect(member.proofs.slowed).toBeGreaterThan(0);
    expect(await statusOf(show(ANNS), '/nodes/')).toBe(200);
    const told = JSON.stringify([audited, tree.log.lines, tree.ensemble.leader.log.lines]);
    // The audit log would cut it.
    for (const token of [ANNS, WRONG]) expect(told).not.toContain(token.slice(0, 20));
    expect(JSON.stringify(audited)).toContain('"scheme":"Bearer"');
  });

  test('is in the audit log by its ids, as a client is', async () => {
    await serve([bearer(ANNS, sasl('ann'), digest('ann', 'a'))], { audit: { enabled: true } });
    await tree.put('/nodes/anns?create', 'mine', show(ANNS));
    const [line] = tree.ensemble.leader.audited.map((event) => JSON.stringify(event));
    for (const user of ['sasl:ann', 'digest:ann"', 'ip:127.0.0.1']) expect(line).toContain(user);
    expect(line).not.toContain(digest('ann', 'a').id);
  });
});

describe('the lines of bearer tokens', () => {
  test('change: the next request is who they say by then, and what went on in the name of a line that is gone ends', async () => {
    await serve([bearer(ANNS, sasl('ann')), bearer(BOBS, sasl('ann'))]);
    await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, show(ANNS));
    const watch = async (token: string) => {
      const { body } = await fetch(`${tree.url()}/watch/anns`, { headers: show(token) });
      const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
      const first = await reader.read();
      expect(first.value).toContain('event: start');
      return reader;
    };
    const [anns, bobs] = [await watch(ANNS), await watch(BOBS)];
    const sessions = () => tree.ensemble.leader.member.running!.machine.sessions.size;
    expect(sessions()).toBe(2);
    bearers.replace([bearer(BOBS, sasl('ann')), bearer(WRONG, sasl('ann'))]);
    expect([await statusOf(show(ANNS)), await statusOf(show(BOBS)), await statusOf(show(WRONG))]).toEqual([
      401, 200, 200,
    ]);
    let text = '';
    for (let next = await anns.read(); !next.done; next = await anns.read()) text += next.value;
    expect(text).toContain('event: closed');
    // That of the other token, and of the one that has come.
    await until(() => sessions() === 2);
    await tree.put('/nodes/anns', 'changed', show(BOBS));
    expect((await bobs.read()).value).toContain('event: changed');
    await bobs.cancel();
  });

  test('give another id: the former one is no longer shown', async () => {
    await serve([bearer(ANNS, sasl('ann'))]);
    await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, show(ANNS));
    bearers.replace([bearer(ANNS, sasl('bob'))]);
    expect(await statusOf(show(ANNS))).toBe(403);
    bearers.replace([bearer(ANNS, sasl('bob'), sasl('ann'))]);
    expect(await statusOf(show(ANNS))).toBe(200);
  });
});

describe('at the window', () => {
  test.each(['/window', '/window/v1'] as const)(
    '%s: the token of /admin opens it, and a bearer token in the other header says who one is',
    async (prefix) => {
      bearers = new BearerTokens([bearer(ANNS, digest('ann', 'a'))]);
      tree = await serveWindow({ prefix, token: ADMINS, bearers });
      const at = prefix === '/window' ? '/node/anns' : '/nodes/anns';
      const setUp = await fetch(`${tree.url().replace(/\/v1$/, '')}/v1/nodes/anns`, {
        method: 'PUT',
        headers: {
          ...show(ADMINS),
          'rookery-identity': `Bearer ${ANNS}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ text: 'mine', acl: OWN }),
      });
      expect(setUp.status).toBe(201);
      const ask = async (token: string, identity?: string) =>
        statusOf({ ...show(token), ...(identity === undefined ? {} : { 'rookery-identity': identity }) }, at);
      expect([
        await ask(ADMINS, `Bearer ${ANNS}`),
        await ask(ADMINS),
        await ask(ADMINS, `Bearer ${ADMINS}`),
        await ask(ADMINS, `Bearer ${WRONG}`),
        await ask(ANNS, `Bearer ${ANNS}`),
      ]).toEqual([200, 403, 401, 401, 401]);
    },
  );
});
