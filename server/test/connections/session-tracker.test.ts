import { OpCode } from '@rookery/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { SessionTracker } from '../../src/connections/session-tracker.ts';
import { emptyCommandHeader, readCommandHeader } from '../../src/model/command.ts';
import { asSessionId } from '../../src/model/ids.ts';
import type { Applied } from '../../src/replica/applied.ts';
import { FrameSplitter } from '../../src/replica/peers/frame-splitter.ts';
import type { Links } from '../../src/replica/peers/links.ts';
import { Outbox } from '../../src/replica/peers/outbox.ts';
import { peerFormat } from '../../src/replica/peers/peer-format.ts';
import { PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import type { Replica } from '../../src/replica/replica.ts';
import { SessionTable } from '../../src/session/table.ts';

const TIMEOUT_MS = 4_000;
/** Expiries in one review. */
const MOST = 50;
/** As often as a member looks. */
const REVIEW_MS = 100;

let nowMs: number;
let sessions: SessionTable;
let touched: number[];
let decided: { session: number; op: number }[];
let outbox: Outbox;
let replica: { leading: boolean; leaderServerId: number | undefined; raft: { term: number } };
let tracker: SessionTracker;
let log: KeptLog;

beforeEach(() => {
  nowMs = 50_000;
  sessions = new SessionTable();
  touched = [];
  decided = [];
  outbox = new Outbox(1_000_000);
  replica = { leading: true, leaderServerId: undefined, raft: { term: 3 } };
  const decide = (command: Uint8Array): void => {
    const header = emptyCommandHeader();
    readCommandHeader(command, 0, header);
    decided.push({ session: header.session, op: header.op });
  };
  log = new KeptLog();
  tracker = new SessionTracker(
    { touchedSessions: () => touched.splice(0) },
    {
      isAttached: true,
      machine: { sessions },
      get replica() {
        return Object.assign(replica, { decide }) as unknown as Replica;
      },
    },
    { clock: { monotonicMs: () => nowMs, wallMs: () => 0 }, log, bounds: { reviewExpiries: MOST } },
  );
  for (const id of [1, 2]) sessions.create(asSessionId(id), TIMEOUT_MS, id);
});

const links = { outbox: (serverId: number) => (serverId === 7 ? outbox : undefined) } as unknown as Links;

/** Time passes, with a look every now and then; `each` is done before each look. */
function pass(ms: number, each: () => void = () => {}): void {
  for (const end = nowMs + ms; nowMs < end; ) {
    nowMs = Math.min(end, nowMs + REVIEW_MS);
    each();
    tracker.expireSessions(links);
  }
}

function expiredSessions(): number[] {
  return decided.filter(({ op }) => op === OpCode.expireSession).map(({ session }) => session);
}

/** As another member would tell it. */
function tellTouches(...ids: number[]): void {
  const writer = new Outbox(1_000_000);
  writer.u32(ids.length);
  for (const id of ids) writer.f64(id);
  tracker.receiveTouches(new FieldReader(writer.takeBytes(), peerFormat));
}

function applied(op: number, session: number): void {
  tracker.trackSession({ op, session: asSessionId(session), err: 0, timeoutMs: TIMEOUT_MS } as Applied);
}

describe('a session that somebody wants to end', () => {
  test('is ended though its client is heard of, and nobody is told that it fell silent', () => {
    tracker.expireSessions(links);
    expect([tracker.remainingOf(asSessionId(1)), tracker.remainingOf(asSessionId(9))]).toEqual([
      TIMEOUT_MS,
      undefined,
    ]);
    tracker.end(sessions.get(asSessionId(1))!);
    expect(expiredSessions()).toEqual([1]);
    sessions.close(asSessionId(1));
    applied(OpCode.expireSession, 1);
    pass(1_000, () => touched.push(2));
    expect(tracker.remainingOf(asSessionId(1))).toBeUndefined();
    expect(log.lines).toEqual([]);
    sessions.close(asSessionId(2));
    applied(OpCode.expireSession, 2);
    pass(200);
    expect(log.lines.map(({ message }) => message)).toEqual(['session expired: its client fell silent']);
  });
});

describe('a leader', () => {
  test('ends the sessions that were silent for their timeout, and not those that were heard of here or elsewhere', () => {
    tracker.expireSessions(links);
    pass(TIMEOUT_MS - 500, () => touched.push(1));
    expect(expiredSessions()).toEqual([]);
    pass(1_000, () => touched.push(1));
    expect(expiredSessions()).toEqual([2]);
    pass(3 * TIMEOUT_MS, () => tellTouches(1));
    expect(expiredSessions()).not.toContain(1);
  });

  test('asks again where an expiry did not come about, once in a timeout', () => {
    tracker.expireSessions(links);
    pass(3 * TIMEOUT_MS + 500);
    expect(expiredSessions().filter((id) => id === 2)).toHaveLength(3);
  });

  test('forgets sessions that ended, and watches over those that begin', () => {
    tracker.expireSessions(links);
    sessions.close(asSessionId(1));
    applied(OpCode.closeSession, 1);
    pass(TIMEOUT_MS / 2);
    sessions.create(asSessionId(9), TIMEOUT_MS, 9);
    applied(OpCode.createSession, 9);
    pass(TIMEOUT_MS - 500);
    expect(expiredSessions()).toEqual([2]);
    pass(1_000);
    expect(expiredSessions()).toContain(9);
    expect(expiredSessions()).not.toContain(1);
  });

  test('gives a session that attaches its whole timeout again', () => {
    tracker.expireSessions(links);
    pass(TIMEOUT_MS - 500);
    sessions.attach(asSessionId(1), 77);
    applied(OpCode.attachSession, 1);
    pass(TIMEOUT_MS - 500);
    expect(expiredSessions()).toEqual([2]);
  });

  test('that is new gives every session its whole timeout: it knows nothing of the silence before', () => {
    tracker.expireSessions(links);
    pass(TIMEOUT_MS - 500);
    replica.raft.term = 4;
    pass(TIMEOUT_MS - 500);
    expect(expiredSessions()).toEqual([]);
    pass(1_000);
    expect(expiredSessions().sort()).toEqual([1, 2]);
  });

  test('that stood still takes the stall off every silence: nobody could be heard', () => {
    tracker.expireSessions(links);
    pass(TIMEOUT_MS - 500);
    nowMs += 60_000;
    tracker.expireSessions(links);
    expect(expiredSessions()).toEqual([]);
    pass(300);
    expect(expiredSessions()).toEqual([]);
    pass(700);
    expect(expiredSessions().sort()).toEqual([1, 2]);
  });

  test('that stood still for less than the timeout by far reads what came meanwhile before it ends anybody', () => {
    for (const stallMs of [150, 300, 450]) {
      tracker.expireSessions(links);
      tellTouches(1, 2);
      pass(TIMEOUT_MS - 100);
      // Sent before the timeout was over, and still unread when the look comes that is late.
      nowMs += stallMs;
      tracker.expireSessions(links);
      expect(expiredSessions(), `a stall of ${stallMs} ms`).toEqual([]);
      tellTouches(1, 2);
      pass(TIMEOUT_MS / 2);
      expect(expiredSessions(), `a stall of ${stallMs} ms`).toEqual([]);
    }
  });

  test('tells of sessions that expire together in one line, with their number', () => {
    tracker.expireSessions(links);
    for (let id = 1; id <= 2_282; id++) applied(OpCode.expireSession, id);
    tracker.expireSessions(links);
    expect(log.of('info')).toEqual([
      expect.objectContaining({
        message: 'sessions expired: their clients fell silent',
        fields: { count: 2_282, first: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
      }),
    ]);
    applied(OpCode.expireSession, 7);
    tracker.expireSessions(links);
    expect(log.of('info', 'session expired: its client fell silent')[0]!.fields).toEqual({ session: 7 });
  });

  test('ends those from before a forced recovery at once, also where it led before it had applied that, and says why', () => {
    tracker.expireSessions(links);
    pass(1_000);
    expect(expiredSessions()).toEqual([]);
    sessions.recovered(asSessionId(2 ** 40));
    sessions.create(asSessionId(2 ** 40), TIMEOUT_MS, 9);
    applied(OpCode.createSession, 2 ** 40);
    pass(500, () => tellTouches(1, 2));
    expect(expiredSessions()).toEqual([1, 2]);
    for (const id of [1, 2]) sessions.expire(asSessionId(id), id);
    for (const id of [1, 2]) applied(OpCode.expireSession, id);
    pass(1_000);
    expect(expiredSessions()).toEqual([1, 2]);
    expect(log.of('info', 'sessions expired: they are from before the forced recovery')).toHaveLength(1);
    pass(TIMEOUT_MS);
    expect(expiredSessions()).toEqual([1, 2, 2 ** 40]);
  });

  test('that leads no more ends nobody', () => {
    tracker.expireSessions(links);
    replica.leading = false;
    pass(10 * TIMEOUT_MS);
    tellTouches(1, 2);
    expect(decided).toEqual([]);
  });
});

describe('a follower', () => {
  test('tells its leader whom it heard of since the last look, in one frame', () => {
    Object.assign(replica, { leading: false, leaderServerId: 7 });
    touched.push(2, 1, 2 ** 50);
    tracker.expireSessions(links);
    const bytes = outbox.takeBytes();
    expect(bytes[4]).toBe(PeerFrame.touch);
    const reader = new FieldReader(bytes.subarray(5), peerFormat);
    expect([reader.u32(), reader.f64(), reader.f64(), reader.f64(), reader.remaining]).toEqual([
      3,
      2,
      1,
      2 ** 50,
      0,
    ]);
    tracker.expireSessions(links);
    expect(outbox.length).toBe(0);
  });

  test('tells it of any number of sessions, in frames that members take', () => {
    Object.assign(replica, { leading: false, leaderServerId: 7 });
    const all = Array.from({ length: 150_000 }, (_, i) => i + 1);
    touched = [...all];
    tracker.expireSessions(links);
    const told: number[] = [];
    new FrameSplitter(200_000).push(outbox.takeBytes(), (frame) => {
      const reader = new FieldReader(frame.subarray(1), peerFormat);
      for (let left = reader.u32(); left > 0; left--) told.push(reader.f64());
      expect(reader.remaining).toBe(0);
    });
    expect(told).toEqual(all);
  });

  test('without a leader tells nobody', () => {
    Object.assign(replica, { leading: false, leaderServerId: undefined });
    touched.push(1);
    tracker.expireSessions(links);
    expect(outbox.length).toBe(0);
  });
});
