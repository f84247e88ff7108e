import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { boundsOf } from '../../src/bounds/bounds.ts';
import { ProofGuard, ProofKind } from '../../src/failed-proofs/proof-guard.ts';
import type { IntroductionProofs } from '../../src/platform/followed-introduction.ts';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import { systemClock } from '../../src/platform/machine.ts';
import { IntroductionRefused, PeerIntroduction } from '../../src/platform/peer-introduction.ts';
import { until } from '../connections/ensemble.ts';
import { PeerPorts, type RunningTransport } from './peer-ports.ts';
import { RawSocket } from './raw-socket.ts';

const SECRET = 'a-secret-of-some-length';
const WRONG = 'another-secret-as-long';
const MEMBER = '127.0.0.1';
const GUESSER = '127.0.0.2';
/** Ten are free, and ten more make the longest wait. */
const TO_THE_LONGEST_WAIT = 20;
const LONGEST_MS = 1_000;

let ports: PeerPorts;
let guard: ProofGuard;
/** Member 2, which member 3 dials. */
let two: RunningTransport;
let isOver: boolean;

beforeEach(async () => {
  isOver = false;
  ports = new PeerPorts();
  const bounds = boundsOf({ client: { maxFrameBytes: 1_048_575 } });
  guard = new ProofGuard({ bounds, clock: systemClock, log: new KeptLog(), witness: undefined });
  const proofs: IntroductionProofs = {
    failed: (address) => guard.failedProof(address, ProofKind.joinSecret),
    delayMs: (address) => guard.delayMs(address),
  };
  const strangers = { total: 128, perAddress: 32 };
  two = await ports.begin({ proofs, strangers, secrets: new JoinSecrets([SECRET]), takesUnproved: false });
});

afterEach(async () => {
  isOver = true;
  await ports.end();
});

async function from(localAddress: string): Promise<RawSocket> {
  const socket = connect({ host: '127.0.0.1', port: two.port, localAddress });
  const raw = new RawSocket(socket);
  // It may be closed before it is known to be there.
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return raw;
}

/** Poses as member 3, with that secret. `refused`: how it was, once it is closed; undefined: without a word. */
async function begin(
  secret: string,
  address: string,
): Promise<{ raw: RawSocket; refused: Promise<string | undefined> }> {
  const raw = await from(address);
  const own = {
    serverId: 3,
    versions: { least: 1, greatest: 1 },
    secrets: new JoinSecrets([secret]),
    takesUnproved: false,
  };
  const send = (bytes: Uint8Array): unknown => raw.write(bytes);
  const introduction = new PeerIntroduction(own, { expected: 2, nonce: () => randomBytes(32), send });
  let refusal: string | undefined;
  raw.socket.on('data', (chunk: Buffer) => {
    try {
      introduction.push(chunk);
    } catch (error) {
      if (!(error instanceof IntroductionRefused)) throw error;
      refusal = error.message;
    }
  });
  introduction.begin();
  return { raw, refused: raw.closed().then(() => refusal) };
}

async function guess(secret: string, address = GUESSER): Promise<string | undefined> {
  const { refused } = await begin(secret, address);
  return refused;
}

async function guessOften(address = GUESSER): Promise<void> {
  for (let i = 0; i < TO_THE_LONGEST_WAIT; i += 5)
    await Promise.all(Array.from({ length: 5 }, () => guess(WRONG, address)));
  expect(guard.failures[ProofKind.joinSecret]).toBe(TO_THE_LONGEST_WAIT);
}

const joining = { secrets: new JoinSecrets([SECRET]) };

describe('who proves another join secret', () => {
  test('is counted, and told that it is not accepted', async () => {
    expect(await guess(WRONG)).toContain('does not accept the join secret');
    expect(guard.failures[ProofKind.joinSecret]).toBe(1);
    expect(two.events.seen).toEqual([]);
  });

  test('is answered later, once its address has failed too often', async () => {
    await guessOften();
    const slowed = guard.slowed;
    const askedMs = performance.now();
    expect(await guess(WRONG)).toContain('does not accept the join secret');
    // One is forgotten every six seconds.
    expect(performance.now() - askedMs).toBeGreaterThan(LONGEST_MS / 2);
    expect(guard.slowed).toBe(slowed + 1);
  });

  test('costs members of other addresses nothing', async () => {
    await guessOften();
    const slowed = guard.slowed;
    const three = await ports.start(3, joining);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    expect(guard.slowed).toBe(slowed);
  });
});

test('who proves nothing guesses nothing: it is refused, and not counted', async () => {
  await ports.start(3, { secrets: new JoinSecrets([]) });
  await until(() => two.log.of('warn', 'does not prove to be one').length > 0);
  const raw = await from(GUESSER);
  raw.write(Buffer.from('GET /metrics HTTP/1.1\r\n\r\n'));
  await raw.closed();
  expect(guard.failures[ProofKind.joinSecret]).toBe(0);
});

describe('a member behind the same address', () => {
  test('is let in all the same, after its wait', async () => {
    await guessOften(MEMBER);
    const three = await ports.start(3, joining);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    expect(guard.slowed).toBeGreaterThan(0);
  });

  test('is not pushed out by strangers while it waits', async () => {
    await guessOften(MEMBER);
    const slowed = guard.slowed;
    const { raw } = await begin(SECRET, MEMBER);
    await until(() => guard.slowed === slowed + 1);
    const strangers = await Promise.all(Array.from({ length: 100 }, () => from(MEMBER)));
    await until(() => strangers.filter(({ isClosed }) => isClosed).length === 100 - 31);
    expect(raw.isClosed).toBe(false);
    // Preamble, nonce, and at last the proof that is given only to who has proved itself.
    await raw.bytes(20 + 32 + 33);
    raw.close();
  });

  test('is let in while others go on guessing, and strangers come without end', async () => {
    await guessOften(MEMBER);
    const guessing = Array.from({ length: 15 }, async () => {
      while (!isOver) await guess(WRONG, MEMBER);
    });
    const coming = (async () => {
      while (!isOver) await from(MEMBER);
    })();
    const three = await ports.start(3, joining);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    three.transport.send(2, Buffer.from('still here'));
    await two.events.untilBytes(3, 10);
    expect(two.events.seen).toEqual(['up 3']);
    expect(two.transport.strangers).toBeLessThanOrEqual(32);
    isOver = true;
    await ports.end();
    await Promise.all([...guessing, coming]);
  });

  test('that had another secret links as soon as it has the right one', async () => {
    await guessOften(MEMBER);
    const secrets = new JoinSecrets([WRONG]);
    const three = await ports.start(3, { secrets });
    await until(() => guard.failures[ProofKind.joinSecret] > TO_THE_LONGEST_WAIT);
    secrets.replace([SECRET]);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
  });
});

test('who waits and goes away leaves nothing behind', async () => {
  await guessOften();
  const slowed = guard.slowed;
  const waiting = await Promise.all(Array.from({ length: 20 }, () => begin(WRONG, GUESSER)));
  await until(() => guard.slowed === slowed + 20);
  for (const { raw } of waiting) raw.close();
  await until(() => two.transport.strangers === 0);
});
