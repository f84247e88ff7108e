import { createServer, type Socket } from 'node:net';
import { plainAddress } from '../config/addresses.ts';
import { FOR_CLIENTS } from '../listen/listen-error.ts';
import { Listening } from '../listen/listening.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { systemClock } from './machine.ts';

export interface ClientListenerOptions {
  readonly host: string;
  readonly port: number;
  /** 0: no limit. */
  readonly maxConnectionsPerAddress: number;
  readonly maxConnections: number;
}

/** Connections that wait to be accepted. */
const BACKLOG = 1024;
/** A client that keeps its side of an ended connection open keeps its place here for so long. */
const LINGER_MS = 5_000;
/** Where no more connections are taken, one that has said nothing for so long gives way. */
const SILENT_MS = 1_000;

/** Accepts clients over TCP and hands each connection to `accept`. */
export class ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;
  readonly #complaints: ComplaintLog;
  readonly #perAddress = new Map<string, number>();
  readonly #open = new Set<Socket>();
  /** Those who have not sent a byte, oldest first. */
  readonly #silent = new Map<Socket, { readonly address: string; readonly sinceMs: number }>();
  readonly #clock: Clock;
  readonly #listening: Listening;

  /** Connections turned away since the start. */
  refused = 0;

  constructor(
    options: ClientListenerOptions,
    accept: (socket: ClientSocket) => ClientSocketEvents,
    log: Logger,
    clock: Clock = systemClock,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#accept = accept;
    this.#complaints = new ComplaintLog(log, clock);
    const { host, port } = options;
    const newServer = () => createServer({ noDelay: true }, (socket) => this.#connected(socket));
    this.#listening = new Listening(FOR_CLIENTS, { host, port, backlog: BACKLOG }, newServer, log);
  }

  /** Why no client can connect yet; empty where they can. */
  get waitingFor(): string {
    return this.#listening.waitingFor;
  }

  /** Settles once clients can connect. Rejects with ListenError where waiting does not mend it. */
  start(): Promise<void> {
    return this.#listening.start();
  }

  async stop(): Promise<void> {
    const closed = this.#listening.stop();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #connected(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const count = this.#perAddress.get(address) ?? 0;
    const { maxConnectionsPerAddress, maxConnections } = this.#options;
    if (
      (maxConnectionsPerAddress > 0 && count >= maxConnectionsPerAddress) ||
      (this.#open.size >= maxConnections && !this.#makeRoom())
    ) {
      this.#refuse(socket, address);
      return;
    }
    this.#perAddress.set(address, count + 1);
    this.#open.add(socket);
    const events = this.#accept(new TcpClientSocket(socket, address));
    this.#silent.set(socket, { address, sinceMs: this.#clock.monotonicMs() });
    socket.once('data', () => this.#silent.delete(socket));
    socket.on('data', (chunk: Uint8Array) => events.received(chunk));
    socket.on('drain', () => events.drained());
    // A reset is an ordinary end of a client; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#leave(socket, address);
      events.closed();
    });
  }

  #leave(socket: Socket, address: string): void {
    this.#silent.delete(socket);
    if (!this.#open.delete(socket)) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  /** A client says at once what it wants: who has not keeps nobody out. */
  #makeRoom(): boolean {
    const [oldest] = this.#silent;
    if (oldest === undefined) return false;
    const [socket, { address, sinceMs }] = oldest;
    if (this.#clock.monotonicMs() - sinceMs < SILENT_MS) return false;
    this.#leave(socket, address);
    socket.destroy();
    const message = 'too many connections: those that say nothing are closed for those that come';
    this.#complaints.say('silent', message, { address, maxConnections: this.#options.maxConnections });
    return true;
  }

  #refuse(socket: Socket, address: string): void {
    socket.on('error', () => {});
    socket.destroy();
    this.refused++;
    const { maxConnections, maxConnectionsPerAddress: maxClientCnxns } = this.#options;
    const message = 'too many connections: refusing more (raise maxClientCnxns or maxCnxns if that is meant)';
    this.#complaints.say('refused', message, { address, maxClientCnxns, maxConnections });
  }
}

class TcpClientSocket implements ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #socket: Socket;

  constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.remoteAddress = address;
    this.remotePort = socket.remotePort ?? 0;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    socket.end();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
