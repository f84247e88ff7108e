import { beforeEach, describe, expect, test } from 'vitest';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { LeaderSpace } from '../../../src/replica/leader/leader-space.ts';
import type { Links } from '../../../src/replica/peers/links.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { peerFormat } from '../../../src/replica/peers/peer-format.ts';
import { type Hello, PeerFrame } from '../../../src/replica/peers/peer-frames.ts';
import type { Replica } from '../../../src/replica/replica.ts';
import { Room } from '../../../src/storage/free-space-monitor.ts';
import { helloOf } from '../hellos.ts';

let hellos: Map<number, Hello>;
let outboxes: Map<number, Outbox>;
let space: LeaderSpace;

beforeEach(() => {
  hellos = new Map([2, 3].map((serverId) => [serverId, helloOf(serverId, { running: true })]));
  outboxes = new Map([2, 3].map((serverId) => [serverId, new Outbox(1_000_000)]));
  space = new LeaderSpace();
});

/** What a look at the leader of `term` (0: a follower's) makes it say, as "server id term low". */
function said(term: number, isLow: boolean): string[] {
  return saidOf(term, isLow ? Room.exhausted : Room.ample);
}

function saidOf(term: number, room: Room): string[] {
  const links = {
    hellos: () => hellos,
    outbox: (serverId: number) => outboxes.get(serverId),
  } as unknown as Links;
  space.announce({ leading: term !== 0, raft: { term } } as unknown as Replica, room, links);
  return [...outboxes].flatMap(([serverId, outbox]) => {
    const bytes = outbox.takeBytes();
    if (bytes.length === 0) return [];
    const reader = new FieldReader(bytes, peerFormat);
    expect([reader.u32(), reader.u8()]).toEqual([bytes.length - 4, PeerFrame.space]);
    return [`${serverId} ${reader.f64()} ${reader.u8()}`];
  });
}

function hear(serverId: number, term: number, isLow: boolean): void {
  hearWord(serverId, term, isLow ? 1 : 0);
}

function hearWord(serverId: number, term: number, word: number): void {
  const writer = new Outbox(1_000_000);
  writer.f64(term);
  writer.u8(word);
  space.receive(serverId, new FieldReader(writer.takeBytes(), peerFormat));
}

const isLowIn = (term: number): boolean => space.roomIn(term) !== Room.ample;

describe('a leader', () => {
  test('says once to each that its disk is nearly full, and once that it is not any more', () => {
    expect(said(7, false)).toEqual([]);
    expect(said(7, true)).toEqual(['2 7 1', '3 7 1']);
    expect(said(7, true)).toEqual([]);
    expect(said(7, false)).toEqual(['2 7 0', '3 7 0']);
    expect(said(7, false)).toEqual([]);
  });

  test('says how short of room it is, and again where that changes', () => {
    expect(saidOf(7, Room.low)).toEqual([]);
    expect(saidOf(7, Room.scarce)).toEqual(['2 7 2', '3 7 2']);
    expect(saidOf(7, Room.exhausted)).toEqual(['2 7 1', '3 7 1']);
    expect(saidOf(7, Room.scarce)).toEqual(['2 7 2', '3 7 2']);
    expect(saidOf(7, Room.low)).toEqual(['2 7 0', '3 7 0']);
    for (const [word, room] of [
      [1, Room.exhausted],
      [2, Room.scarce],
      [0, Room.ample],
    ] as const) {
      hearWord(2, 7, word);
      expect(space.roomIn(7)).toBe(room);
    }
  });

  test('says it again on a new link, and in a new term', () => {
    said(7, true);
    space.parted(3);
    expect(said(7, true)).toEqual(['3 7 1']);
    expect(said(9, true)).toEqual(['2 9 1', '3 9 1']);
    said(0, true);
    expect(said(11, true)).toEqual(['2 11 1', '3 11 1']);
  });

  test('waits for a member that is still starting, which would not take it in', () => {
    hellos.set(3, helloOf(3, { running: false }));
    expect(said(7, true)).toEqual(['2 7 1']);
    hellos.set(3, helloOf(3, { running: true }));
    expect(said(7, true)).toEqual(['3 7 1']);
  });
});

describe('who does not lead', () => {
  test('says nothing of its own disk', () => {
    expect(said(0, true)).toEqual([]);
  });

  test('believes the leader, until it says that there is room', () => {
    for (const term of [0, 6, 7]) expect(isLowIn(term)).toBe(false);
    hear(2, 7, true);
    expect(isLowIn(7)).toBe(true);
    hear(2, 7, false);
    expect(isLowIn(7)).toBe(false);
  });

  test('holds it against no leader of another term', () => {
    hear(2, 7, true);
    expect([6, 8].map((term) => isLowIn(term))).toEqual([false, false]);
  });

  test('does not listen to a former leader', () => {
    hear(2, 7, true);
    hear(3, 6, false);
    expect(isLowIn(7)).toBe(true);
    hear(3, 6, true);
    expect(isLowIn(7)).toBe(true);
  });

  test('knows nothing after the link with the leader broke: on the next one it is told again', () => {
    hear(2, 7, true);
    space.parted(3);
    expect(isLowIn(7)).toBe(true);
    space.parted(2);
    expect(isLowIn(7)).toBe(false);
  });
});
