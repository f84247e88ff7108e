import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { plainAddress } from '../config/addresses.ts';
import { FOR_CLIENTS, FOR_TLS_CLIENTS } from '../listen/listen-error.ts';
import { Listening } from '../listen/listening.ts';
import { type NewcomerBounds, Newcomers } from '../listen/newcomers.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { namesNobody } from '../tls/distinguished-name.ts';
import { TlsAcceptor } from '../tls/tls-acceptor.ts';
import type { TlsIdentity } from '../tls/tls-identity.ts';
import { systemClock } from './machine.ts';
import { TcpClientSocket } from './tcp-client-socket.ts';

export interface ClientListenerOptions {
  readonly host: string;
  readonly port: number;
  /** A second port, of TLS only. */
  readonly secure?: { readonly host: string; readonly port: number };
  /** 0: no limit. */
  readonly maxConnectionsPerAddress: number;
  readonly maxConnections: number;
}

export interface ClientTls {
  readonly identity: TlsIdentity;
  /** Of each port that speaks TLS: connections that are not through their handshakes. */
  readonly handshakes: Omit<NewcomerBounds, 'patienceMs'>;
}

/** Connections that wait to be accepted. */
const BACKLOG = 1024;
/** Where no more connections are taken, one that has said nothing for so long gives way, or is not through its handshake. */
const SILENT_MS = 1_000;

/** Accepts clients over TCP, with TLS or without, and hands each connection to `accept`. */
export class ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #accept: (socket: ClientSocket) => ClientSocketEvents;
  readonly #complaints: ComplaintLog;
  readonly #perAddress = new Map<string, number>();
  readonly #open = new Set<Socket>();
  /** Those who have not sent a byte that TLS does not take, oldest first. */
  readonly #silent = new Map<Socket, { readonly address: string; readonly sinceMs: number }>();
  readonly #clock: Clock;
  readonly #listenings: readonly Listening[];
  /** Of the ports that speak TLS. */
  readonly #acceptors: TlsAcceptor[] = [];

  /** Connections turned away since the start. */
  refused = 0;

  /** @param tls what TLS connections are shown; undefined: no port speaks TLS */
  constructor(
    options: ClientListenerOptions,
    accept: (socket: ClientSocket) => ClientSocketEvents,
    log: Logger,
    clock: Clock = systemClock,
    tls?: ClientTls,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#accept = accept;
    this.#complaints = new ComplaintLog(log, clock);
    const { host, port, secure } = options;
    const place = { host, port, backlog: BACKLOG };
    this.#listenings = [
      new Listening(FOR_CLIENTS, place, this.#newServer(tls, tls?.identity.config.mode ?? 'off'), log),
    ];
    if (secure !== undefined) {
      const newServer = this.#newServer(tls, 'required');
      this.#listenings = [
        ...this.#listenings,
        new Listening(FOR_TLS_CLIENTS, { ...secure, backlog: BACKLOG }, newServer, log),
      ];
    }
  }

  /** Why no client can connect yet; empty where they can. */
  get waitingFor(): string {
    return this.#listenings.map(({ waitingFor }) => waitingFor).find((reason) => reason !== '') ?? '';
  }

  get tlsHandshakes(): number {
    return this.#acceptors.reduce((sum, { handshakes }) => sum + handshakes, 0);
  }

  get tlsFailures(): number {
    return this.#acceptors.reduce((sum, { failures }) => sum + failures, 0);
  }

  /** Connections that are not through their handshakes. */
  get tlsPending(): number {
    return this.#acceptors.reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Settles once clients can connect. Rejects with ListenError where waiting does not mend it. */
  async start(): Promise<void> {
    await Promise.all(this.#listenings.map((listening) => listening.start()));
  }

  async stop(): Promise<void> {
    const closed = this.#listenings.map((listening) => listening.stop());
    for (const socket of this.#open) socket.destroy();
    await Promise.all(closed);
  }

  #newServer(tls: ClientTls | undefined, mode: 'off' | 'optional' | 'required'): () => Server {
    if (mode === 'off' || tls === undefined) {
      return () =>
        createServer({ noDelay: true }, (socket) =>
          this.#connected(socket, () => this.#serve(socket, socket)),
        );
    }
    const acceptor = new TlsAcceptor({
      identity: tls.identity,
      mode,
      newcomers: new Newcomers({ ...tls.handshakes, patienceMs: SILENT_MS }, this.#clock),
      whyRefused: ({ raw }) =>
        namesNobody(raw)
          ? 'its certificate has no subject, by which clients are known, and no critical subjectAltName in its place'
          : undefined,
      complaints: this.#complaints,
      events: {
        plain: (socket) => this.#serve(socket, socket),
        secured: (socket, raw) => this.#serve(socket, raw),
      },
    });
    this.#acceptors.push(acceptor);
    return () =>
      createServer({ noDelay: true }, (socket) => this.#connected(socket, () => acceptor.accept(socket)));
  }

  /** Counts the connection from its first moment on, whatever it says; `admitted` where there is room for it. */
  #connected(socket: Socket, admitted: () => void): void {
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
    this.#silent.set(socket, { address, sinceMs: this.#clock.monotonicMs() });
    // A reset is an ordinary end of a client; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#leave(socket, address));
    admitted();
  }

  /** @param raw what was accepted; the same, or what TLS goes over */
  #serve(socket: Socket | TLSSocket, raw: Socket): void {
    socket.once('data', () => this.#silent.delete(raw));
    const events = this.#accept(new TcpClientSocket(socket));
    socket.on('data', (chunk: Uint8Array) => events.received(chunk));
    socket.on('drain', () => events.drained());
    socket.on('error', () => {});
    socket.on('close', () => events.closed());
    socket.resume();
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
