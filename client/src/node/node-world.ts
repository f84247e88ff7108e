import { randomInt } from 'node:crypto';
import { resolveSrv } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ConnectTarget } from '../addresses/connect-string.ts';
import type { Address, Link, LinkEvents, Timer, World } from '../ports.ts';

/** Options of `tls.connect`, or what gives them for each connection anew: that is how new certificates are taken up. */
export type TlsSource = ConnectionOptions | (() => ConnectionOptions);

/** A closed connection's system resources must not wait for a member that is gone. */
const END_PATIENCE_MS = 1_000;

/** Node's clock, sockets and names. */
export class NodeWorld implements World {
  readonly #target: ConnectTarget;
  readonly #tls: TlsSource | undefined;

  constructor(target: ConnectTarget, tls: TlsSource | undefined) {
    this.#target = target;
    this.#tls = tls;
  }

  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  }

  atTurnEnd(task: () => void): void {
    setImmediate(task);
  }

  random(bound: number): number {
    return bound < 1 ? 0 : randomInt(Math.floor(bound));
  }

  async resolve(): Promise<readonly Address[]> {
    const { srv, members } = this.#target;
    if (srv === undefined) return members;
    const records = await resolveSrv(srv);
    return records.map(({ name, port }) => ({ host: name, port }));
  }

  dial({ host, port }: Address, events: LinkEvents): Link {
    const socket = this.#connect(host, port, () => events.opened());
    let reason = 'the other side closed it';
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => events.received(chunk));
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => events.closed(reason));
    return {
      write: (bytes) => void socket.write(bytes),
      end: () => {
        socket.end();
        setTimeout(() => socket.destroy(), END_PATIENCE_MS).unref();
      },
      destroy: () => socket.destroy(),
    };
  }

  #connect(host: string, port: number, opened: () => void): Socket {
    if (this.#tls === undefined) return connect({ host, port }, opened);
    const options = typeof this.#tls === 'function' ? this.#tls() : this.#tls;
    // A certificate is asked for by name; an address is none.
    const named = isIP(host) === 0 ? { servername: host } : {};
    return connectTls({ ...named, ...options, host, port }, opened);
  }
}
