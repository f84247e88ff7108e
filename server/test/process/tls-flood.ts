import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Issued } from '../../../testkit/src/certificates.ts';

/** Not the address that honest clients come from, and more than one: the shares of single addresses do not hide the bounds of all. */
const FLOOD_ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'];
const DRIP_MS = 20;

/** What a TLS client says first. */
export async function clientHello(): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectTls({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  client.on('error', () => {});
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const [hello] = (await once(accepted, 'data')) as [Buffer];
  client.destroy();
  accepted.destroy();
  server.close();
  return hello;
}

/** What each connection of a flood does once it is there; the others come meanwhile. */
export type FloodKind =
  | 'say nothing'
  | 'stop in the middle of the ClientHello'
  | 'send a byte now and then'
  | 'send garbage behind the ClientHello'
  | 'are reset before they say anything'
  | 'are reset in the middle of the ClientHello'
  | 'go through the handshake and show no certificate'
  | 'go through the handshake and show one of another authority';

export interface FloodOptions {
  readonly ports: readonly number[];
  readonly hello: Buffer;
  /** Of an authority that the member does not trust. */
  readonly foreign: Issued;
}

/** Connections without end, of one kind, to some ports at once. */
export class TlsFlood {
  /** Connections that were begun. */
  begun = 0;
  /** Of them those that the member has closed. */
  closed = 0;
  readonly #options: FloodOptions;
  readonly #kind: FloodKind;
  readonly #sockets = new Set<Socket>();
  readonly #drips = new Set<NodeJS.Timeout>();
  #isOver = false;

  constructor(kind: FloodKind, options: FloodOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** Until it is stopped, a few at a time to each port. */
  async run(): Promise<void> {
    const coming = this.#options.ports.flatMap((port) =>
      FLOOD_ADDRESSES.map(async (address) => {
        while (!this.#isOver) await this.#one(port, address);
      }),
    );
    await Promise.all(coming);
  }

  /** No more come; those that are there stay as they are for as long as the member lets them. */
  ebb(): void {
    this.#isOver = true;
  }

  stop(): void {
    this.#isOver = true;
    for (const drip of this.#drips) clearInterval(drip);
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Settles once the next one may come. */
  async #one(port: number, localAddress: string): Promise<void> {
    const raw = connect({ host: '127.0.0.1', port, localAddress });
    this.begun++;
    this.#sockets.add(raw);
    raw.on('error', () => {});
    raw.on('close', () => {
      this.#sockets.delete(raw);
      this.closed++;
    });
    await new Promise((resolve) => raw.once('connect', resolve).once('close', resolve));
    if (raw.destroyed) return;
    if (this.#kind.startsWith('go through')) await this.#handshake(raw);
    else this.#say(raw);
    // An attacker has a machine of its own; here the member needs some of this one.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  #say(raw: Socket): void {
    const { hello } = this.#options;
    const half = hello.subarray(0, hello.length >> 1);
    raw.resume();
    switch (this.#kind) {
      case 'stop in the middle of the ClientHello':
        raw.write(half);
        break;
      case 'send a byte now and then':
        this.#drip(raw);
        break;
      case 'send garbage behind the ClientHello':
        raw.write(Buffer.concat([hello, randomBytes(200)]));
        break;
      case 'are reset before they say anything':
        raw.resetAndDestroy();
        break;
      case 'are reset in the middle of the ClientHello':
        raw.write(half, () => raw.resetAndDestroy());
        break;
      default:
    }
  }

  #drip(raw: Socket): void {
    let said = 0;
    const drip = setInterval(() => raw.write(this.#options.hello.subarray(said, ++said)), DRIP_MS);
    this.#drips.add(drip);
    raw.once('close', () => {
      clearInterval(drip);
      this.#drips.delete(drip);
    });
  }

  async #handshake(raw: Socket): Promise<void> {
    const { foreign } = this.#options;
    const shown =
      this.#kind === 'go through the handshake and show no certificate'
        ? {}
        : { cert: foreign.certificate, key: foreign.privateKey };
    const socket = connectTls({ socket: raw, rejectUnauthorized: false, ...shown });
    socket.on('error', () => raw.destroy());
    socket.resume();
    await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve));
  }
}
