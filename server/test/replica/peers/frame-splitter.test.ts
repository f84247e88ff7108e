import { describe, expect, test } from 'vitest';
import { Prng } from '../../../sim/prng.ts';
import { FrameSplitter } from '../../../src/replica/peers/frame-splitter.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { PeerProtocolError } from '../../../src/replica/peers/peer-format.ts';
import { beginFrame, endFrame } from '../../../src/replica/peers/peer-frames.ts';

const maxPeerFrameBytes = 64 * 1024 * 1024;

function streamOf(frames: readonly Uint8Array[]): Uint8Array {
  const writer = new Outbox(maxPeerFrameBytes);
  for (const frame of frames) {
    const start = beginFrame(writer, frame[0]!);
    for (const byte of frame.subarray(1)) writer.u8(byte);
    endFrame(writer, start);
  }
  return writer.takeBytes();
}

function split(chunks: readonly Uint8Array[], splitter = new FrameSplitter(maxPeerFrameBytes)): number[][] {
  const frames: number[][] = [];
  for (const chunk of chunks) splitter.push(chunk, (frame) => frames.push([...frame]));
  return frames;
}

const frames = [[7], [1, 2, 3], [9, 0, 0, 0, 0, 0, 4], [255]];
const stream = streamOf(frames.map((frame) => Uint8Array.from(frame)));

describe('the stream of a link is cut into the same frames', () => {
  test('in one chunk', () => {
    expect(split([stream])).toEqual(frames);
  });

  test('byte by byte', () => {
    expect(split([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(frames);
  });

  test('split at each point', () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(split([stream.subarray(0, at), stream.subarray(at)]), `split at ${at}`).toEqual(frames);
    }
  });

  test('split at each two points', () => {
    for (let a = 0; a <= stream.length; a++)
      for (let b = a; b <= stream.length; b++) {
        const chunks = [stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)];
        expect(split(chunks), `split at ${a} and ${b}`).toEqual(frames);
      }
  });

  test('in random pieces of frames of random sizes', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const prng = new Prng(seed, 'splitter');
      const random = Array.from({ length: 20 }, () =>
        prng.bytes(1 + prng.below(prng.chance(0.2) ? 5000 : 20)),
      );
      const bytes = streamOf(random);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + prng.below(prng.chance(0.5) ? 10 : 3000);
        chunks.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(split(chunks), `seed ${seed}`).toEqual(random.map((frame) => [...frame]));
    }
  });
});

describe('the bytes of a frame', () => {
  test('are a view of the chunk where the frame lies within it, so that nothing is copied', () => {
    new FrameSplitter(maxPeerFrameBytes).push(stream, (frame) => expect(frame.buffer).toBe(stream.buffer));
  });

  test('stay as they are when later chunks come', () => {
    const kept: Uint8Array[] = [];
    const splitter = new FrameSplitter(maxPeerFrameBytes);
    for (const byte of stream) splitter.push(Uint8Array.of(byte), (frame) => kept.push(frame));
    expect(kept.map((frame) => [...frame])).toEqual(frames);
  });
});

describe('a long frame', () => {
  test('takes memory as it comes, not as it is announced', () => {
    const prefix = new Uint8Array(4);
    new DataView(prefix.buffer).setUint32(0, maxPeerFrameBytes);
    const before = process.memoryUsage().arrayBuffers;
    const splitters = Array.from({ length: 8 }, () => new FrameSplitter(maxPeerFrameBytes));
    for (const splitter of splitters) {
      splitter.push(prefix, () => {});
      splitter.push(new Uint8Array(1_000), () => {});
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(maxPeerFrameBytes / 8);
    expect(splitters).toHaveLength(8);
  });

  test('of any length comes out whole, in chunks as a socket gives them', () => {
    for (const length of [262_143, 262_144, 262_145, 600_000, 1_048_577]) {
      const frame = new Prng(length, 'long').bytes(length);
      const bytes = streamOf([frame, Uint8Array.of(9)]);
      const got: Uint8Array[] = [];
      const splitter = new FrameSplitter(maxPeerFrameBytes);
      for (let at = 0; at < bytes.length; at += 65_536)
        splitter.push(bytes.subarray(at, at + 65_536), (each) => got.push(each));
      expect(got.map((each) => each.length)).toEqual([length, 1]);
      expect(Buffer.compare(got[0]!, frame), `${length} bytes`).toBe(0);
    }
  });
});

describe('a length that no frame has', () => {
  const lengths = [0, maxPeerFrameBytes + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

  test.each(lengths)('%d is refused, whole or byte by byte', (length) => {
    const prefix = new Uint8Array(4);
    new DataView(prefix.buffer).setUint32(0, length);
    expect(() => split([prefix])).toThrow(PeerProtocolError);
    expect(() => split([...prefix].map((byte) => Uint8Array.of(byte)))).toThrow(`of ${length} bytes`);
  });

  test('is refused behind whole frames, which still count', () => {
    const got: number[] = [];
    const bad = Uint8Array.from([...stream, 0, 0, 0, 0]);
    expect(() => new FrameSplitter(maxPeerFrameBytes).push(bad, (frame) => got.push(frame[0]!))).toThrow(
      PeerProtocolError,
    );
    expect(got).toEqual(frames.map((frame) => frame[0]));
  });

  test('is none at the limit', () => {
    const prefix = new Uint8Array(4);
    new DataView(prefix.buffer).setUint32(0, maxPeerFrameBytes);
    expect(split([prefix])).toEqual([]);
  });
});
