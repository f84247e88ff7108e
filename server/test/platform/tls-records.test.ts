import { once } from 'node:events';
import {
  type AddressInfo,
  connect as connectPlain,
  createServer as createProxy,
  type Server,
  type Socket,
} from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { Prng } from '../../sim/prng.ts';
import { TcpClientSocket } from '../../src/platform/tcp-client-socket.ts';

/** Of a record: type, version, length. */
const HEADER_BYTES = 5;
const APPLICATION_DATA = 23;
/** What a record holds beside what was written, by version: with AES-GCM. */
const OVERHEAD_BYTES = { 'TLSv1.2': 24, 'TLSv1.3': 17 } as const;
type Version = keyof typeof OVERHEAD_BYTES;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const closing: (() => unknown)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const close of closing.splice(0).reverse()) close();
});

const authority = await Authority.create();
const issued = await authority.issue({ subject: 'CN=member', ip: ['127.0.0.1'] });

function message(bytes: number): Buffer {
  const whole = Buffer.alloc(4 + bytes, 'x');
  whole.writeUInt32BE(bytes);
  return whole;
}

/** The reply to a ping (xid -2) with zxid 0. */
const marker = Buffer.from('00000010fffffffe000000000000000000000000', 'hex');

/** Without the markers. @param bytes whole messages */
function messagesOf(bytes: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    const one = bytes.subarray(at, at + 4 + bytes.readUInt32BE(at));
    if (!one.equals(marker)) kept.push(one);
  }
  return Buffer.concat(kept);
}

async function portOf(server: Server): Promise<number> {
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** So many turns of the loop are enough for whatever is under way on loopback. */
const MANY_TURNS = 100_000;

/** A connection over TLS, seen from the member, and all that its client receives. */
class Wire {
  readonly member: TcpClientSocket;
  /** As it was written. */
  received = Buffer.alloc(0);
  isEnded = false;
  /** Bytes of what was written that each record held, since they were last taken. */
  #records: number[] = [];
  #taken = 0;
  #encrypted = Buffer.alloc(0);
  readonly #overheadBytes: number;

  constructor(member: TLSSocket, version: Version) {
    this.member = new TcpClientSocket(member);
    this.#overheadBytes = OVERHEAD_BYTES[version];
  }

  static async open(version: Version): Promise<Wire> {
    const server = createServer({ cert: issued.certificate, key: issued.privateKey, noDelay: true });
    const port = await portOf(server);
    let tapped: (chunk: Buffer) => void = () => {};
    const proxy = createProxy((near: Socket) => {
      const far = connectPlain(port, '127.0.0.1');
      for (const socket of [near, far]) socket.on('error', () => {});
      near.pipe(far);
      far.on('data', (chunk: Buffer) => tapped(chunk));
      far.pipe(near);
    });
    const secured = once(server, 'secureConnection');
    const client = connect({
      port: await portOf(proxy),
      host: '127.0.0.1',
      ca: authority.certificate,
      minVersion: version,
      maxVersion: version,
    });
    closing.push(() => client.destroy());
    const [member] = (await secured) as [TLSSocket];
    const wire = new Wire(member, version);
    client.on('data', (chunk: Buffer) => {
      wire.received = Buffer.concat([wire.received, chunk]);
    });
    client.on('end', () => {
      wire.isEnded = true;
    });
    // Tickets are records, too.
    const first = message(1);
    wire.member.write(first);
    await wire.until(() => wire.received.length === first.length);
    tapped = (chunk) => wire.#tap(chunk);
    wire.received = Buffer.alloc(0);
    return wire;
  }

  /** Once the client has received `bytes` since this was last called: what each record held. */
  async records(bytes: number): Promise<readonly number[]> {
    const all = this.#taken + bytes;
    await this.until(() => this.received.length >= all);
    this.#taken = this.received.length;
    return this.#records.splice(0);
  }

  /** What the newest record held. */
  get newestRecord(): number {
    return this.#records.at(-1) ?? 0;
  }

  async until(done: () => boolean): Promise<void> {
    for (let turn = 0; !done() && turn < MANY_TURNS; turn++) await nextTurn();
  }

  #tap(chunk: Buffer): void {
    let rest = Buffer.concat([this.#encrypted, chunk]);
    while (rest.length >= HEADER_BYTES) {
      const length = rest.readUInt16BE(3);
      if (rest.length < HEADER_BYTES + length) break;
      if (rest[0] === APPLICATION_DATA) this.#records.push(length - this.#overheadBytes);
      rest = rest.subarray(HEADER_BYTES + length);
    }
    this.#encrypted = rest;
  }
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('by %s', (version) => {
  test('a message alone is a record', async () => {
    const wire = await Wire.open(version);
    const one = message(100);
    wire.member.write(one);
    expect(await wire.records(one.length)).toEqual([one.length]);
  });

  test.each([
    ['one write', (wire: Wire, all: readonly Buffer[]) => wire.member.write(Buffer.concat(all))],
    [
      'writes of one turn',
      (wire: Wire, all: readonly Buffer[]) => {
        for (const one of all) wire.member.write(Buffer.from(one));
      },
    ],
  ])('a marker follows several messages as a record: %s', async (_what, write) => {
    const wire = await Wire.open(version);
    const all = [message(20), message(300), message(40)];
    write(wire, all);
    const whole = Buffer.concat(all);
    const records = await wire.records(whole.length + marker.length);
    expect(records.at(-1)).toBe(marker.length);
    expect(wire.received.equals(Buffer.concat([whole, marker]))).toBe(true);
  });

  test('what is no message, such as the answer to a word, comes whole before the end, without a marker', async () => {
    const wire = await Wire.open(version);
    wire.member.write(Buffer.from('imok and more'));
    wire.member.end();
    await wire.until(() => wire.isEnded);
    expect(wire.received.toString()).toBe('imok and more');
  });

  test('to whom more goes again and again at once, the marker waits for that, and comes where nothing follows', async () => {
    const wire = await Wire.open(version);
    // From here on no time passes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const three = Buffer.concat([message(20), message(300), message(40)]);
    const both = [three.length, marker.length];
    for (let burst = 0; burst < 30; burst++) {
      wire.member.write(Buffer.from(three));
      // At first each has one.
      const isMarked = burst < 8;
      const records = await wire.records(three.length + (isMarked ? marker.length : 0));
      expect(records, `burst ${burst}`).toEqual(isMarked ? both : [three.length]);
    }
    // Once is not enough to be taken for one that has stopped asking, five times in a row are.
    for (let silence = 1; silence <= 5; silence++) {
      vi.advanceTimersByTime(5);
      expect(await wire.records(marker.length), `silence ${silence}`).toEqual([marker.length]);
      wire.member.write(Buffer.from(three));
      const isMarked = silence === 5;
      const records = await wire.records(three.length + (isMarked ? marker.length : 0));
      expect(records, `silence ${silence}`).toEqual(isMarked ? both : [three.length]);
    }
  });

  test('a message that follows alone does as well as a marker', async () => {
    const wire = await Wire.open(version);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const two = Buffer.concat([message(20), message(300)]);
    for (let burst = 0; burst < 20; burst++) {
      wire.member.write(Buffer.from(two));
      await wire.records(two.length + (burst < 8 ? marker.length : 0));
    }
    const one = message(50);
    wire.member.write(one);
    expect(await wire.records(one.length)).toEqual([one.length]);
    vi.advanceTimersByTime(5);
    const next = message(60);
    wire.member.write(next);
    expect(await wire.records(next.length)).toEqual([next.length]);
  });

  test('whatever is written when, the record that nothing follows ends one message and no more', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const prng = new Prng(seed);
    const wire = await Wire.open(version);
    const written: Buffer[] = [];
    let checks = 0;
    for (let burst = 0; burst < 60; burst++) {
      for (let turn = prng.below(4); turn >= 0; turn--) {
        const batch: Buffer[] = [];
        for (let count = prng.below(5); count >= 0; count--)
          batch.push(message(prng.below(20) === 0 ? 40_000 : 1 + prng.below(200)));
        written.push(...batch);
        wire.member.write(Buffer.concat(batch));
        if (prng.below(3) > 0) await nextTurn();
      }
      const whole = Buffer.concat(written);
      const isAllThere = (): boolean =>
        endsWhole(wire.received) && messagesOf(wire.received).length === whole.length;
      const isOneAtMost = (): boolean =>
        wire.newestRecord <=
        (wire.received.subarray(-marker.length).equals(marker) ? marker : written.at(-1)!).length;
      await wire.until(() => isAllThere() && isOneAtMost());
      expect(messagesOf(wire.received).equals(whole), `seed ${seed}, burst ${burst}`).toBe(true);
      expect(isOneAtMost(), `seed ${seed}, burst ${burst}: ${wire.newestRecord} bytes`).toBe(true);
      checks++;
    }
    expect(checks).toBe(60);
  });
});

/** Whether it ends where a message does. */
function endsWhole(bytes: Buffer): boolean {
  let at = 0;
  while (at + 4 <= bytes.length) at += 4 + bytes.readUInt32BE(at);
  return at === bytes.length;
}
