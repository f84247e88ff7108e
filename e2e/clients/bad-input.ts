import type { Random } from '../../testkit/src/random.ts';
import {
  bool,
  bytes,
  connectRequest,
  createBody,
  frame,
  int,
  long,
  noSession,
  op,
  openAcl,
  readBody,
  request,
  text,
} from '../../testkit/src/wire/requests.ts';

/**
 * What has to happen to a connection that sent it:
 * - `closed`: the member closes it.
 * - `refused`: the member closes it, or answers with one of the protocol's error codes.
 * - `answered`: the member closes it or answers, be it with success: whether these bytes make sense is chance.
 * - `nothing`: the message is not complete; the sender goes away in the middle of it.
 */
export type Expectation = 'closed' | 'refused' | 'answered' | 'nothing';

export interface BadInput {
  readonly kind: string;
  /** Whether a session is opened first. */
  readonly inSession: boolean;
  readonly bytes: Buffer;
  readonly expected: Expectation;
}

const MAX_FRAME_BYTES = 1_048_575;
const MAX_INT = 0x7fff_ffff;
const XID = 1;
const SESSION_TIMEOUT_MS = 4_000;

/** Paths that no server may create: not absolute, empty or dotted names, a slash at the end, characters that are not allowed. */
const BAD_PATHS = [
  '',
  'a',
  'a/b',
  '/a/',
  '//',
  '/a//b',
  '/.',
  '/..',
  '/a/./b',
  '/a/../b',
  '/\0',
  '/a\u0001b',
  '/\ud800x',
  '/\uffff',
];

/** None is the beginning of anything longer that would be legal. */
const BAD_UTF8 = [
  [0xff],
  [0xc3, 0x28],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0x80],
];

type Maker = (random: Random) => Omit<BadInput, 'kind'>;

function before(bytesToSend: Buffer, expected: Expectation): Omit<BadInput, 'kind'> {
  return { inSession: false, bytes: bytesToSend, expected };
}

function inSession(bytesToSend: Buffer, expected: Expectation): Omit<BadInput, 'kind'> {
  return { inSession: true, bytes: bytesToSend, expected };
}

function absurdLength(random: Random): number {
  return random.pick([
    MAX_INT,
    MAX_INT - random.between(0, 1_000),
    MAX_FRAME_BYTES * 4 + random.between(0, 100_000),
  ]);
}

function negative(random: Random): number {
  return random.pick([-2, -(2 ** 31), -random.between(2, MAX_INT)]);
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(random.bytes(length));
}

/** A whole frame whose record ends too early. */
function cutShort(random: Random, whole: Buffer, keepBytes: number): Buffer {
  const body = whole.subarray(4);
  return frame(body.subarray(0, random.between(keepBytes, body.length - 1)));
}

const makers: Readonly<Record<string, Maker>> = {
  'a web browser': () => before(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'closed'),
  'a TLS handshake': (random) =>
    before(Buffer.concat([Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), noise(random, 100)]), 'closed'),
  'random bytes': (random) => before(noise(random, random.between(1, 300)), 'nothing'),
  'no length': () => before(int(0), 'closed'),
  'a negative length': (random) =>
    before(Buffer.concat([int(negative(random)), noise(random, 20)]), 'closed'),
  'an absurd length': (random) =>
    before(Buffer.concat([int(absurdLength(random)), noise(random, 20)]), 'closed'),
  'half a connect request': (random) =>
    before(connectRequest(noSession, SESSION_TIMEOUT_MS).subarray(0, random.between(1, 44)), 'nothing'),
  'a connect request cut short': (random) =>
    before(cutShort(random, connectRequest(noSession, SESSION_TIMEOUT_MS), 0).subarray(0, 24), 'nothing'),
  'a connect request with an absurd password': (random) =>
    before(
      frame(int(0), long(0), int(SESSION_TIMEOUT_MS), long(0), int(absurdLength(random)), noise(random, 16)),
      'closed',
    ),
  'a connect request with a negative password': (random) =>
    before(
      frame(int(0), long(0), int(SESSION_TIMEOUT_MS), long(0), int(negative(random)), bool(false)),
      'closed',
    ),
  'a session that never was': (random) =>
    before(
      connectRequest({ id: noise(random, 8), password: noise(random, 16) }, SESSION_TIMEOUT_MS),
      'closed',
    ),

  'a random frame': (random) => inSession(frame(noise(random, random.between(8, 200))), 'answered'),
  'a frame too short for a header': (random) =>
    inSession(frame(noise(random, random.between(0, 7))), 'closed'),
  'an unknown operation': (random) =>
    inSession(request(XID, random.pick([23, 77, 999, -7, MAX_INT, -MAX_INT]), noise(random, 30)), 'refused'),
  'a known operation with a random body': (random) =>
    inSession(
      request(XID, random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15]), noise(random, random.between(0, 60))),
      'refused',
    ),
  'half a request': (random) => {
    const whole = request(XID, op.create, createBody('/bad', noise(random, 100), 0));
    return inSession(whole.subarray(0, random.between(1, whole.length - 1)), 'nothing');
  },
  'a request cut short': (random) =>
    inSession(
      cutShort(random, request(XID, op.create, createBody('/bad', noise(random, 20), 0)), 8),
      'refused',
    ),
  'a negative length in a session': (random) => inSession(int(negative(random)), 'closed'),
  'an absurd length in a session': (random) => inSession(int(absurdLength(random)), 'closed'),
  'a negative path length': (random) =>
    inSession(request(XID, op.getData, int(negative(random)), bool(false)), 'refused'),
  'an absurd path length': (random) =>
    inSession(request(XID, op.getData, int(absurdLength(random)), bool(false)), 'refused'),
  'no path': () => inSession(request(XID, op.getData, int(-1), bool(false)), 'refused'),
  'a negative data length': (random) =>
    inSession(request(XID, op.create, text('/bad'), int(negative(random)), openAcl(), int(0)), 'refused'),
  'a negative count of ACLs': (random) =>
    inSession(
      request(XID, op.create, text('/bad'), bytes(Buffer.alloc(1)), int(negative(random)), int(0)),
      'refused',
    ),
  'an absurd count of ACLs': (random) =>
    inSession(
      request(XID, op.create, text('/bad'), bytes(Buffer.alloc(1)), int(absurdLength(random)), int(0)),
      'refused',
    ),
  'no ACL': () =>
    inSession(request(XID, op.create, text('/bad'), bytes(Buffer.alloc(1)), int(0), int(0)), 'refused'),
  'unknown flags': (random) =>
    inSession(
      request(XID, op.create, createBody('/bad', Buffer.alloc(1), random.pick([-1, 7, 99, MAX_INT]))),
      'refused',
    ),
  'a bad path to create': (random) =>
    inSession(request(XID, op.create, createBody(random.pick(BAD_PATHS), Buffer.alloc(1), 0)), 'refused'),
  // The empty path is left out: Apache ZooKeeper reads it as the root.
  'a bad path to read': (random) =>
    inSession(request(XID, op.getData, readBody(random.pick(BAD_PATHS.slice(1)))), 'refused'),
  'a path of bad UTF-8': (random) => {
    const path = Buffer.concat([Buffer.from('/bad'), Buffer.from(random.pick(BAD_UTF8))]);
    const create = request(XID, op.create, bytes(path), bytes(Buffer.alloc(1)), openAcl(), int(0));
    return inSession(create, 'refused');
  },
  'a transaction of an unknown operation': (random) =>
    inSession(
      request(XID, op.multi, int(random.pick([77, -5, 11])), bool(false), int(-1), noise(random, 20)),
      'refused',
    ),
  'a transaction without an end': () =>
    inSession(request(XID, op.multi, int(op.check), bool(false), int(-1), text('/'), int(-1)), 'refused'),
  'a check outside of a transaction': () => inSession(request(XID, op.check, text('/'), int(-1)), 'refused'),
};

export const badInputKinds: readonly string[] = Object.keys(makers);

/**
 * Writes that cannot be decoded. One of them is enough to stop an ensemble of Apache ZooKeeper 3.9.5 for good: no member
 * answers a write or opens a session any more. So they are not thrown at it.
 */
export const stopZookeeper: readonly string[] = [
  'a known operation with a random body',
  'a request cut short',
  'a negative data length',
  'an absurd count of ACLs',
];

export function badInput(kind: string, random: Random): BadInput {
  const maker = makers[kind];
  if (maker === undefined) throw new Error(`no bad input is called ${kind}`);
  return { kind, ...maker(random) };
}
