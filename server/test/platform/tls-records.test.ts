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

async function portOf(server: Server): Promise<number> {
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A connection over TLS, seen from the member, and all that its client receives. */
class Wire {
  readonly member: TcpClientSocket;
  /** As it was written. */
  received = Buffer.alloc(0);
  isEnded = false;
  /** Bytes of what was written that each record held, since they were last taken. */
  #records: number[] = [];
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

  /** Once the client has `bytes`: what each record held. */
  async records(bytes: number): Promise<readonly number[]> {
    await this.until(() => this.received.length >= bytes);
    return this.#records.splice(0);
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await nextTurn();
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
  ])('the last byte of several messages is a record: %s', async (_what, write) => {
    const wire = await Wire.open(version);
    const all = [message(20), message(300), message(40)];
    write(wire, all);
    const whole = Buffer.concat(all);
    const records = await wire.records(whole.length);
    expect(records.at(-1)).toBeLessThanOrEqual(all.at(-1)!.length);
    expect(records.reduce((sum, bytes) => sum + bytes)).toBe(whole.length);
    expect(wire.received.equals(whole)).toBe(true);
  });

  test('what is no message, such as the answer to a word, comes whole, and so does what was written before the end', async () => {
    const wire = await Wire.open(version);
    wire.member.write(Buffer.from('imok and more'));
    wire.member.end();
    await wire.until(() => wire.isEnded);
    expect(wire.received.toString()).toBe('imok and more');
  });

  test('to whom more goes again and again at once, the last byte goes with what follows, and alone where nothing does', async () => {
    const wire = await Wire.open(version);
    // From here on no time passes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const three = Buffer.concat([message(20), message(300), message(40)]);
    let bytes = 0;
    for (let burst = 0; burst < 20; burst++) {
      wire.member.write(Buffer.from(three));
      bytes += three.length;
      // At first each byte leaves by itself.
      await wire.records(burst < 8 ? bytes : bytes - 1);
    }
    wire.member.write(Buffer.from(three));
    bytes += three.length;
    expect(await wire.records(bytes - 1)).toEqual([three.length]);
    vi.advanceTimersByTime(2);
    expect(await wire.records(bytes)).toEqual([1]);
    // Once is not enough to be taken for one that has stopped asking, five times in a row are.
    for (let late = 1; late < 5; late++) {
      wire.member.write(Buffer.from(three));
      bytes += three.length;
      expect(await wire.records(bytes - 1)).toEqual([three.length - 1]);
      vi.advanceTimersByTime(2);
      expect(await wire.records(bytes)).toEqual([1]);
    }
    wire.member.write(Buffer.from(three));
    expect(await wire.records(bytes + three.length)).toEqual([three.length - 1, 1]);
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
      const records = await wire.records(whole.length);
      expect(records.at(-1), `seed ${seed}, burst ${burst}`).toBeLessThanOrEqual(written.at(-1)!.length);
      checks++;
    }
    expect(wire.received.equals(Buffer.concat(written)), `seed ${seed}`).toBe(true);
    expect(checks).toBe(60);
  });
});
