import {
  type AclList,
  CreateMode,
  ErrorCode,
  type Identities,
  OpCode,
  Reader,
  readWrite,
  Writer,
  writeCreateRequest,
  writeSetAclRequest,
} from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { Oracle, type SessionLife } from '../../../sim/oracle/oracle.ts';
import { emptyCommandHeader, encodeCommand } from '../../../src/model/command.ts';
import { encodeIdentities } from '../../../src/model/identity-record.ts';
import { asSessionId, asZxid, NO_SESSION } from '../../../src/model/ids.ts';
import type { Applied } from '../../../src/replica/applied.ts';

const COUNTS = 'a request counts if it came over the last attachment of a session that lives';
const VOID = 'an expiry is void after a new attachment, and only then';
const FOUND = 'a session is found again as long as it lives, and not after';
const WHOLE = 'nothing is left out of the log';
const FORBIDDEN = 'nobody does what a list forbids';
const ALLOWED = 'nobody is refused what a list allows';

let oracle: Oracle;
let broken: string[];
let expired: SessionLife[];
let index: number;

beforeEach(() => {
  broken = [];
  expired = [];
  index = 100;
  oracle = new Oracle({
    report: (rule) => broken.push(rule),
    expired: (life) => expired.push(life),
  });
});

/** The next entry: what it asks for, and what a member says that it came to. */
function entry(
  op: number,
  {
    session = 0,
    attachIndex = 0,
    body = new Writer(),
    err = ErrorCode.ok as number,
    at = ++index,
    more = {},
  } = {},
): number {
  index = at;
  const header = { ...emptyCommandHeader(), op, session: asSessionId(session), attachIndex };
  const result: Applied = {
    op,
    origin: 1,
    requestNumber: 1,
    zxid: asZxid(index),
    err: err as Applied['err'],
    outcome: undefined,
    changes: undefined,
    excess: undefined,
    unseenSteps: 0,
    session: NO_SESSION,
    attachIndex: 0,
    timeoutMs: 4_000,
    identities: [],
    isRestored: false,
    ...more,
  };
  oracle.applied(index, 1, encodeCommand(header, body.view()), result, index);
  return index;
}

function int(value: number): Writer {
  const body = new Writer();
  body.writeInt(value);
  return body;
}

function long(value: number): Writer {
  const body = new Writer();
  body.writeLong(value);
  return body;
}

const begin = (): number => entry(OpCode.createSession, { body: int(4_000) });

/** The record of a request: what stands behind the frame's length and the header. */
function record(frame: Writer): Writer {
  const body = new Writer();
  body.writeRaw(frame.view().slice(12), 0, frame.length - 12);
  return body;
}

function create(session: number, attachIndex: number, path: string, flags: number, acl: AclList = []): void {
  const frame = new Writer();
  writeCreateRequest(frame, 1, OpCode.create, { path, data: new Uint8Array(0), acl, flags });
  const body = record(frame);
  const write = readWrite(OpCode.create, new Reader().reset(body.view(), 0, body.length));
  if (write === undefined) throw new Error('the request cannot be read');
  const pathBytes = new TextEncoder().encode(path);
  const result = { op: OpCode.create, err: ErrorCode.ok, pathStart: 0, pathEnd: pathBytes.length };
  entry(OpCode.create, {
    session,
    attachIndex,
    body,
    more: { outcome: { err: ErrorCode.ok, results: [result], count: 1, pathBytes } },
  });
}

describe('requests', () => {
  test('over the last attachment count, others do not', () => {
    const session = begin();
    entry(OpCode.noop, { session, attachIndex: session });
    const moved = entry(OpCode.attachSession, { session });
    entry(OpCode.noop, { session, attachIndex: session, err: ErrorCode.sessionMoved });
    entry(OpCode.noop, { session, attachIndex: moved });
    expect(broken).toEqual([]);
    entry(OpCode.noop, { session, attachIndex: session });
    expect(broken).toEqual([COUNTS]);
    entry(OpCode.noop, { session, attachIndex: moved, err: ErrorCode.sessionMoved });
    expect(broken).toEqual([COUNTS, COUNTS]);
  });

  test('of a session that has ended do not count', () => {
    const session = begin();
    entry(OpCode.closeSession, { session, attachIndex: session });
    entry(OpCode.noop, { session, attachIndex: session, err: ErrorCode.sessionExpired });
    expect(broken).toEqual([]);
    entry(OpCode.noop, { session, attachIndex: session });
    expect(broken).toEqual([COUNTS]);
  });
});

describe('sessions from before a forced recovery', () => {
  test('are never found again, count for nothing, and stay until they are ended', () => {
    const former = begin();
    oracle.passed(++index, true);
    const later = begin();
    entry(OpCode.attachSession, { session: former, err: ErrorCode.sessionExpired });
    entry(OpCode.noop, { session: former, attachIndex: former, err: ErrorCode.sessionExpired });
    entry(OpCode.noop, { session: later, attachIndex: later });
    expect([oracle.liveSessions, oracle.formerSessions]).toEqual([2, 1]);
    entry(OpCode.expireSession, { session: former, body: long(former) });
    expect([broken, oracle.formerSessions, expired.length]).toEqual([[], 0, 1]);
  });

  test('that go on break the rules', () => {
    const former = begin();
    oracle.passed(++index, true);
    entry(OpCode.noop, { session: former, attachIndex: former });
    entry(OpCode.attachSession, { session: former });
    expect(broken).toEqual([COUNTS, FOUND]);
  });
});

describe('expiries', () => {
  test('are void once the session was attached anew', () => {
    const session = begin();
    entry(OpCode.attachSession, { session });
    entry(OpCode.expireSession, { session, body: long(session), err: ErrorCode.sessionMoved });
    expect([broken, expired]).toEqual([[], []]);
    entry(OpCode.expireSession, { session, body: long(session) });
    expect(broken).toEqual([VOID]);
  });

  test('that saw the last attachment count, and the session is not found again', () => {
    const session = begin();
    entry(OpCode.expireSession, { session, body: long(session) });
    expect(expired).toMatchObject([{ id: session, end: { by: 'expiry' } }]);
    entry(OpCode.attachSession, { session, err: ErrorCode.sessionExpired });
    expect(broken).toEqual([]);
    entry(OpCode.attachSession, { session });
    expect(broken).toEqual([FOUND]);
  });

  test('do not count though they should', () => {
    const session = begin();
    entry(OpCode.expireSession, { session, body: long(session), err: ErrorCode.sessionMoved });
    expect(broken).toEqual([VOID]);
  });
});

describe('nodes', () => {
  test('go with their session, and a census tells what there is after each entry', () => {
    const session = begin();
    create(session, session, '/stays', CreateMode.persistent);
    create(session, session, '/goes', CreateMode.ephemeral);
    const before = index;
    expect(oracle.tree.at('/goes', before)?.owner).toBe(session);
    entry(OpCode.closeSession, { session, attachIndex: session });
    expect(oracle.tree.now('/goes')).toBeUndefined();
    expect(oracle.tree.now('/stays')).toBeDefined();
    expect(oracle.censusAt(before)).toEqual({ sessions: 1, ephemerals: 1, nodes: 2 });
    expect(oracle.censusAt(index)).toEqual({ sessions: 0, ephemerals: 0, nodes: 1 });
    expect(broken).toEqual([]);
  });

  test('are created once', () => {
    const session = begin();
    create(session, session, '/a', CreateMode.persistent);
    create(session, session, '/a', CreateMode.persistent);
    expect(broken).toEqual(['a name is given once']);
  });

  test('that are numbered get growing numbers', () => {
    const session = begin();
    const named = (number: string): object => {
      const pathBytes = new TextEncoder().encode(`/q/n-${number}`);
      const result = { op: OpCode.create, err: ErrorCode.ok, pathStart: 0, pathEnd: pathBytes.length };
      return { outcome: { err: ErrorCode.ok, results: [result], count: 1, pathBytes } };
    };
    const frame = new Writer();
    const flags = CreateMode.persistentSequential;
    writeCreateRequest(frame, 1, OpCode.create, { path: '/q/n-', data: new Uint8Array(0), acl: [], flags });
    const body = record(frame);
    for (const number of ['0000000003', '0000000004']) {
      entry(OpCode.create, { session, attachIndex: session, body, more: named(number) });
    }
    expect(broken).toEqual([]);
    entry(OpCode.create, { session, attachIndex: session, body, more: named('0000000004') });
    expect(broken).toContain('numbers below one parent grow');
  });
});

test('an entry that no member applied is missed', () => {
  begin();
  entry(OpCode.checkpoint, { at: index + 2 });
  expect(broken).toEqual([WHOLE]);
});

describe('rights', () => {
  const ann = { scheme: 'digest', id: 'ann:x' };
  const anns: AclList = [{ perms: 31, ...ann }];

  function identify(session: number, attachIndex: number, identities: Identities): void {
    const body = new Writer();
    const bytes = encodeIdentities(identities);
    body.writeRaw(bytes, 0, bytes.length);
    entry(OpCode.setIdentities, { session, attachIndex, body });
  }

  function setAcl(session: number, attachIndex: number, path: string, err: number): void {
    const frame = new Writer();
    writeSetAclRequest(frame, 1, path, anns, -1);
    const outcome = { err, results: [{ op: OpCode.setAcl, err }], count: 1, pathBytes: new Uint8Array(0) };
    entry(OpCode.setAcl, { session, attachIndex, body: record(frame), err, more: { outcome } });
  }

  test('who has proved what a list asks for may, others may not', () => {
    const [one, two] = [begin(), begin()];
    identify(one, one, [ann]);
    create(one, one, '/a', CreateMode.persistent, anns);
    setAcl(one, one, '/a', ErrorCode.ok);
    setAcl(two, two, '/a', ErrorCode.noAuth);
    expect(broken).toEqual([]);
    setAcl(two, two, '/a', ErrorCode.ok);
    expect(broken).toEqual([FORBIDDEN]);
    setAcl(one, one, '/a', ErrorCode.noAuth);
    expect(broken).toEqual([FORBIDDEN, ALLOWED]);
  });

  test('what was proved ends with the attachment', () => {
    const session = begin();
    identify(session, session, [ann]);
    create(session, session, '/a', CreateMode.persistent, anns);
    const moved = entry(OpCode.attachSession, { session });
    setAcl(session, moved, '/a', ErrorCode.noAuth);
    expect(broken).toEqual([]);
    setAcl(session, moved, '/a', ErrorCode.ok);
    expect(broken).toEqual([FORBIDDEN]);
  });
});
