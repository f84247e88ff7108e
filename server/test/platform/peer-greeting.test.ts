import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { systemClock } from '../../src/platform/machine.ts';
import { linksOf, PeerPorts, type RunningTransport } from './peer-ports.ts';
import { hello, preamble } from './preamble.ts';

let ports: PeerPorts;
/** Server id 2: dials server id 1, is dialled by server id 3. */
let two: RunningTransport;

beforeEach(async () => {
  ports = new PeerPorts();
  two = await ports.begin();
});

afterEach(() => ports.end());

/** A hello with another version, and behind it what members of that version may say. */
function helloOfVersion(serverId: number, version: number): Buffer {
  const bytes = hello(serverId);
  bytes.writeUInt32BE(version, 5);
  return Buffer.concat([bytes, Buffer.from('and what nobody here can read')]);
}

describe('what poses as a member', () => {
  const wrongs: readonly (readonly [string, Buffer, RegExp])[] = [
    ['garbage', Buffer.alloc(30, 0xfe), /frame of kind 254 before a hello/],
    ['the hello of somebody else', hello(1), /member 1 said hello; expected member 3/],
    ['a hello cut short', Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 1]), /ends after/],
    ['a hello of four gigabytes', Buffer.from([255, 255, 255, 255, 1]), /a hello of 4294967295 bytes/],
    ['a hello of no length', Buffer.from([0, 0, 0, 0, 1]), /a hello of 0 bytes/],
    ['another version', helloOfVersion(3, 9), /peer protocol version 9/],
  ];

  test.each(wrongs)('by %s takes nobody from the link that stands', async (_what, bytes, reason) => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    const stranger = await ports.raw();
    stranger.write(Buffer.concat([preamble(3, 2), bytes]));
    await stranger.closed();
    two.transport.send(3, Buffer.from('still here'));
    await three.events.untilBytes(2, 10);
    expect(two.events.seen).toEqual(['up 3']);
    const said = two.log.lines.filter(({ fields }) => reason.test(String(fields.reason)));
    expect(said.map(({ fields }) => fields)).toMatchObject([{ serverId: 3, address: '127.0.0.1' }]);
  });

  test('and says nothing more takes nobody from the link that stands, nor time from its member', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    const silent = await ports.raw();
    silent.write(Buffer.concat([preamble(3, 2), hello(3).subarray(0, 20)]));
    await silent.bytes(20);
    two.transport.disconnect(3);
    await Promise.all([two.events.until('up 3', 2), three.events.until('up 2', 2)]);
    await silent.closed();
    expect(two.events.seen).toEqual(['up 3', 'down 3', 'up 3']);
  });

  test('is complained of once, however often it tries', async () => {
    for (let i = 0; i < 20; i++) {
      const peer = await ports.raw();
      peer.write(Buffer.concat([preamble(3, 2), i % 2 === 0 ? helloOfVersion(3, 9) : Buffer.alloc(30)]));
      await peer.closed();
    }
    expect(two.log.lines.filter(({ fields }) => fields.serverId === 3)).toHaveLength(2);
    expect(two.events.seen).toEqual([]);
  });
});

describe('a member of another version that dials', () => {
  test('hears which version is spoken here, and the log says who has to be upgraded', async () => {
    const newer = await ports.raw();
    newer.write(Buffer.concat([preamble(3, 2), helloOfVersion(3, 2)]));
    await newer.closed();
    expect(newer.received.subarray(20)).toEqual(
      // [u32 length][u8 hello][u32 version][f64 server id]
      Buffer.from([0, 0, 0, 13, 1, 0, 0, 0, 1, 0x40, 0, 0, 0, 0, 0, 0, 0]),
    );
    expect(two.log.of('warn', 'another version').map(({ fields }) => fields)).toEqual([
      {
        serverId: 3,
        address: '127.0.0.1',
        theirs: 2,
        ours: 1,
        reason: 'member 3 speaks peer protocol version 2 and this member version 1: upgrade this member',
      },
    ]);
  });

  test('of the preamble, too', async () => {
    const newer = await ports.raw();
    newer.write(preamble(3, 2, 7));
    await newer.closed();
    expect(newer.received.equals(preamble(2, 3))).toBe(true);
    expect(two.events.seen).toEqual([]);
    expect(two.log.of('warn', 'another version').map(({ fields }) => fields.reason)).toEqual([
      'member 3 speaks link preamble version 7 and this member version 1: upgrade this member',
    ]);
  });
});

describe('a member of another version that is dialled', () => {
  /** How long after one another it was dialled, in milliseconds, while `answer` came from there. */
  async function dialledAfterMs(answer: Buffer, times: number): Promise<number[]> {
    const atMs: number[] = [];
    let enough: () => void;
    const done = new Promise<void>((resolve) => {
      enough = resolve;
    });
    await ports.listenAsOne((socket) => {
      socket.bytes(20).then(
        (bytes) => {
          if (!bytes.equals(preamble(2, 1))) return;
          atMs.push(systemClock.monotonicMs());
          if (atMs.length >= times) enough();
          socket.write(answer);
        },
        () => {},
      );
    });
    await done;
    return atMs.slice(1).map((at, i) => at - atMs[i]!);
  }

  test('by its preamble is dialled less and less often, and named once', async () => {
    const gapsMs = await dialledAfterMs(preamble(1, 2, 2), 7);
    expect(gapsMs.at(-1)).toBeGreaterThan(600);
    expect(
      two.log.lines.map(({ fields }) => fields.reason).filter((reason) => /version/.test(`${reason}`)),
    ).toEqual(['member 1 speaks link preamble version 2 and this member version 1: upgrade this member']);
    expect(two.events.seen).toEqual([]);
  });

  test('by its hello is dialled less and less often, and named once, with its address', async () => {
    const log = new KeptLog();
    const links = linksOf(two.transport, log);
    two.events.member = links;
    const three = await ports.start(3);
    const gapsMs = await dialledAfterMs(Buffer.concat([preamble(1, 2), helloOfVersion(1, 0)]), 7);
    expect(gapsMs.at(-1)).toBeGreaterThan(600);
    expect(log.lines).toEqual([
      {
        level: 'error',
        message:
          'a member of another version of the protocol: no link with it until the older one is upgraded',
        fields: {
          serverId: 1,
          address: '127.0.0.1',
          theirs: 0,
          ours: 1,
          reason: 'member 1 speaks peer protocol version 0 and this member version 1: upgrade member 1',
        },
      },
    ]);
    await three.events.until('up 2');
    expect(two.events.seen.filter((seen) => seen.endsWith('3'))).toEqual(['up 3']);
    expect(links.isUp(3)).toBe(true);
    expect(links.isUp(1)).toBe(false);
  });
});
