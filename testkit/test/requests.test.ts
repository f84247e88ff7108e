import { expect, test } from 'vitest';
import { requestSource } from '../../bench/src/load/request-source.ts';
import { readConnectReply, readLong, readReplyHeader, readStat, readStrings } from '../src/wire/replies.ts';
import {
  bool,
  bytes,
  connectRequest,
  createBody,
  createFlags,
  frame,
  int,
  long,
  noSession,
  op,
  readBody,
  request,
  setBody,
  text,
} from '../src/wire/requests.ts';

test('a connect request has the 45 bytes that the protocol describes', () => {
  const sent = connectRequest(noSession, 30_000, 0x1_0000_0002);
  expect(sent.toString('hex')).toBe(
    `0000002d${'00000000'}${'0000000100000002'}${'00007530'}${'0'.repeat(16)}${'00000010'}${'0'.repeat(32)}00`,
  );
});

test('a create carries path, data, the open ACL and flags', () => {
  const sent = request(7, op.create, createBody('/a', Buffer.from('xy'), createFlags.persistentSequential));
  expect(sent.toString('hex')).toBe(
    [
      '00000033',
      '00000007',
      '00000001',
      '00000002',
      Buffer.from('/a').toString('hex'),
      '00000002',
      Buffer.from('xy').toString('hex'),
      '00000001',
      '0000001f',
      '00000005',
      Buffer.from('world').toString('hex'),
      '00000006',
      Buffer.from('anyone').toString('hex'),
      '00000002',
    ].join(''),
  );
});

test('set, get and the null buffer are laid as the protocol describes', () => {
  expect(setBody('/a', Buffer.from('z'), -1).toString('hex')).toBe('000000022f61000000017affffffff');
  expect(readBody('/a').toString('hex')).toBe('000000022f6100');
  expect(bytes(null).toString('hex')).toBe('ffffffff');
  expect(bool(true).toString('hex')).toBe('01');
});

test('longs survive the way there and back, negative ones too', () => {
  for (const value of [0, 1, -1, -112, 2 ** 32, 2 ** 32 - 1, -(2 ** 32), Number.MAX_SAFE_INTEGER]) {
    expect(readLong(long(value), 0)).toBe(value);
  }
});

test('replies are read as the protocol describes', () => {
  expect(readReplyHeader(Buffer.concat([int(3), long(9), int(-101)]))).toEqual({
    xid: 3,
    zxid: 9,
    err: -101,
  });
  const id = Buffer.from('0123456789abcdef', 'hex');
  const password = Buffer.alloc(16, 5);
  const connected = readConnectReply(Buffer.concat([int(0), int(4_000), id, bytes(password), bool(false)]));
  expect(connected).toEqual({ timeoutMs: 4_000, id, password });
  expect(readStrings(Buffer.concat([int(2), text('a'), text('bé')]), 0)).toEqual(['a', 'bé']);
  const stat = Buffer.concat([
    long(1),
    long(2),
    long(3),
    long(4),
    int(5),
    int(6),
    int(7),
    long(8),
    int(9),
    int(10),
    long(11),
  ]);
  expect(readStat(stat, 0)).toEqual({
    czxid: 1,
    mzxid: 2,
    ctime: 3,
    mtime: 4,
    version: 5,
    cversion: 6,
    aversion: 7,
    dataLength: 9,
    numChildren: 10,
    pzxid: 11,
  });
});

const options = { root: '/r', prefix: 'n-', keys: 10, valueBytes: 8, depth: 2, seed: 1 } as const;

test('creates count their names up and carry the xid', () => {
  const source = requestSource({ ...options, kind: 'create' });
  const out = Buffer.alloc(source.maxRequestBytes * 12);
  let at = 0;
  for (let i = 0; i < 12; i++) at = source.write(out, at, 0, 100 + i);
  const value = Buffer.alloc(8, 'v');
  const expected = Array.from({ length: 12 }, (_, i) => {
    const path = `/r/n-${String(i).padStart(10, '0')}`;
    return request(100 + i, op.create, createBody(path, value, createFlags.persistent));
  });
  expect(out.subarray(0, at)).toEqual(Buffer.concat(expected));
});

test('a mixed load is about nine gets to one set, and expects each one’s own reply', () => {
  const source = requestSource({ ...options, kind: 'mixed' });
  const out = Buffer.alloc(source.maxRequestBytes);
  const getReply = frame(int(1), long(1), int(0), bytes(Buffer.alloc(8)), Buffer.alloc(68)).length - 4;
  const setReply = frame(int(1), long(1), int(0), Buffer.alloc(68)).length - 4;
  let gets = 0;
  for (let i = 0; i < 10_000; i++) {
    source.write(out, 0, 1, i);
    const isGet = out.readInt32BE(8) === op.getData;
    if (isGet) gets += 1;
    expect(source.isReply(1, 0, isGet ? getReply : setReply)).toBe(true);
    expect(source.isReply(1, 0, isGet ? setReply : getReply)).toBe(false);
    expect(source.isReply(1, -101, 16)).toBe(true);
  }
  expect(gets / 10_000).toBeCloseTo(0.9, 1);
});
