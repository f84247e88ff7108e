import { describe, expect, it } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { ByteReader, PeerProtocolError } from '../../src/replica/byte-reader.ts';
import { ByteWriter } from '../../src/replica/byte-writer.ts';
import { FrameSplitter } from '../../src/replica/frame-splitter.ts';
import {
  type Grant,
  type Hello,
  PeerFrame,
  readGrant,
  readHello,
  writeGrant,
  writeHello,
  writeOutdated,
} from '../../src/replica/peer-frames.ts';
import { helloOf } from './hellos.ts';

/** Kind and payload of the only frame that was written. */
function frameOf(write: (writer: ByteWriter) => void): {
  kind: number;
  reader: ByteReader;
  payload: Uint8Array;
} {
  const writer = new ByteWriter(1);
  write(writer);
  const frames: Uint8Array[] = [];
  new FrameSplitter().push(writer.take(), (frame) => frames.push(frame));
  expect(frames).toHaveLength(1);
  const payload = frames[0]!.slice(1);
  return { kind: frames[0]![0]!, reader: new ByteReader(payload), payload };
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

describe('frames between members', () => {
  it.each(hellos)('a hello comes out as it went in: $label', (hello) => {
    const { kind, reader } = frameOf((writer) => writeHello(writer, hello));
    expect(kind).toBe(PeerFrame.hello);
    expect(readHello(reader)).toEqual(hello);
    expect(reader.remaining).toBe(0);
  });

  it('a grant comes out as it went in, in memory of its own: its frame is reused', () => {
    const { kind, reader, payload } = frameOf((writer) => writeGrant(writer, grant));
    expect(kind).toBe(PeerFrame.grant);
    const read = readGrant(reader);
    payload.fill(0);
    expect(read).toEqual(grant);
  });

  it('the word that data are outdated names the cluster', () => {
    const { kind, reader } = frameOf((writer) => writeOutdated(writer, 'f00d'));
    expect(kind).toBe(PeerFrame.outdated);
    expect(reader.text()).toBe('f00d');
  });

  it('garbage is a hello or a grant, or a PeerProtocolError, nothing else', () => {
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
        if (hello) readHello(new ByteReader(bytes));
        else readGrant(new ByteReader(bytes));
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(PeerProtocolError);
      }
    }
  });
});
