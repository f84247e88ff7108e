import { expect, test } from 'vitest';
import { ReplyScanner } from '../src/wire/reply-scanner.ts';
import { frame, int, long } from '../src/wire/requests.ts';

function reply(xid: number, err: number, restBytes: number): Buffer {
  return frame(int(xid), long(1_000 + xid), int(err), Buffer.alloc(restBytes, 0xff));
}

const stream = Buffer.concat([
  reply(1, 0, 0),
  reply(2, -101, 0),
  reply(3, 0, 68),
  reply(-2, 0, 0),
  reply(4, 0, 1),
]);
const expected = ['1 0 16', '2 -101 16', '3 0 84', '-2 0 16', '4 0 17'];

function scan(chunks: readonly Buffer[]): string[] {
  const seen: string[] = [];
  const scanner = new ReplyScanner({
    onReply: (xid, err, frameBytes) => seen.push(`${xid} ${err} ${frameBytes}`),
  });
  for (const chunk of chunks) scanner.push(chunk, chunk.length);
  return seen;
}

test('replies are found whole', () => {
  expect(scan([stream])).toEqual(expected);
});

test('replies are found byte by byte', () => {
  expect(scan([...stream].map((byte) => Buffer.from([byte])))).toEqual(expected);
});

test('replies are found however the stream is split in three', () => {
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      expect(scan(chunks)).toEqual(expected);
    }
  }
});

test('bytes of the buffer beyond what was read are not looked at', () => {
  const seen: number[] = [];
  const scanner = new ReplyScanner({ onReply: (xid) => seen.push(xid) });
  const buffer = Buffer.concat([reply(7, 0, 0), Buffer.alloc(100, 0xff)]);
  scanner.push(buffer, 20);
  expect(seen).toEqual([7]);
});

test('a length that no reply can have is an error', () => {
  for (const length of [-1, 0, 15, 0x7fff_ffff]) {
    expect(() => scan([Buffer.concat([int(length), Buffer.alloc(16)])])).toThrow(/no reply/);
  }
});
