import { GetCall } from '@rookery/client/world';
import { afterEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/http/v1/caller.ts';
import { CallerSessions } from '../../../src/http/v1/caller-sessions.ts';
import { TestEnsemble, until } from '../../connections/ensemble.ts';
import { basic, ServedTree } from './served-tree.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(bounds = { httpSessions: 3, httpSessionIdleMs: 60_000 }) {
  const ensemble = await TestEnsemble.start(1);
  closing.push(() => ensemble.stop());
  const { member } = ensemble.leader;
  const refused = { count: 0 };
  const sessions = new CallerSessions(
    (socket) => member.accept(socket),
    bounds,
    () => refused.count++,
  );
  closing.push(() => sessions.stop());
  return { member, sessions, refused, count: () => member.running!.machine.sessions.size };
}

const caller = (
  address: string,
  digest?: string,
  certificateSubject?: string,
  grant?: Caller['grant'],
): Caller => ({
  shown: { remoteAddress: address, remotePort: 1, certificateSubject },
  digest: digest === undefined ? undefined : Buffer.from(digest),
  grant,
});

describe('the sessions of callers', () => {
  test('are one for those who show and prove the same, and one for each who does not', async () => {
    const { sessions, count } = await started({ httpSessions: 10, httpSessionIdleMs: 60_000 });
    const callers = [
      caller('10.0.0.1'),
      caller('10.0.0.2'),
      caller('10.0.0.1', 'ann:a'),
      caller('10.0.0.1', 'ann:b'),
      caller('10.0.0.1', undefined, 'CN=ann'),
      caller('10.0.0.1', 'CN=ann'),
      // Of two tokens: one may be taken from its bearer, and not the other.
      caller('10.0.0.1', undefined, undefined, { number: 1, identities: [], isOver: false }),
      caller('10.0.0.1', undefined, undefined, { number: 2, identities: [], isOver: false }),
    ];
    for (const each of [...callers, ...callers]) (await sessions.take(each)).release();
    expect([sessions.size, count()]).toEqual([8, 8]);
  });

  test('make room by the end of the longest idle one, and of none that is used', async () => {
    const { sessions, count, refused } = await started();
    const used = await sessions.take(caller('10.0.0.1'));
    for (const address of ['10.0.0.2', '10.0.0.3']) (await sessions.take(caller(address))).release();
    (await sessions.take(caller('10.0.0.2'))).release();
    const ids = new Map<string, bigint>();
    for (const address of ['10.0.0.4', '10.0.0.2']) {
      const lease = await sessions.take(caller(address));
      ids.set(address, lease.client.session.id);
      lease.release();
    }
    expect(sessions.size).toBe(3);
    await until(() => count() === 3);
    expect(used.client.state).toBe('connected');
    const full = [await sessions.take(caller('10.0.0.2')), await sessions.take(caller('10.0.0.4'))];
    expect(full[0]!.client.session.id).toBe(ids.get('10.0.0.2'));
    await expect(sessions.take(caller('10.0.0.5'))).rejects.toMatchObject({
      code: 'TOO_MANY_PENDING',
      retry: 'safe',
    });
    expect(refused.count).toBe(1);
    for (const lease of [used, ...full]) lease.release();
    (await sessions.take(caller('10.0.0.5'))).release();
  });

  test('end once nobody has used them for so long, and begin anew', async () => {
    const { sessions, count } = await started({ httpSessions: 3, httpSessionIdleMs: 20 });
    const first = await sessions.take(caller('10.0.0.1'));
    const again = await sessions.take(caller('10.0.0.1'));
    first.release();
    first.release();
    const id = again.client.session.id;
    expect(again.client.state).toBe('connected');
    again.release();
    await until(() => sessions.size === 0 && count() === 0);
    const other = await sessions.take(caller('10.0.0.1'));
    expect(other.client.session.id).not.toBe(id);
    other.release();
  });

  test('of a grant that is over are not begun, and those that go on with it end', async () => {
    const { sessions, count } = await started();
    const grant = { number: 1, identities: [], isOver: false };
    const bearer = caller('10.0.0.1', undefined, undefined, grant);
    const lease = await sessions.take(bearer);
    const other = await sessions.take(caller('10.0.0.1'));
    grant.isOver = true;
    await expect(sessions.take(bearer)).rejects.toMatchObject({ code: 'AUTH_FAILED', status: 401 });
    sessions.endOver();
    await until(() => count() === 1);
    expect([lease.client.state, other.client.state, sessions.size]).toEqual(['closed', 'connected', 1]);
    lease.release();
    other.release();
  });

  test('outlive the connection that the member closes', async () => {
    const { member, sessions, count } = await started();
    const lease = await sessions.take(caller('10.0.0.1'));
    const id = lease.client.session.id;
    for (let round = 0; round < 3; round++) {
      member.clients.registry.closeAll('a test asks for it');
      const call = new GetCall('/', '/');
      expect(await lease.sessions.submit(call, {})).toMatchObject({ stat: { czxid: 0 } });
    }
    expect(lease.client.session.id).toBe(id);
    // Whoever comes behind gets another one, and the former one ends with its last caller.
    const next = await sessions.take(caller('10.0.0.1'));
    expect([next.client.session.id === id, sessions.size, count()]).toEqual([false, 2, 2]);
    lease.release();
    await until(() => sessions.size === 1 && count() === 1);
    next.release();
  });

  test('stop with HTTP: nobody gets one any more', async () => {
    const { sessions, count } = await started();
    (await sessions.take(caller('10.0.0.1'))).release();
    sessions.stop();
    await until(() => count() === 0);
    await expect(sessions.take(caller('10.0.0.1'))).rejects.toMatchObject({ code: 'NOT_SERVING' });
  });
});

describe('a member that serves nobody', () => {
  test('says so at once, and serves callers again when it does clients', async () => {
    const tree = await ServedTree.start();
    closing.push(() => tree.stop());
    expect((await tree.ask('/nodes/', { headers: basic('ann', 'a') })).status).toBe(200);
    const { clients } = tree.ensemble.leader.member;
    clients.suspend();
    const { status, json } = await tree.ask('/nodes/');
    expect([status, json.code, json.retry]).toEqual([503, 'NOT_SERVING', 'safe']);
    await until(() => clients.serving);
    expect((await tree.ask('/nodes/', { headers: basic('ann', 'a') })).status).toBe(200);
  });
});
