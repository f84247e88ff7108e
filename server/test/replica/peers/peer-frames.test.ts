import { describe, expect, test } from 'vitest';
import { Prng } from '../../../sim/prng.ts';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { FrameSplitter } from '../../../src/replica/peers/frame-splitter.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { PeerProtocolError, peerFormat } from '../../../src/replica/peers/peer-format.ts';
import {
  type Grant,
  type Hello,
  PeerFrame,
  readGrant,
  readHello,
  readOutdated,
  writeGrant,
  writeHello,
  writeOutdated,
} from '../../../src/replica/peers/peer-frames.ts';
import { writeForwardPosition } from '../../../src/replica/proposal-queue.ts';
import { writeForwards } from '../../../src/replica/requests.ts';
import { helloOf } from '../hellos.ts';

/** Kind and payload of the only frame that was written. */
function frameOf(write: (writer: Outbox) => void): {
  kind: number;
  reader: FieldReader;
  payload: Uint8Array;
} {
  const writer = new Outbox(1_000_000);
  write(writer);
  const frames: Uint8Array[] = [];
  new FrameSplitter(1_000_000).push(writer.takeBytes(), (frame) => frames.push(frame));
  expect(frames).toHaveLength(1);
  const payload = frames[0]!.slice(1);
  return { kind: frames[0]![0]!, reader: new FieldReader(payload, peerFormat), payload };
}

const hellos: readonly Hello[] = [
  helloOf(1),
  helloOf(255, { clusterId: 'a'.repeat(64), raftId: 2 ** 52, started: true, instance: 2 ** 32 }),
  helloOf(3, {
    clusterId: 'c',
    seen: new Map([
      [1, 77],
      [2, 2 ** 32],
    ]),
  }),
];

const grant: Grant = {
  clusterId: 'f00d',
  raftId: 3,
  secret: Uint8Array.from({ length: 32 }, (_, i) => i),
  genesis: Uint8Array.of(1, 3, 3),
  instance: 4711,
};

/** Behind the last field of a hello of earlier builds. */
const LEVEL_BYTES = 12;
const RECOVERY_BYTES = 32;

describe('frames between members', () => {
  test.each(hellos)('a hello comes out as it went in: $server id', (hello) => {
    const { kind, reader } = frameOf((writer) => writeHello(writer, hello));
    expect(kind).toBe(PeerFrame.hello);
    expect(readHello(reader)).toEqual(hello);
    expect(reader.remaining).toBe(0);
  });

  test('a grant comes out as it went in, in memory of its own: its frame is reused', () => {
    const { kind, reader, payload } = frameOf((writer) => writeGrant(writer, grant));
    expect(kind).toBe(PeerFrame.grant);
    const read = readGrant(reader);
    payload.fill(0);
    expect(read).toEqual(grant);
  });

  test("the word that data are outdated names the cluster and the leader's term", () => {
    const { kind, reader } = frameOf((writer) => writeOutdated(writer, { clusterId: 'f00d', term: 7 }));
    expect(kind).toBe(PeerFrame.outdated);
    expect(readOutdated(reader)).toEqual({ clusterId: 'f00d', term: 7 });
  });

  test('a hello of a build from before there were feature levels is one of the first level', () => {
    const hello = helloOf(3, { clusterId: 'c', raftId: 9, started: true, running: true });
    const { reader } = frameOf((writer) => writeHello(writer, hello));
    const before = reader.raw(reader.remaining - LEVEL_BYTES - RECOVERY_BYTES);
    expect(readHello(new FieldReader(before, peerFormat))).toEqual({
      ...hello,
      levels: { lowest: 1, highest: 1 },
      featureLevel: 0,
      recovery: undefined,
    });
    for (const cut of [1, 4, 8, 11].map((bytes) => bytes + RECOVERY_BYTES)) {
      const { reader: whole } = frameOf((writer) => writeHello(writer, hello));
      const partly = new FieldReader(whole.raw(whole.remaining - cut), peerFormat);
      expect(() => readHello(partly)).toThrow(PeerProtocolError);
    }
  });

  test('a hello of a build from before there were forced recoveries is of a cluster that never saw one', () => {
    const recovery = { number: 2, survivor: 3, index: 77, term: 2 ** 20 };
    const hello = helloOf(3, { clusterId: 'c', raftId: 9, started: true, running: true, recovery });
    const payload = (): FieldReader => frameOf((writer) => writeHello(writer, hello)).reader;
    expect(readHello(payload())).toEqual(hello);
    const whole = payload();
    const before = whole.raw(whole.remaining - RECOVERY_BYTES);
    expect(readHello(new FieldReader(before, peerFormat))).toEqual({ ...hello, recovery: undefined });
    for (const cut of [1, 8, 31]) {
      const partly = payload();
      expect(() => readHello(new FieldReader(partly.raw(partly.remaining - cut), peerFormat))).toThrow(
        PeerProtocolError,
      );
    }
  });

  test('have the bytes that members of this protocol version understand', () => {
    const hello = helloOf(3, {
      clusterId: 'Ærø',
      raftId: 2 ** 40 + 5,
      started: true,
      running: false,
      instance: 77,
      seen: new Map([
        [1, 5],
        [2, 2 ** 32],
      ]),
      levels: { lowest: 1, highest: 2 },
      featureLevel: 1,
    });
    const secret = Uint8Array.of(1, 2, 3);
    const writer = new Outbox(1_000_000);
    const bytesOf = (write: () => void): string => {
      write();
      return Buffer.from(writer.takeBytes()).toString('hex');
    };
    expect(bytesOf(() => writeHello(writer, hello))).toBe(
      '000000770100000001400800000000000000000005c38672c3b842700000000050000140534000000000000000' +
        '00023ff00000000000004014000000000000400000000000000041f0000000000000000000010000000200000001' +
        '00'.repeat(RECOVERY_BYTES),
    );
    expect(bytesOf(() => writeGrant(writer, { ...grant, secret, genesis: Uint8Array.of(9) }))).toBe(
      '00000025020000000466303064400800000000000000000003010203000000010940b2670000000000',
    );
    expect(bytesOf(() => writeOutdated(writer, { clusterId: 'f00d', term: 7 }))).toBe(
      '00000011030000000466303064401c000000000000',
    );
    expect(bytesOf(() => writeForwards(writer, 7, [Uint8Array.of(1, 2), new Uint8Array(0)], 1_000))).toBe(
      '0000001705401c0000000000000000000200000002010200000000',
    );
    expect(bytesOf(() => writeForwardPosition(writer, 7, 2 ** 40 + 5))).toBe(
      '0000001106401c0000000000004270000000005000',
    );
  });

  test('a hello whose ids are no whole numbers is refused', () => {
    for (const wrong of [Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
      for (const field of ['raftId', 'instance'] as const) {
        const { reader } = frameOf((writer) => writeHello(writer, { ...helloOf(3, {}), [field]: wrong }));
        expect(() => readHello(reader), `${field} ${wrong}`).toThrow(PeerProtocolError);
      }
    }
  });

  test('garbage is a hello or a grant, or a PeerProtocolError, nothing else', () => {
    for (let seed = 1; seed <= 5_000; seed++) {
      const prng = new Prng(seed, 'frames');
      const hello = prng.chance(0.5);
      const { payload } = frameOf((writer) =>
        hello ? writeHello(writer, prng.pick(hellos)) : writeGrant(writer, grant),
      );
      for (let changes = 1 + prng.below(3); changes > 0; changes--) {
        payload[prng.below(payload.length)] = prng.pick([0, 0x7f, 0xff, prng.below(256)]);
      }
      const bytes = payload.subarray(0, prng.chance(0.5) ? payload.length : prng.below(payload.length));
      try {
        if (hello) readHello(new FieldReader(bytes, peerFormat));
        else readGrant(new FieldReader(bytes, peerFormat));
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(PeerProtocolError);
      }
    }
  });
});
