import { createHash } from 'node:crypto';
import { Fitness, MessageType } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { Prng } from '../../../sim/prng.ts';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { FieldWriter } from '../../../src/codec/field-writer.ts';
import { PeerProtocolError, peerFormat } from '../../../src/replica/peers/peer-format.ts';
import { readRaftMessage, writeRaftMessage } from '../../../src/replica/peers/raft-codec.ts';
import { randomMessage } from './raft-messages.ts';

const types = Object.entries(MessageType);

function encode(prng: Prng, type: MessageType): Uint8Array {
  const writer = new FieldWriter(peerFormat);
  writeRaftMessage(writer, randomMessage(prng, type));
  return writer.takeBytes();
}

/** undefined where it is a message; what was thrown where it is none. */
function failure(bytes: Uint8Array): unknown {
  try {
    readRaftMessage(new FieldReader(bytes, peerFormat));
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("Raft's messages between members", () => {
  test.each(types)('%s comes out as it went in', (_name, type) => {
    for (let seed = 1; seed <= 100; seed++) {
      const message = randomMessage(new Prng(seed), type);
      const writer = new FieldWriter(peerFormat, 1);
      writeRaftMessage(writer, message);
      const reader = new FieldReader(writer.takeBytes(), peerFormat);
      expect(readRaftMessage(reader), `seed ${seed}`).toEqual(message);
      expect(reader.remaining, `seed ${seed}`).toBe(0);
    }
  });

  test('have the bytes that members of this protocol version understand', () => {
    const hash = createHash('sha256');
    for (const [, type] of types) {
      for (let seed = 1; seed <= 100; seed++) hash.update(encode(new Prng(seed), type));
    }
    expect(hash.digest('hex')).toBe('66c71bf4778612240fe14c848effd54982d7d9635d4b0c7f2139c72dedceb326');
  });

  test.each(types)('%s that is cut off anywhere is refused', (_name, type) => {
    for (let seed = 1; seed <= 20; seed++) {
      const bytes = encode(new Prng(seed), type);
      const shortest = type === MessageType.heartbeatResponse ? bytes.length - 1 : bytes.length;
      for (let length = 0; length < shortest; length++) {
        expect(failure(bytes.subarray(0, length)), `seed ${seed}, ${length} bytes`).toBeInstanceOf(
          PeerProtocolError,
        );
      }
    }
  });

  test('an answer to a heartbeat that says nothing of fitness is that of an earlier build, and able', () => {
    const bytes = encode(new Prng(1), MessageType.heartbeatResponse);
    const message = readRaftMessage(new FieldReader(bytes.subarray(0, bytes.length - 1), peerFormat));
    expect(message).toMatchObject({ type: MessageType.heartbeatResponse, fitness: Fitness.able });
  });

  test('a fitness of a later build that this one does not know is no recommendation', () => {
    const bytes = encode(new Prng(1), MessageType.heartbeatResponse);
    bytes[bytes.length - 1] = 77;
    expect(readRaftMessage(new FieldReader(bytes, peerFormat))).toMatchObject({ fitness: Fitness.stalled });
  });

  test('garbage is a message or a PeerProtocolError, nothing else', () => {
    const counts = { message: 0, refused: 0 };
    for (let seed = 1; seed <= 20_000; seed++) {
      const prng = new Prng(seed, 'garbage');
      const bytes = prng.chance(0.5) ? prng.bytes(prng.below(200)) : encode(prng, prng.pick(types)[1]);
      if (bytes.length > 0 && prng.chance(0.5)) bytes[0] = 1 + prng.below(15);
      for (let changes = prng.below(4); changes > 0 && bytes.length > 0; changes--) {
        bytes[prng.below(bytes.length)] = prng.pick([0, 1, 0x7f, 0x80, 0xff, prng.below(256)]);
      }
      const error = failure(bytes);
      if (error === undefined) counts.message++;
      else {
        counts.refused++;
        expect(error, `seed ${seed}`).toBeInstanceOf(PeerProtocolError);
      }
    }
    expect(counts.message).toBeGreaterThan(1000);
    expect(counts.refused).toBeGreaterThan(1000);
  });

  test('ids and terms that are no whole numbers are refused', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1.5, 2 ** 53]) {
      for (const field of ['from', 'to', 'term'] as const) {
        const writer = new FieldWriter(peerFormat);
        writeRaftMessage(writer, { type: MessageType.timeoutNow, from: 1, to: 2, term: 3, [field]: wrong });
        expect(failure(writer.takeBytes())).toBeInstanceOf(PeerProtocolError);
      }
    }
  });

  test('a count of entries or voters that the frame cannot hold is refused before anything is allocated for it', () => {
    for (const type of [MessageType.append, MessageType.logStatus] as const) {
      const writer = new FieldWriter(peerFormat);
      writer.u8(type);
      for (let field = 0; field < 3; field++) writer.f64(1);
      if (type === MessageType.append) for (let field = 0; field < 3; field++) writer.f64(1);
      else {
        writer.f64(1);
        writer.f64(1);
        writer.u8(0);
      }
      writer.u32(0xffff_ffff);
      expect(failure(writer.takeBytes())).toBeInstanceOf(PeerProtocolError);
    }
  });
});
