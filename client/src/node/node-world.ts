import { resolveSrv } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ConnectTarget } from '../addresses/connect-string.ts';
import type { Address, Link, LinkEvents, World } from '../ports.ts';
import { Machine } from './machine.ts';

/** Options of `tls.connect`, or what gives them for each connection anew: that is how new certificates are taken up. */
export type TlsSource = ConnectionOptions | (() => ConnectionOptions);

/** A closed connection's system resources must not wait for a member that is gone. */
const END_PATIENCE_MS = 1_000;

/** A process of Node, its sockets and the names that it can ask for. */
export class NodeWorld extends Machine implements World {
  readonly #target: ConnectTarget;
  readonly #tls: TlsSource | undefined;

  constructor(target: ConnectTarget, tls: TlsSource | undefined) {
    super();
    this.#target = target;
    this.#tls = tls;
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
