import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { PeerTransport } from '../../src/platform/peer-transport.ts';
import { beginFrame, endFrame, PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import { LinkEvents } from './link-events.ts';
import { linksOf, openPeers, PeerPorts, type RunningTransport } from './peer-ports.ts';
import { greeting, hello, preamble } from './preamble.ts';
import { RawSocket } from './raw-socket.ts';

let ports: PeerPorts;
/** Server id 2: dials server id 1, is dialled by server id 3. */
let two: RunningTransport;

beforeEach(async () => {
  ports = new PeerPorts();
  two = await ports.begin();
});

afterEach(() => ports.end());

describe('two members', () => {
  test('link, whoever starts first, and carry bytes both ways in order', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    const sent = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7));
    for (let at = 0; at < sent.length; at += 100_000) {
      two.transport.send(3, sent.subarray(at, at + 100_000));
      three.transport.send(2, sent.subarray(at, at + 100_000));
    }
    expect((await three.events.untilBytes(2, sent.length)).equals(sent)).toBe(true);
    expect((await two.events.untilBytes(3, sent.length)).equals(sent)).toBe(true);
  });

  test('link again after one of them broke the link', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    two.transport.disconnect(3);
    await Promise.all([two.events.until('up 3', 2), three.events.until('up 2', 2)]);
    expect(two.events.seen.filter((seen) => seen.endsWith('3'))).toEqual(['up 3', 'down 3', 'up 3']);
    expect(three.events.seen.filter((seen) => seen.endsWith('2'))).toEqual(['up 2', 'down 2', 'up 2']);
  });

  test('link again after one of them stopped and came back', async () => {
    const three = await ports.start(3);
    await two.events.until('up 3');
    await three.transport.stop();
    await two.events.until('down 3');
    await ports.start(3);
    await two.events.until('up 3', 2);
  });
});

describe('the listening side', () => {
  test('takes a member that says who it is and whom it means, in however many pieces', async () => {
    const peer = await ports.raw();
    for (const byte of preamble(3, 2)) peer.write(Uint8Array.of(byte));
    expect((await peer.bytes(20)).equals(preamble(2, 3))).toBe(true);
    for (const byte of hello(3)) peer.write(Uint8Array.of(byte));
    await two.events.until('up 3');
    peer.write(Buffer.from('frames'));
    expect((await two.events.untilBytes(3, 6)).toString()).toBe('frames');
  });

  test('keeps what came together with preamble and hello', async () => {
    const peer = await ports.raw();
    peer.write(Buffer.concat([greeting(3, 2), Buffer.from('at once')]));
    expect((await two.events.untilBytes(3, 7)).toString()).toBe('at once');
    expect(two.events.seen).toEqual(['up 3']);
  });

  test.each([
    ['another magic', preamble(3, 2, 1, 'GET / HT')],
    ['another member as the one meant', preamble(3, 1)],
    ['a client of ZooKeeper', Buffer.concat([Uint8Array.of(0, 0, 0, 45), Buffer.alloc(45)])],
    ['a server id that nobody knows', preamble(9, 2)],
    ['the server id of one that is dialled, not listened for', preamble(1, 2)],
    ['its own server id', preamble(2, 2)],
  ])('closes at once what begins with %s', async (_what, bytes) => {
    const peer = await ports.raw();
    peer.write(bytes);
    await peer.closed();
    expect(peer.receivedBytes).toBe(0);
    expect(two.events.seen).toEqual([]);
    expect(two.log.of('warn').length).toBeGreaterThan(0);
  });

  test('logs a stranger once, not each time that it tries', async () => {
    for (let i = 0; i < 30; i++) {
      const peer = await ports.raw();
      peer.write(i % 2 === 0 ? preamble(9, 2) : preamble(3, 7));
      await peer.closed();
    }
    expect(two.log.of('warn', 'unknown server id')).toHaveLength(1);
    expect(two.log.of('warn', 'is not from a member')).toHaveLength(1);
  });

  test('closes what says half of who it is and then nothing', async () => {
    const peer = await ports.raw();
    peer.write(preamble(3, 2).subarray(0, 10));
    await peer.closed();
    expect(two.events.seen).toEqual([]);
  });

  test('lets a member that dials again take the place of its half-open link', async () => {
    const old = await ports.raw();
    old.write(greeting(3, 2));
    await two.events.until('up 3');
    const young = await ports.raw();
    young.write(greeting(3, 2));
    await two.events.until('up 3', 2);
    expect(two.events.seen).toEqual(['up 3', 'down 3', 'up 3']);
    await old.closed();
    two.transport.send(3, Buffer.from('to the new one'));
    const before = 20 + hello(2).length;
    expect((await young.bytes(before + 14)).subarray(before).toString()).toBe('to the new one');
    young.close();
    await two.events.until('down 3', 2);
    expect(two.events.seen).toEqual(['up 3', 'down 3', 'up 3', 'down 3']);
  });
});

describe('the dialling side', () => {
  test('says once that nobody is there, not at every attempt', async () => {
    let attempts = 0;
    await ports.listenAsOne((socket) => {
      attempts++;
      if (attempts < 4) socket.close();
      else
        socket.bytes(20).then(
          () => socket.write(preamble(1, 2)),
          () => {},
        );
    });
    await two.events.until('up 1');
    const reasons = two.log.of('warn', 'cannot reach').map(({ fields }) => fields.reason);
    expect(new Set(reasons).size).toBe(reasons.length);
  });

  test('says whom it means, and links with the one who answers as that', async () => {
    await ports.listenAsOne((socket) => {
      socket.bytes(20).then(
        (bytes) => {
          if (bytes.equals(preamble(2, 1)))
            socket.write(Buffer.concat([preamble(1, 2), Buffer.from('rest')]));
        },
        () => {},
      );
    });
    expect((await two.events.untilBytes(1, 4)).toString()).toBe('rest');
    expect(two.events.seen).toEqual(['up 1']);
  });

  test('does not link with another process at that address, says so once, and tries on until it is the right one', async () => {
    let attempts = 0;
    await ports.listenAsOne((socket) => {
      attempts++;
      const answer = attempts < 4 ? 7 : 1;
      socket.bytes(20).then(
        () => socket.write(preamble(answer, 2)),
        () => {},
      );
    });
    await two.events.until('up 1');
    expect(attempts).toBe(4);
    const reasons = two.log.of('warn', 'cannot reach').map(({ fields }) => fields.reason);
    expect(
      reasons.filter((reason) => reason === 'member 7 answered there, member 1 was expected'),
    ).toHaveLength(1);
  });

  test('dials again when the link breaks, and each time anew', async () => {
    const peers: RawSocket[] = [];
    await ports.listenAsOne((socket) => {
      peers.push(socket);
      socket.bytes(20).then(
        () => socket.write(preamble(1, 2)),
        () => {},
      );
    });
    for (let round = 1; round <= 3; round++) {
      await two.events.until('up 1', round);
      peers.at(-1)!.close();
      await two.events.until('down 1', round);
    }
    expect(two.events.seen).toEqual(['up 1', 'down 1', 'up 1', 'down 1', 'up 1', 'down 1']);
  });
});

describe('the members that are wanted', () => {
  test('may come later and go again; who has gone is neither dialled nor let in', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    two.transport.connectTo([]);
    await Promise.all([two.events.until('down 3'), three.events.until('down 2')]);
    const peer = await ports.raw();
    peer.write(preamble(3, 2));
    await peer.closed();
    expect(two.events.seen).toEqual(['up 3', 'down 3']);
    two.transport.connectTo(ports.addressesBut(2));
    await Promise.all([two.events.until('up 3', 2), three.events.until('up 2', 2)]);
  });

  test('keep their links when they are named again', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    two.transport.connectTo(ports.addressesBut(2));
    two.transport.connectTo(ports.addressesBut(2));
    two.transport.send(3, Buffer.from('still here'));
    await three.events.untilBytes(2, 10);
    expect(two.events.seen).toEqual(['up 3']);
  });
});

describe('a member that stops reading', () => {
  test('has its link closed once too much waits for it, which the log says, and the memory is given back', async () => {
    const peer = await ports.raw();
    peer.write(greeting(3, 2));
    await two.events.until('up 3');
    peer.socket.pause();
    const log = new KeptLog();
    const links = linksOf(two.transport, log);
    links.up(3);
    let most = 0;
    for (let frames = 0; log.lines.length === 0; frames++) {
      expect(frames).toBeLessThan(1_000);
      const outbox = links.outbox(3)!;
      const start = beginFrame(outbox, PeerFrame.raft);
      outbox.raw(new Uint8Array(100_000));
      endFrame(outbox, start);
      links.flush();
      most = Math.max(most, two.transport.bufferedBytes(3));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBeGreaterThan(3_000_000);
    expect(most).toBeLessThanOrEqual(4_000_000);
    expect(log.of('warn', 'closing its link')[0]?.fields).toMatchObject({
      serverId: 3,
      linkBufferBytes: 4_000_000,
    });
    await two.events.until('down 3');
    expect(two.transport.bufferedBytes(3)).toBe(0);
  });
});

describe('the end', () => {
  test('of a transport closes its links and its port', async () => {
    const three = await ports.start(3);
    await Promise.all([two.events.until('up 3'), three.events.until('up 2')]);
    await two.transport.stop();
    await three.events.until('down 2');
    await expect(RawSocket.to(two.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is at the beginning where the port is taken', async () => {
    const address = { host: '127.0.0.1', port: two.port };
    const other = new PeerTransport({ ...openPeers, serverId: 3, address }, new KeptLog());
    await expect(other.start(new LinkEvents(3, () => other))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

test('bytes for a member whose link is down go nowhere, and nothing is said', () => {
  two.transport.send(3, Buffer.from('lost'));
  two.transport.disconnect(3);
  two.transport.send(77, Buffer.from('lost'));
  expect(two.events.seen).toEqual([]);
});
