import { describe, expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { FrameReader, FrameStatus } from '../src/index.ts';

const MAX = 1000;

function frame(body: Uint8Array | string): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length);
  return Buffer.concat([head, Buffer.from(body)]);
}

/** Everything found in the chunks: frames as text, then the status that ended it unless that is `none`. */
function read(chunks: readonly Uint8Array[], words = false): string[] {
  const reader = new FrameReader(MAX, words);
  const found: string[] = [];
  for (const chunk of chunks) {
    // The memory is overwritten after the push: what a frame needs later must have been copied.
    const lent = Uint8Array.from(chunk);
    reader.push(lent);
    let status = reader.next();
    for (; status === FrameStatus.frame; status = reader.next()) {
      found.push(Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString('latin1'));
    }
    lent.fill(0xee);
    if (status === FrameStatus.word) return [...found, `word ${reader.word}`];
    if (status === FrameStatus.tooLong) return [...found, `too long ${reader.badLength}`];
    if (status === FrameStatus.negative) return [...found, `negative ${reader.badLength}`];
  }
  return found;
}

const bodies = ['', 'a', 'four', 'x'.repeat(MAX), '\0\0\0\u0002', 'end'];
const stream = Buffer.concat(bodies.map(frame));

describe('frames', () => {
  test('come out of one chunk without being copied', () => {
    const reader = new FrameReader(MAX);
    reader.push(stream);
    for (const body of bodies) {
      expect(reader.next()).toBe(FrameStatus.frame);
      expect(reader.bytes).toBe(stream);
      expect(reader.end - reader.start).toBe(body.length);
    }
    expect(reader.next()).toBe(FrameStatus.none);
    expect(reader.pendingBytes).toBe(0);
  });

  test('come out byte by byte', () => {
    expect(read(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(bodies);
  });

  test('come out of two chunks cut at each point', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(read([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toEqual(bodies);
    }
  });

  test('come out of three chunks cut anywhere', () => {
    const short = Buffer.concat(['ab', '', 'cde'].map(frame));
    for (let a = 0; a <= short.length; a++) {
      for (let b = a; b <= short.length; b++) {
        const chunks = [short.subarray(0, a), short.subarray(a, b), short.subarray(b)];
        expect(read(chunks), `cut at ${a} and ${b}`).toEqual(['ab', '', 'cde']);
      }
    }
  });

  test('come out of random chunks with empty ones among them', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const sent = Array.from({ length: random.below(20) }, () =>
        'y'.repeat(random.below(random.pick([3, 60, MAX]))),
      );
      const whole = Buffer.concat(sent.map(frame));
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; ) {
        const length = random.below(random.pick([3, 40, 2000]));
        chunks.push(whole.subarray(at, at + length));
        at += length;
      }
      expect(read(chunks), `seed ${seed}`).toEqual(sent);
    }
  });

  test('that are not whole are counted as pending', () => {
    const reader = new FrameReader(MAX);
    reader.push(frame('abcdef').subarray(0, 7));
    expect(reader.next()).toBe(FrameStatus.none);
    expect(reader.pendingBytes).toBe(7);
  });
});

describe('a bad length', () => {
  const bad = (length: number) => {
    const head = Buffer.alloc(4);
    head.writeInt32BE(length | 0);
    return head;
  };

  test.each([
    [MAX + 1, `too long ${MAX + 1}`],
    [2 ** 31 - 1, 'too long 2147483647'],
    [-1, 'negative -1'],
    [-(2 ** 31), 'negative -2147483648'],
  ])('of %i ends the stream, whole or in pieces, and stays the answer', (length, answer) => {
    expect(read([Buffer.concat([frame('ok'), bad(length), frame('never')])])).toEqual(['ok', answer]);
    expect(read([...bad(length)].map((byte) => Uint8Array.of(byte)))).toEqual([answer]);
    const reader = new FrameReader(MAX);
    reader.push(bad(length));
    const status = reader.next();
    reader.push(frame('never'));
    expect(reader.next()).toBe(status);
  });
});

describe('a four-letter word', () => {
  test.each([['ruok'], ['srvr'], ['wchp']])('%s is seen at the beginning, whole or in pieces', (word) => {
    expect(read([Buffer.from(word)], true)).toEqual([`word ${word}`]);
    expect(read([Buffer.from(`${word}\n`)], true)).toEqual([`word ${word}`]);
    expect(
      read(
        [...Buffer.from(word)].map((byte) => Uint8Array.of(byte)),
        true,
      ),
    ).toEqual([`word ${word}`]);
  });

  test('is only a bad length where words are not expected, after a frame, or not of letters', () => {
    expect(read([Buffer.from('ruok')])).toEqual(['too long 1920298859']);
    expect(read([Buffer.concat([frame('x'), Buffer.from('ruok')])], true)).toEqual([
      'x',
      'too long 1920298859',
    ]);
    expect(read([Buffer.from('GET ')], true)).toEqual(['too long 1195725856']);
  });
});

describe('garbage', () => {
  test('never throws, and never claims more than came', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const reader = new FrameReader(MAX, random.chance(0.5));
      let pushed = 0;
      for (let i = 0; i < 10; i++) {
        const chunk = random.bytes(random.below(50));
        if (random.chance(0.7)) chunk.fill(0, 0, 2);
        pushed += chunk.length;
        reader.push(chunk);
        while (reader.next() === FrameStatus.frame) {
          expect(reader.start, `seed ${seed}`).toBeGreaterThanOrEqual(0);
          expect(reader.end, `seed ${seed}`).toBeLessThanOrEqual(reader.bytes.length);
          expect(reader.end - reader.start, `seed ${seed}`).toBeLessThanOrEqual(pushed);
        }
      }
    }
  });
});
