import { createServer, type Server, type Socket } from 'node:net';
import type { ClientSocket, ClientSocketEvents, Logger } from '../replica/ports.ts';

export interface ClientListenerOptions {
  readonly host: string;
  readonly port: number;
  /** 0: no limit. */
  readonly maxConnectionsPerAddress: number;
  readonly maxConnections: number;
}

/** Accepts clients over TCP and hands each connection to `accept`. */
export class ClientListener {
  private readonly options: ClientListenerOptions;
  private readonly accept: (socket: ClientSocket) => ClientSocketEvents;
  private readonly log: Logger;
  private readonly perAddress = new Map<string, number>();
  private readonly open = new Set<Socket>();
  private readonly refusedAddresses = new Set<string>();
  private server: Server | undefined;

  /** Connections turned away since the start. */
  refused = 0;

  constructor(
    options: ClientListenerOptions,
    accept: (socket: ClientSocket) => ClientSocketEvents,
    log: Logger,
  ) {
    this.options = options;
    this.accept = accept;
    this.log = log;
  }

  /** Rejects where the address cannot be bound. */
  start(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.connected(socket));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.options.port, host: this.options.host, backlog: 1024 }, () => {
        server.removeListener('error', reject);
        server.on('error', (error) => this.log.error({ err: error }, 'the client listener failed'));
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  private connected(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = this.perAddress.get(address) ?? 0;
    const { maxConnectionsPerAddress, maxConnections } = this.options;
    if (
      (maxConnectionsPerAddress > 0 && count >= maxConnectionsPerAddress) ||
      this.open.size >= maxConnections
    ) {
      this.refuse(socket, address);
      return;
    }
    this.perAddress.set(address, count + 1);
    this.open.add(socket);
    const events = this.accept(new TcpClientSocket(socket, address));
    socket.on('data', (chunk: Uint8Array) => events.received(chunk));
    socket.on('drain', () => events.drained());
    // A reset is an ordinary end of a client; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.open.delete(socket);
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left === 0) {
        this.perAddress.delete(address);
        this.refusedAddresses.delete(address);
      } else this.perAddress.set(address, left);
      events.closed();
    });
  }

  private refuse(socket: Socket, address: string): void {
    socket.on('error', () => {});
    socket.destroy();
    this.refused++;
    if (this.refusedAddresses.has(address)) return;
    this.refusedAddresses.add(address);
    this.log.warn(
      {
        address,
        maxClientCnxns: this.options.maxConnectionsPerAddress,
        maxConnections: this.options.maxConnections,
      },
      'too many connections: refusing more of this address (raise maxClientCnxns if that is meant)',
    );
  }
}

class TcpClientSocket implements ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  private readonly socket: Socket;

  constructor(socket: Socket, address: string) {
    this.socket = socket;
    this.remoteAddress = address;
    this.remotePort = socket.remotePort ?? 0;
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  bufferedBytes(): number {
    return this.socket.writableLength;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
