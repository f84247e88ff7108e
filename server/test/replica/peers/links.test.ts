import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { FrameSplitter } from '../../../src/replica/peers/frame-splitter.ts';
import { Links } from '../../../src/replica/peers/links.ts';
import { peerFormat } from '../../../src/replica/peers/peer-format.ts';
import {
  beginFrame,
  endFrame,
  type Hello,
  ofNobody,
  PEER_VERSIONS,
  PeerFrame,
  readHello,
} from '../../../src/replica/peers/peer-frames.ts';
import { frameOf, greetingOf, helloOf } from '../hellos.ts';

const own = ofNobody(1, 100, { lowest: 2, highest: 3 });

const bounds = { peerFrameBytes: 1_000_000, linkBufferBytes: 5_000, snapshotChunkBytes: 1_000 };

/** What was sent over one link: kind and payload of each frame. */
interface Sent {
  readonly serverId: number;
  readonly kind: number;
  readonly payload: Uint8Array;
}

let nowMs: number;
let sent: Sent[];
let writes: number;
let disconnected: number[];
/** What the system has not taken yet, by server id. */
let bufferedBytes: Map<number, number>;
/** Why each of them was. */
let reasons: (string | undefined)[];
let greeted: Hello[];
let frames: { serverId: number; kind: number; first: number | undefined; raftId: number }[];
let parted: { serverId: number; raftId: number | undefined }[];
let log: KeptLog;
let links: Links;
/** What the next frame that arrives makes its receiver do. */
let onFrame: () => void;

beforeEach(() => {
  nowMs = 1_000_000;
  sent = [];
  writes = 0;
  disconnected = [];
  reasons = [];
  bufferedBytes = new Map();
  greeted = [];
  frames = [];
  parted = [];
  log = new KeptLog();
  onFrame = () => {};
  const transport = {
    send: (serverId: number, bytes: Uint8Array) => {
      writes++;
      new FrameSplitter(1_000_000).push(bytes, (frame) =>
        sent.push({ serverId, kind: frame[0]!, payload: frame.subarray(1) }),
      );
    },
    bufferedBytes: (serverId: number) => bufferedBytes.get(serverId) ?? 0,
    disconnect: (serverId: number, why?: 'refused') => {
      disconnected.push(serverId);
      reasons.push(why);
      links.down(serverId);
    },
    connectTo: () => {},
  };
  const clock = { monotonicMs: () => nowMs, wallMs: () => 0 };
  links = new Links(
    own,
    { transport, clock, log, bounds },
    {
      greeted: (_serverId, hello) => greeted.push(hello),
      frame: (serverId, hello, kind, reader) => {
        const first = reader.remaining > 0 ? reader.u8() : undefined;
        frames.push({ serverId, kind, first, raftId: hello.raftId });
        onFrame();
      },
      parted: (serverId, hello) => parted.push({ serverId, raftId: hello?.raftId }),
    },
  );
});

/** Hellos sent to a server id, oldest first. */
function hellosTo(serverId: number): Hello[] {
  return sent
    .filter((frame) => frame.serverId === serverId && frame.kind === PeerFrame.hello)
    .map((frame) => readHello(new FieldReader(frame.payload, peerFormat)));
}

function link(serverId: number, said: Partial<Hello> = {}): void {
  links.up(serverId);
  links.received(serverId, greetingOf({ ...helloOf(serverId), ...said }));
}

describe('a link that comes up', () => {
  test('carries a hello first, at once', () => {
    links.up(2);
    expect(hellosTo(2)).toEqual([{ ...own, version: PEER_VERSIONS.greatest, seen: new Map() }]);
    expect(links.isUp(2)).toBe(false);
  });

  test('counts as up once the other side has greeted', () => {
    link(2, { raftId: 7, clusterId: 'c' });
    expect(links.isUp(2)).toBe(true);
    expect(greeted).toEqual([{ ...helloOf(2), raftId: 7, clusterId: 'c' }]);
    expect([...links.hellos()]).toEqual([[2, greeted[0]]]);
  });

  test('takes the place of one that stood: that one has parted', () => {
    link(2, { raftId: 7 });
    links.up(2);
    expect(parted).toEqual([{ serverId: 2, raftId: 7 }]);
    expect(links.isUp(2)).toBe(false);
  });

  test('begins with a stream of its own: what the old one left half is forgotten', () => {
    link(2);
    links.received(2, frameOf(PeerFrame.raft, 1, 2, 3).subarray(0, 6));
    link(2);
    links.received(2, frameOf(PeerFrame.raft, 9));
    expect(frames).toEqual([{ serverId: 2, kind: PeerFrame.raft, first: 9, raftId: 0 }]);
  });
});

describe('who sees whom is told', () => {
  test('to everybody, whenever somebody greets first or parts', () => {
    link(2, { instance: 222 });
    link(3, { instance: 333 });
    expect(hellosTo(2).at(-1)?.seen).toEqual(
      new Map([
        [2, 222],
        [3, 333],
      ]),
    );
    links.down(3);
    expect(hellosTo(2).at(-1)?.seen).toEqual(new Map([[2, 222]]));
  });

  test('only until Raft runs: afterwards nobody asks', () => {
    link(2);
    links.announce({ started: true, raftId: 1, clusterId: 'c' });
    const before = hellosTo(2).length;
    expect(hellosTo(2).at(-1)).toMatchObject({ started: true, raftId: 1, clusterId: 'c' });
    link(3);
    links.down(3);
    expect(hellosTo(2)).toHaveLength(before);
  });
});

describe('frames', () => {
  test('reach the member with what their sender said of itself last', () => {
    link(2, { raftId: 4 });
    links.received(2, frameOf(PeerFrame.raft, 1));
    links.received(2, greetingOf({ ...helloOf(2), raftId: 9 }));
    links.received(2, frameOf(PeerFrame.forward, 2));
    expect(frames).toEqual([
      { serverId: 2, kind: PeerFrame.raft, first: 1, raftId: 4 },
      { serverId: 2, kind: PeerFrame.forward, first: 2, raftId: 9 },
    ]);
  });

  test('that came behind one that closed the link are not looked at', () => {
    link(2);
    onFrame = () => links.down(2);
    links.received(2, Uint8Array.from([...frameOf(PeerFrame.raft, 1), ...frameOf(PeerFrame.raft, 2)]));
    expect(frames.map((frame) => frame.first)).toEqual([1]);
  });

  test('of a link that is down are not looked at', () => {
    link(2);
    links.down(2);
    links.received(2, frameOf(PeerFrame.raft, 1));
    expect(frames).toEqual([]);
  });

  test('leave as one write for each link and flush', () => {
    link(2);
    link(3);
    writes = 0;
    for (const serverId of [2, 3, 2, 2]) {
      const outbox = links.outbox(serverId)!;
      endFrame(outbox, beginFrame(outbox, PeerFrame.touch));
    }
    links.flush();
    links.flush();
    expect(writes).toBe(2);
    expect(sent.filter((frame) => frame.kind === PeerFrame.touch).map((frame) => frame.serverId)).toEqual([
      2, 2, 2, 3,
    ]);
  });
});

describe('a peer that does not keep to the protocol', () => {
  const bad: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['a frame before the hello', frameOf(PeerFrame.raft, 1), /kind 4 before a hello/],
    ['another protocol version', greetingOf({ ...helloOf(2), version: 9 }), /protocol version 9/],
    ['the server id of somebody else', greetingOf(helloOf(3)), /member 3 .* expected member 2/],
    ['a hello cut short', frameOf(PeerFrame.hello, 0, 0), /ends after/],
    ['a frame of no length', new Uint8Array(4), /0 bytes/],
    ['four gigabytes', Uint8Array.of(255, 255, 255, 255), /4294967295 bytes/],
  ];

  test.each(bad)('%s: its link is closed, with the reason in the log', (_what, bytes, reason) => {
    links.up(2);
    links.received(2, bytes);
    expect(disconnected).toEqual([2]);
    expect(reasons).toEqual(['refused']);
    expect(links.isUp(2)).toBe(false);
    const [line] = log.of('error');
    expect(line?.fields).toMatchObject({ serverId: 2, reason: expect.stringMatching(reason) });
    expect(log.lines).toHaveLength(1);
  });

  test('leaves the other links alone', () => {
    link(3);
    links.up(2);
    links.received(2, frameOf(PeerFrame.raft, 1));
    expect(links.isUp(3)).toBe(true);
  });

  test('is not what a bug of our own looks like: that is thrown', () => {
    link(2);
    onFrame = () => {
      throw new TypeError('a bug');
    };
    expect(() => links.received(2, frameOf(PeerFrame.raft, 1))).toThrow('a bug');
    expect(disconnected).toEqual([]);
  });
});

describe('what waits to be sent', () => {
  /** Puts a frame of so many bytes, prefix included, on its way. */
  function say(serverId: number, bytes: number): void {
    const outbox = links.outbox(serverId)!;
    const start = beginFrame(outbox, PeerFrame.raft);
    outbox.raw(new Uint8Array(bytes - 5));
    endFrame(outbox, start);
    links.flush();
  }

  test('closes its link once it is more than the rules let be under way, and the log says how much', () => {
    link(2);
    bufferedBytes.set(2, 4_000);
    say(2, 1_000);
    expect(disconnected).toEqual([]);
    bufferedBytes.set(2, 5_000);
    writes = 0;
    say(2, 100);
    expect(disconnected).toEqual([2]);
    expect(writes).toBe(0);
    expect(log.of('warn', 'closing its link').map((line) => line.fields)).toEqual([
      { serverId: 2, waitingBytes: 5_100, linkBufferBytes: 5_000 },
    ]);
  });

  test('leaves the other links alone', () => {
    link(2);
    link(3);
    bufferedBytes.set(2, 6_000);
    say(2, 100);
    say(3, 100);
    expect(disconnected).toEqual([2]);
    expect(sent.filter((frame) => frame.kind === PeerFrame.raft).map((frame) => frame.serverId)).toEqual([3]);
  });

  test('is a backlog from the length of one piece of a snapshot on', () => {
    link(2);
    bufferedBytes.set(2, 999);
    expect(links.isBacklogged(2)).toBe(false);
    bufferedBytes.set(2, 1_000);
    expect(links.isBacklogged(2)).toBe(true);
    expect(links.isBacklogged(3)).toBe(false);
  });
});

describe('silence', () => {
  /** Ticks as a member does that does not stall, up to `ms`. */
  function tickAt(ms: number): void {
    const untilMs = 1_000_000 + ms;
    for (; nowMs < untilMs; nowMs = Math.min(untilMs, nowMs + 500)) {
      links.tick();
      links.flush();
    }
    links.tick();
    links.flush();
  }

  function keepAlives(): number {
    return sent.filter((frame) => frame.kind === PeerFrame.keepAlive).length;
  }

  test('of ours is broken by an empty frame a second', () => {
    link(2);
    tickAt(1_000);
    expect(keepAlives()).toBe(0);
    tickAt(1_001);
    expect(keepAlives()).toBe(1);
    tickAt(2_000);
    expect(keepAlives()).toBe(1);
    tickAt(2_002);
    expect(keepAlives()).toBe(2);
  });

  test('is none where something was sent', () => {
    link(2);
    nowMs += 900;
    const outbox = links.outbox(2)!;
    endFrame(outbox, beginFrame(outbox, PeerFrame.touch));
    links.flush();
    tickAt(1_800);
    expect(keepAlives()).toBe(0);
  });

  test('of theirs breaks the link after five seconds, and the log says so', () => {
    link(2);
    tickAt(5_000);
    expect(disconnected).toEqual([]);
    tickAt(5_001);
    expect(disconnected).toEqual([2]);
    expect(log.of('warn', 'silent')[0]?.fields).toEqual({ serverId: 2, silentMs: 5_001 });
  });

  test('is none where anything comes, be it a keep-alive or a part of a frame', () => {
    link(2);
    nowMs += 4_000;
    links.received(2, frameOf(PeerFrame.keepAlive));
    tickAt(8_000);
    links.received(2, frameOf(PeerFrame.raft, 1).subarray(0, 3));
    tickAt(12_999);
    expect(disconnected).toEqual([]);
    tickAt(13_001);
    expect(disconnected).toEqual([2]);
  });

  test('that this member slept through is not held against the others', () => {
    link(2);
    tickAt(1_000);
    nowMs = 1_020_000;
    links.tick();
    expect(disconnected).toEqual([]);
    tickAt(25_001);
    expect(disconnected).toEqual([2]);
  });

  test('of one that never greeted breaks its link all the same', () => {
    links.up(2);
    tickAt(5_001);
    expect(disconnected).toEqual([2]);
  });
});
