import { ErrorCode, OpCode, writeAuthRequest, writePathWatchRequest } from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { ProofKind } from '../../src/failed-proofs/proof-guard.ts';
import { LoneMember } from '../member/lone-member.ts';
import { configOf } from './ensemble.ts';
import { MemoryClient } from './memory-client.ts';

const ATTACKER = '10.6.6.6';
const NEIGHBOUR = '10.0.0.2';
const TICK_MS = 20;
/** The longest wait, and up to the next review of connections. */
const LONGEST_TICKS = 1_000 / TICK_MS + 12;
const AUTH_XID = -4;

let lone: LoneMember;

beforeEach(async () => {
  const alone = [
    { serverId: 1, host: '127.0.0.1', peerPort: 2001, clientPort: 3001, role: 'voter' as const },
  ];
  lone = new LoneMember(configOf(1, alone, {}));
  await lone.start();
  while (!lone.member.clients.serving) await lone.tick();
});

function client(address: string): MemoryClient {
  return new MemoryClient((socket) => lone.member.accept(socket), address);
}

async function session(address: string): Promise<MemoryClient> {
  const one = client(address);
  one.greet().send();
  await lone.tick();
  expect(one.session?.id).toBeGreaterThan(0);
  return one;
}

/** Asks for somebody's session with a password that is not its own. */
function guess(id: number): MemoryClient {
  const thief = client(ATTACKER);
  thief.greet({ id, password: new Uint8Array(16) }).send();
  return thief;
}

/** So many that the next one waits for the longest time. */
async function guessOften(id: number): Promise<void> {
  for (let i = 0; i < 30; i++) guess(id);
  await lone.settle();
  await lone.tick(LONGEST_TICKS);
  expect(lone.member.proofs.failures[ProofKind.sessionPassword]).toBe(30);
}

function auth(to: MemoryClient, scheme: string, proof: string): void {
  writeAuthRequest(to.out, scheme, new TextEncoder().encode(proof));
}

function read(to: MemoryClient, xid: number): void {
  writePathWatchRequest(to.out, xid, OpCode.getData, '/', false);
}

describe('after too many wrong passwords of sessions', () => {
  test('the next one of that address is answered later, as wrong as before, and nothing else waits for it', async () => {
    const owner = await session(NEIGHBOUR);
    await guessOften(owner.session!.id);
    const thief = guess(owner.session!.id);
    await lone.tick();
    expect([thief.session, thief.isClosed, thief.isPaused]).toEqual([undefined, false, true]);
    // Others are answered, and a new session proves nothing that could be guessed.
    read(owner, 1);
    owner.send();
    await lone.tick();
    expect(owner.replies).toEqual([{ xid: 1, err: ErrorCode.ok }]);
    await session(ATTACKER);
    await lone.tick(LONGEST_TICKS);
    expect(thief.session).toEqual({ id: 0, password: new Uint8Array(16) });
    expect(thief.isClosed).toBe(true);
    expect(lone.member.proofs.slowed).toBeGreaterThan(0);
  });

  test('the right one of that address is taken in the end: who shares the address is not locked out', async () => {
    const owner = await session(ATTACKER);
    await guessOften(owner.session!.id);
    const again = client(ATTACKER);
    // What it sends behind it waits with it, in its order.
    again.greet(owner.session);
    read(again, 1);
    auth(again, 'digest', 'ann:1');
    read(again, 2);
    again.send();
    await lone.tick();
    expect(again.session).toBeUndefined();
    await lone.tick(2 * LONGEST_TICKS);
    expect(again.session).toEqual(owner.session);
    expect(again.replies).toEqual([
      { xid: 1, err: ErrorCode.ok },
      { xid: AUTH_XID, err: ErrorCode.ok },
      { xid: 2, err: ErrorCode.ok },
    ]);
  });

  test('who waits and goes away leaves nothing behind', async () => {
    const owner = await session(NEIGHBOUR);
    await guessOften(owner.session!.id);
    const thieves = Array.from({ length: 20 }, () => guess(owner.session!.id));
    const { clients } = lone.member;
    expect(clients.counters.connections).toBe(21);
    // A connect request each, and no more.
    expect(clients.memory.totalBytes).toBeLessThan(20 * 100);
    for (const thief of thieves) thief.destroy();
    await lone.tick(LONGEST_TICKS);
    expect(clients.counters.connections).toBe(1);
    expect(clients.memory.totalBytes).toBe(0);
    expect(lone.member.proofs.failures[ProofKind.sessionPassword]).toBe(30);
  });
});

describe('an auth of an address that has failed too often', () => {
  test.each([
    ['right', 'digest', ErrorCode.ok],
    ['wrong', 'nonsense', ErrorCode.authFailed],
  ])(
    'that is %s waits, and what stands behind it, but not what stands before it',
    async (_what, scheme, err) => {
      const owner = await session(NEIGHBOUR);
      const one = await session(ATTACKER);
      await guessOften(owner.session!.id);
      read(one, 1);
      auth(one, scheme, 'ann:1');
      read(one, 2);
      one.send();
      await lone.tick();
      expect(one.replies).toEqual([{ xid: 1, err: ErrorCode.ok }]);
      expect(one.isPaused).toBe(true);
      await lone.tick(LONGEST_TICKS);
      const behind = err === ErrorCode.ok ? [{ xid: 2, err: ErrorCode.ok }] : [];
      expect(one.replies).toEqual([{ xid: 1, err: ErrorCode.ok }, { xid: AUTH_XID, err }, ...behind]);
      expect(one.isClosed).toBe(err !== ErrorCode.ok);
    },
  );

  test('is taken at once where the address has stopped to fail for a minute or two', async () => {
    const owner = await session(NEIGHBOUR);
    await guessOften(owner.session!.id);
    await lone.tick(120_000 / TICK_MS);
    const one = await session(ATTACKER);
    auth(one, 'digest', 'ann:1');
    one.send();
    await lone.tick();
    expect(one.replies).toEqual([{ xid: AUTH_XID, err: ErrorCode.ok }]);
  });
});

test('wrong passwords are said once, with the address, and none of them', async () => {
  const owner = await session(NEIGHBOUR);
  await guessOften(owner.session!.id);
  const said = lone.log.of('warn', 'did not know its password');
  expect(said).toHaveLength(1);
  expect(said[0]!.fields).toEqual({ address: `${ATTACKER}:40000` });
  const slowed = lone.log.of('warn', 'keeps failing');
  expect(slowed).toHaveLength(1);
  expect(slowed[0]!.fields).toMatchObject({ address: ATTACKER, proof: 'session password' });
});
