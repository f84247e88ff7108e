import { describe, expect, test } from 'vitest';
import { JoinSecrets } from '../../src/platform/join-secrets.ts';
import {
  type Introduced,
  IntroductionRefused,
  type OwnIntroduction,
  PeerIntroduction,
  PREAMBLE_BYTES,
} from '../../src/platform/peer-introduction.ts';

const SECRET = 'a-secret-of-some-length';
const OTHER = 'another-secret-as-long';

/** One end: what it sends is kept until it is delivered. */
class End {
  readonly sent: Buffer[] = [];
  result: Introduced | IntroductionRefused | undefined;
  readonly introduction: PeerIntroduction;
  #nonces = 0;

  constructor(own: Partial<OwnIntroduction> & { serverId: number }, expected?: number) {
    this.introduction = new PeerIntroduction(
      { versions: { least: 1, greatest: 1 }, secrets: new JoinSecrets([]), takesUnproved: true, ...own },
      {
        ...(expected === undefined ? { mayDial: (serverId: number) => serverId === 3 } : { expected }),
        nonce: () => Buffer.alloc(32, 10 * own.serverId + this.#nonces++),
        send: (bytes) => this.sent.push(Buffer.from(bytes)),
      },
    );
    if (expected !== undefined) this.introduction.begin();
  }

  receive(bytes: Uint8Array): void {
    if (this.result !== undefined || bytes.length === 0) return;
    try {
      this.result = this.introduction.push(bytes);
    } catch (error) {
      if (!(error instanceof IntroductionRefused)) throw error;
      this.result = error;
    }
  }

  take(): Buffer {
    return Buffer.concat(this.sent.splice(0));
  }
}

type Alter = (bytes: Buffer, from: 'dialler' | 'acceptor', message: number) => Buffer;

/** Member 3 dials member 2; until nothing is left to say. */
function meet(
  dialler: Partial<OwnIntroduction>,
  acceptor: Partial<OwnIntroduction>,
  alter: Alter = (bytes) => bytes,
) {
  const ends = {
    dialler: new End({ serverId: 3, ...dialler }, 2),
    acceptor: new End({ serverId: 2, ...acceptor }),
  };
  for (let message = 0; message < 4; message++) {
    ends.acceptor.receive(alter(ends.dialler.take(), 'dialler', message));
    ends.dialler.receive(alter(ends.acceptor.take(), 'acceptor', message));
  }
  return { dialler: ends.dialler.result, acceptor: ends.acceptor.result };
}

const withSecret = (...secrets: string[]) => ({ secrets: new JoinSecrets(secrets), takesUnproved: false });
const proved = { dialler: { serverId: 2, isProved: true }, acceptor: { serverId: 3, isProved: true } };

describe('two members', () => {
  test('link without a secret where nobody asks for one', () => {
    expect(meet({}, {})).toMatchObject({ dialler: { isProved: false }, acceptor: { isProved: false } });
  });

  test('prove the same secret to each other, whichever of two they have in common', () => {
    expect(meet(withSecret(SECRET), withSecret(SECRET))).toMatchObject(proved);
    expect(meet(withSecret(OTHER, SECRET), withSecret(SECRET))).toMatchObject(proved);
    expect(meet(withSecret(SECRET), withSecret(OTHER, SECRET))).toMatchObject(proved);
  });

  test('with different secrets do not link, and each side is told so', () => {
    const { dialler, acceptor } = meet(withSecret(OTHER), withSecret(SECRET));
    expect(acceptor).toMatchObject({
      kind: 'guess',
      message: expect.stringContaining('does not prove the join secret'),
    });
    expect(dialler).toMatchObject({
      kind: 'secret',
      message: expect.stringContaining('does not accept the join secret'),
    });
  });

  test('do not link where one asks for a secret and the other has none, and each side is told so', () => {
    for (const [dialler, acceptor] of [
      [withSecret(SECRET), {}],
      [{}, withSecret(SECRET)],
    ] as const) {
      const ends = meet(dialler, acceptor);
      expect(ends.dialler).toMatchObject({ kind: 'secret' });
      expect(ends.acceptor).toMatchObject({ kind: 'secret' });
    }
  });

  test('link while a secret is introduced: who has it proves it, who has none is still taken', () => {
    const both = { secrets: new JoinSecrets([SECRET]), takesUnproved: true };
    expect(meet(both, withSecret(SECRET))).toMatchObject(proved);
    expect(meet(both, {})).toMatchObject({ dialler: { isProved: false }, acceptor: { isProved: false } });
  });

  test('speak the greatest version that both have, and none without one in common', () => {
    const versions = (least: number, greatest: number) => ({ versions: { least, greatest } });
    expect(meet(versions(1, 2), versions(2, 3))).toMatchObject({
      dialler: { version: 2 },
      acceptor: { version: 2 },
    });
    const apart = meet(versions(1, 1), versions(2, 3));
    expect(apart.dialler).toMatchObject({
      kind: 'version',
      message: expect.stringContaining('upgrade this member'),
    });
    expect(apart.acceptor).toMatchObject({
      kind: 'version',
      message: expect.stringContaining('upgrade member 3'),
    });
  });
});

describe('nobody in between', () => {
  test('can change a bit of what is said without both ends closing, or neither believing more than it should', () => {
    let refused = 0;
    const lengths = { dialler: [PREAMBLE_BYTES, 65, 0], acceptor: [PREAMBLE_BYTES + 32, 33, 0] };
    for (const side of ['dialler', 'acceptor'] as const) {
      for (const [message, length] of lengths[side].entries()) {
        for (let bit = 0; bit < length * 8; bit++) {
          const flip: Alter = (bytes, from, at) => {
            if (from !== side || at !== message || bytes.length <= bit >> 3) return bytes;
            const changed = Buffer.from(bytes);
            changed[bit >> 3]! ^= 1 << (bit & 7);
            return changed;
          };
          const { dialler, acceptor } = meet(withSecret(SECRET), withSecret(SECRET), flip);
          const isLinked = [dialler, acceptor].every((end) => end !== undefined && 'rest' in end);
          expect(isLinked, `${side} ${message} bit ${bit}`).toBe(false);
          refused++;
        }
      }
    }
    expect(refused).toBe(8 * (PREAMBLE_BYTES + 65 + PREAMBLE_BYTES + 32 + 33));
  });

  test('can have a proof serve again: on another link, or for the other role', () => {
    let overheard: Buffer = Buffer.alloc(0);
    meet(withSecret(SECRET), withSecret(SECRET), (bytes, from, message) => {
      if (from === 'dialler' && message === 1) overheard = bytes;
      return bytes;
    });
    expect(overheard).toHaveLength(32 + 1 + 32);
    const acceptor = new End({ serverId: 2, ...withSecret(SECRET) });
    // The acceptor's nonce is another one each time.
    acceptor.receive(new End({ serverId: 3, ...withSecret(SECRET) }, 2).take());
    const other = new PeerIntroduction(
      { serverId: 2, versions: { least: 1, greatest: 1 }, ...withSecret(SECRET) },
      { mayDial: () => true, nonce: () => Buffer.alloc(32, 99), send: () => {} },
    );
    other.push(new End({ serverId: 3, ...withSecret(SECRET) }, 2).take());
    expect(() => other.push(overheard)).toThrow('does not prove the join secret');
  });

  test('gets proofs by sending back what it is sent', () => {
    const dialler = new End({ serverId: 3, ...withSecret(SECRET) }, 2);
    const acceptor = new End({ serverId: 2, ...withSecret(SECRET) });
    acceptor.receive(dialler.take());
    dialler.receive(acceptor.take());
    const proof = dialler.take();
    dialler.receive(proof.subarray(32));
    expect(dialler.result).toMatchObject({ kind: 'guess' });
  });
});

test('what comes in one piece, or byte by byte, is understood alike', () => {
  const dialler = new End({ serverId: 3, ...withSecret(SECRET) }, 2);
  const acceptor = new End({ serverId: 2, ...withSecret(SECRET) });
  for (let round = 0; round < 4; round++) {
    for (const byte of dialler.take()) acceptor.receive(Uint8Array.of(byte));
    for (const byte of acceptor.take()) dialler.receive(Uint8Array.of(byte));
  }
  expect(dialler.result).toMatchObject({ isProved: true });
  expect(acceptor.result).toMatchObject({ isProved: true });
});
