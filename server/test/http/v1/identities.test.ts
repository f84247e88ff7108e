import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { PLAIN_AUTH } from '../../../sim/plain-auth.ts';
import { basic, ServedTree } from './served-tree.ts';

let tree: ServedTree;

afterEach(() => tree.stop());

const digestId = (user: string, password: string): string =>
  `${user}:${createHash('sha1').update(`${user}:${password}`).digest('base64')}`;
const OWN = [{ scheme: 'auth', id: '', permissions: ['read', 'write', 'create', 'delete', 'admin'] }];
const ann = basic('ann', 'a');
const bob = basic('bob', 'b');

describe('who calls', () => {
  test('is who its request proves, and each request proves by itself', async () => {
    tree = await ServedTree.start();
    expect((await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, ann)).status).toBe(201);
    expect((await tree.ask('/acl/anns', { headers: ann })).json.acl).toEqual([
      { ...OWN[0], scheme: 'digest', id: digestId('ann', 'a') },
    ]);
    const others = [{}, bob, basic('ann', 'wrong')];
    const asked: (() => Promise<{ status: number; json: { code: string } }>)[] = others.flatMap((headers) => [
      () => tree.ask('/nodes/anns', { headers }),
      () => tree.ask('/nodes/anns?children', { headers }),
      () => tree.ask('/acl/anns', { headers }),
      () => tree.ask('/watch/anns', { headers }),
      () => tree.put('/nodes/anns', 'taken', headers),
      () => tree.put('/nodes/anns/child?create', 'taken', headers),
      () => tree.remove('/nodes/anns', headers),
      () => tree.putJson('/acl/anns', { acl: [{ ...OWN[0], scheme: 'world', id: 'anyone' }] }, headers),
      () => tree.transact([{ do: 'set', path: '/anns', text: 'taken' }], headers),
    ]);
    for (const ask of asked) {
      const { status, json } = await ask();
      // Who may remove a child says its parent's list: `/` is open to everybody.
      expect([status, json?.code]).toEqual(
        ask === asked[6] || ask === asked[15] || ask === asked[24] ? expect.anything() : [403, 'NO_AUTH'],
      );
      if (status === 204) await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, ann);
    }
    // Together, so that they share connections and turns.
    const together = await Promise.all(
      Array.from({ length: 60 }, (_, at) => tree.ask('/nodes/anns', { headers: at % 2 === 0 ? ann : bob })),
    );
    expect(together.map(({ status }) => status)).toEqual(together.map((_, at) => (at % 2 === 0 ? 200 : 403)));
  });

  test('has its address as an id', async () => {
    tree = await ServedTree.start();
    const acl = (id: string) => [{ scheme: 'ip', id, permissions: ['read'] }];
    await tree.putJson('/nodes/here', { text: 'x', acl: acl('127.0.0.1') });
    await tree.putJson('/nodes/there', { text: 'x', acl: acl('10.0.0.1') });
    expect((await tree.ask('/nodes/here')).status).toBe(200);
    expect((await tree.ask('/nodes/there')).json.code).toBe('NO_AUTH');
  });

  test('passes every list as the user of superDigest, and by no token', async () => {
    tree = await ServedTree.start(1, { superDigest: digestId('root', 'r') });
    await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, ann);
    expect((await tree.ask('/nodes/anns', { headers: basic('root', 'r') })).status).toBe(200);
    expect((await tree.ask('/nodes/anns', { headers: basic('root', 'wrong') })).status).toBe(403);
    const token = await tree.ask('/nodes/anns', {
      headers: { authorization: 'Bearer a-token-of-some-length' },
    });
    expect([token.status, token.json.code, token.headers.get('www-authenticate')]).toEqual([
      401,
      'AUTH_FAILED',
      'Basic realm="rookery", charset="UTF-8"',
    ]);
    expect(token.json.message).toContain('the token of /admin opens /admin alone');
  });

  test('may change an access list, once for each state of it', async () => {
    tree = await ServedTree.start();
    await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, ann);
    const { headers, json } = await tree.ask('/acl/anns', { headers: ann });
    const known = { ...ann, 'if-match': headers.get('etag')! };
    const open = [...json.acl, { scheme: 'world', id: 'anyone', permissions: ['read'] }];
    const changed = await tree.putJson('/acl/anns', { acl: open }, known);
    expect([changed.status, changed.json.stat.aversion]).toEqual([200, 1]);
    expect((await tree.putJson('/acl/anns', { acl: open }, known)).json.code).toBe('BAD_VERSION');
    expect((await tree.ask('/nodes/anns', { headers: bob })).status).toBe(200);
    const etag = changed.headers.get('etag')!;
    expect((await tree.ask('/acl/anns', { headers: { ...ann, 'if-none-match': etag } })).status).toBe(304);
  });
});

describe('a proof', () => {
  test.each([
    ['Bearer x', 'Bearer'],
    ['Basic !', 'Basic'],
    [`Basic ${Buffer.from('no colon').toString('base64')}`, 'Basic'],
    ['Digest username="ann"', 'Digest'],
    ['x', 'x'],
  ])('%j is none: it is refused, and counts', async (authorization, scheme) => {
    tree = await ServedTree.start(1, { audit: { enabled: true } });
    const { member, audited } = tree.ensemble.leader;
    const { status, json } = await tree.ask('/nodes/', { headers: { authorization } });
    expect([status, json.code, member.proofs.failures.auth]).toEqual([401, 'AUTH_FAILED', 1]);
    expect(JSON.stringify(audited)).toContain(scheme);
  });

  test('of a scheme that is not set up is not believed by the member, and counts there', async () => {
    tree = await ServedTree.start(1, { auth: { ...PLAIN_AUTH, schemes: new Set(['ip']) } });
    const { member } = tree.ensemble.leader;
    for (let at = 1; at <= 3; at++) {
      const { status, json } = await tree.ask('/nodes/', { headers: ann });
      expect([status, json.code, member.proofs.failures.auth]).toEqual([401, 'AUTH_FAILED', at]);
    }
    expect((await tree.ask('/nodes/')).status).toBe(200);
  });

  test('is asked for where one is required', async () => {
    tree = await ServedTree.start(1, { auth: { ...PLAIN_AUTH, requiredSchemes: ['digest'] } });
    for (const path of ['/nodes/', '/nodes?children', '/watch/'])
      expect((await tree.ask(path)).json).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect((await tree.ask('/nodes/', { headers: ann })).status).toBe(200);
  });

  test('that keeps failing is looked at later', async () => {
    tree = await ServedTree.start();
    const { proofs } = tree.ensemble.leader.member;
    for (let at = 0; at < 12; at++) await tree.ask('/nodes/', { headers: { authorization: 'Bearer x' } });
    expect(proofs.slowed).toBeGreaterThan(0);
    expect(proofs.failures.auth).toBe(12);
  });
});

describe('what callers do', () => {
  test('is in the audit log under their own names and addresses', async () => {
    tree = await ServedTree.start(1, { audit: { enabled: true } });
    await tree.putJson('/nodes/anns', { text: 'mine', acl: OWN }, ann);
    await tree.put('/nodes/anns', 'taken', bob);
    const { audited } = tree.ensemble.leader;
    const lines = audited.map((event) => JSON.stringify(event)).filter((line) => line.includes('/anns'));
    expect(lines, lines.join('\n')).toHaveLength(2);
    expect(lines[0]).toContain('digest:ann');
    expect(lines[1]).toContain('digest:bob');
    for (const line of lines) expect(line).toContain('127.0.0.1');
  });

  test('goes through the leader wherever they ask, and is seen everywhere by a linearizable read', async () => {
    tree = await ServedTree.start(3);
    const { followers } = tree.ensemble;
    for (let at = 0; at < 10; at++) {
      const writer = followers[at % 2]!;
      const reader = followers[(at + 1) % 2]!;
      const put = await tree.ask('/nodes/moving?create', { method: 'PUT', body: `${at}` }, writer);
      expect(put.status).toBe(at === 0 ? 201 : 200);
      const read = await tree.ask('/nodes/moving?consistency=linearizable', {}, reader);
      expect(read.json.text).toBe(`${at}`);
      expect(Number(read.headers.get('rookery-zxid'))).toBeGreaterThanOrEqual(
        Number(put.headers.get('rookery-zxid')),
      );
    }
  });
});
