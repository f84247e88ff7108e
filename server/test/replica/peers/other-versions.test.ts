import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { FIRST_LEVEL_ONLY } from '../../../src/model/feature-level.ts';
import { Links } from '../../../src/replica/peers/links.ts';
import { type Hello, ofNobody, PEER_VERSIONS, PeerFrame } from '../../../src/replica/peers/peer-frames.ts';
import { frameOf, greetingOf, helloOf } from '../hellos.ts';

let nowMs: number;
let disconnected: number[];
let greeted: Hello[];
let kinds: number[];
let log: KeptLog;
let links: Links;

beforeEach(() => {
  nowMs = 1_000_000;
  disconnected = [];
  greeted = [];
  kinds = [];
  log = new KeptLog();
  const transport = {
    send: () => {},
    bufferedBytes: () => 0,
    disconnect: (serverId: number) => {
      disconnected.push(serverId);
      links.down(serverId);
    },
    connectTo: () => {},
  };
  const clock = { monotonicMs: () => nowMs, wallMs: () => 0 };
  const bounds = { peerFrameBytes: 1_000_000, linkBufferBytes: 5_000, snapshotChunkBytes: 1_000 };
  links = new Links(
    { ...ofNobody(1, 100, FIRST_LEVEL_ONLY), started: true },
    { transport, clock, log, bounds },
    {
      greeted: (_serverId, hello) => greeted.push(hello),
      frame: (_serverId, _hello, kind) => kinds.push(kind),
      parted: () => {},
    },
  );
});

describe('what this version does not know', () => {
  test('is left out and counted where it is a kind of frame, and said once for each kind; the link stands', () => {
    links.up(2);
    links.received(2, greetingOf(helloOf(2)));
    for (let i = 0; i < 3; i++) links.received(2, frameOf(200, 1, 2, 3));
    links.received(2, frameOf(0));
    links.received(2, frameOf(PeerFrame.raft, 5));
    expect(kinds).toEqual([PeerFrame.raft]);
    expect(links.unknownFrames).toBe(4);
    expect(log.lines.map(({ level, fields }) => [level, fields.serverId, fields.kind])).toEqual([
      ['warn', 2, 200],
      ['warn', 2, 0],
    ]);
    nowMs += 60_000;
    links.received(2, frameOf(200));
    expect(log.lines.at(-1)?.fields).toMatchObject({ serverId: 2, kind: 200, suppressed: 2 });
    expect(disconnected).toEqual([]);
  });

  test('is left out where it stands behind the last field of a hello', () => {
    const bytes = greetingOf(helloOf(2, { raftId: 7 }));
    const longer = Uint8Array.from([...bytes, 1, 2, 3]);
    longer[3]! += 3;
    links.up(2);
    links.received(2, longer);
    expect(greeted).toEqual([helloOf(2, { raftId: 7 })]);
  });

  test('of another protocol version is looked at no further than its version and server id, whatever follows', () => {
    for (const [version, older] of [
      [0, 'member 2'],
      [2, 'this member'],
    ] as const) {
      const hello = greetingOf({ ...helloOf(2), version }).subarray(0, 17);
      hello[3] = 13;
      links.up(2, '10.0.0.2');
      links.received(2, hello);
      expect(log.lines.splice(0).map(({ fields }) => fields)).toEqual([
        {
          serverId: 2,
          address: '10.0.0.2',
          theirs: version,
          ours: PEER_VERSIONS.greatest,
          reason: `member 2 speaks peer protocol version ${version} and this member version 1: upgrade ${older}`,
        },
      ]);
      nowMs += 60_000;
    }
  });

  test('closes a link with one line a minute, however often it is dialled again', () => {
    for (let i = 0; i < 50; i++) {
      links.up(2);
      links.received(2, greetingOf({ ...helloOf(2), version: 9 }));
    }
    expect(disconnected).toHaveLength(50);
    expect(log.lines).toHaveLength(1);
    nowMs += 60_000;
    links.up(2);
    links.received(2, greetingOf({ ...helloOf(2), version: 9 }));
    expect(log.lines.map(({ fields }) => fields.suppressed)).toEqual([undefined, 49]);
  });
});
