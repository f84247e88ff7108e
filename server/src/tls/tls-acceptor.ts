import type { X509Certificate } from 'node:crypto';
import { lookup, reverse } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, createServer, type Server, type TLSSocket } from 'node:tls';
import { plainAddress } from '../config/addresses.ts';
import type { TlsMode } from '../config/tls-config.ts';
import type { Newcomers } from '../listen/newcomers.ts';
import type { ComplaintLog } from '../ports/rate-limited-log.ts';
import type { TlsIdentity } from './tls-identity.ts';

/** What a TLS connection begins with: a record of the handshake. No first byte of ZooKeeper's protocol, of HTTP or of members is it. */
const HANDSHAKE_RECORD = 0x16;
/** Each costs a signature: in one turn of the loop no more of them begin than leave it to the clients that are served. */
const HANDSHAKES_PER_TURN = 4;

export interface TlsAcceptorEvents {
  /** The handshake over `raw` is through, and what the other end showed is verified. */
  secured(socket: TLSSocket, raw: Socket): void;
  /** It speaks without TLS, and may; nothing of it was read, and it is paused. */
  plain(socket: Socket): void;
}

export interface TlsAcceptorOptions {
  readonly identity: TlsIdentity;
  readonly mode: Exclude<TlsMode, 'off'>;
  /** Bounds those that have not come through yet. undefined: somebody else does. */
  readonly newcomers?: Newcomers<PendingHandshake>;
  /** Why a certificate is not taken that has been verified; undefined: it is. */
  readonly whyRefused?: (certificate: X509Certificate) => string | undefined;
  readonly complaints: ComplaintLog;
  readonly events: TlsAcceptorEvents;
}

/** It has not come through yet. */
export interface PendingHandshake {
  readonly origin: string;
  readonly raw: Socket;
  /** A socket that is closed tells none. */
  readonly address: string;
  hasBegun: boolean;
}

/**
 * Takes accepted connections through their TLS handshakes, with what the identity's files hold at that moment. The first byte tells TLS from
 * what is none.
 */
export class TlsAcceptor {
  /** Handshakes that came through, … */
  handshakes = 0;
  /** … and those that did not, plain connections where TLS is required among them. */
  failures = 0;
  readonly #options: TlsAcceptorOptions;
  readonly #server: Server;
  /** By where they come from; oldest first. */
  readonly #pending = new Map<string, PendingHandshake>();
  /** They have begun to speak TLS, and wait for their turn. */
  readonly #waiting = new Set<Socket>();
  #isScheduled = false;

  constructor(options: TlsAcceptorOptions) {
    this.#options = options;
    const { identity } = options;
    const server = createServer({
      ...identity.credentials.options,
      requestCert: identity.config.clientAuth !== 'none',
      // Looked at below, so that the log says why.
      rejectUnauthorized: false,
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => {
      // One that is gone already tells no origin: it is counted where its connection closes.
      const pending = this.#pending.get(originOf(socket));
      if (pending !== undefined) this.#fail(pending, reasonOf(error), socket);
    });
    // A new context has new keys for tickets: what the former authorities vouched for is not resumed.
    identity.onChange((credentials) => server.setSecureContext(credentials.options));
    this.#server = server;
  }

  /** Those that have not come through yet. */
  get pending(): number {
    return this.#pending.size;
  }

  accept(raw: Socket): void {
    // It was reset before it was accepted.
    if (raw.remotePort === undefined) {
      raw.destroy();
      return;
    }
    const origin = originOf(raw);
    const pending: PendingHandshake = {
      origin,
      raw,
      address: plainAddress(raw.remoteAddress ?? ''),
      hasBegun: false,
    };
    const isPending = (): boolean => this.#pending.get(origin) === pending;
    // Of all of it: one byte now and then gives nobody more time.
    const late = setTimeout(() => {
      if (isPending()) this.#fail(pending, 'it was not through in time');
    }, this.#options.identity.config.handshakeTimeoutMs);
    // A reset is one way to go; it is closed then.
    raw.on('error', () => {});
    raw.once('close', () => {
      clearTimeout(late);
      this.#waiting.delete(raw);
      if (!isPending()) return;
      if (pending.hasBegun) this.#fail(pending, 'it went away in the middle');
      else this.#leave(pending);
    });
    this.#pending.set(origin, pending);
    if (!this.#hasRoomFor(pending)) return;
    raw.once('data', (chunk: Buffer) => {
      raw.pause();
      raw.unshift(chunk);
      if (chunk[0] === HANDSHAKE_RECORD) {
        pending.hasBegun = true;
        this.#waiting.add(raw);
        this.#schedule();
      } else if (this.#options.mode === 'optional') {
        clearTimeout(late);
        this.#leave(pending);
        this.#options.events.plain(raw);
      } else this.#fail(pending, 'it does not speak TLS, which is required here');
    });
  }

  #hasRoomFor(pending: PendingHandshake): boolean {
    const leaving = this.#options.newcomers?.enter(pending, pending.address);
    if (leaving !== undefined) this.#fail(leaving, 'too many others are in their handshakes');
    return leaving !== pending;
  }

  #leave(pending: PendingHandshake): void {
    this.#pending.delete(pending.origin);
    this.#options.newcomers?.leave(pending);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      let begun = 0;
      for (const raw of this.#waiting) {
        this.#waiting.delete(raw);
        if (raw.destroyed) continue;
        this.#server.emit('connection', raw);
        if (++begun === HANDSHAKES_PER_TURN) break;
      }
      this.#schedule();
    });
  }

  #secured(socket: TLSSocket): void {
    const pending = this.#pending.get(originOf(socket));
    // It was closed meanwhile.
    if (pending === undefined) return;
    const { clientAuth } = this.#options.identity.config;
    const certificate = socket.getPeerX509Certificate();
    if (clientAuth === 'none' || (certificate === undefined && clientAuth === 'want'))
      this.#accepted(pending, socket);
    else if (certificate === undefined) this.#fail(pending, 'it shows no certificate, and has to', socket);
    else if (!socket.authorized) {
      const reason = `its certificate is not accepted: ${String(socket.authorizationError)}`;
      this.#fail(pending, reason, socket);
    } else this.#verified(pending, socket, certificate);
  }

  #verified(pending: PendingHandshake, socket: TLSSocket, certificate: X509Certificate): void {
    const { whyRefused, identity } = this.#options;
    const { verifyHostname } = identity.config;
    const why = whyRefused?.(certificate);
    if (why !== undefined) this.#fail(pending, why, socket);
    else if (!verifyHostname) this.#accepted(pending, socket);
    else {
      socket.pause();
      whyForeign(socket).then((foreign) => {
        if (socket.destroyed || this.#pending.get(originOf(socket)) !== pending) return;
        if (foreign === undefined) this.#accepted(pending, socket);
        else this.#fail(pending, foreign, socket);
      });
    }
  }

  #accepted(pending: PendingHandshake, socket: TLSSocket): void {
    this.handshakes++;
    this.#leave(pending);
    this.#options.events.secured(socket, pending.raw);
  }

  /** @param socket the TLS over it, where it has come to that */
  #fail(pending: PendingHandshake, reason: string, socket: Socket = pending.raw): void {
    const { address } = pending;
    this.#leave(pending);
    socket.on('error', () => {});
    socket.destroy();
    this.failures++;
    const message = `TLS handshake failed at the port for ${this.#options.identity.whom}`;
    this.#options.complaints.say(`tls ${address}`, message, { address, reason });
  }
}

/** The same for a connection and for the TLS over it. */
function originOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/** Why the certificate is not one of who connects: it has to name the address, or a host name that the address has and that leads back to it. */
async function whyForeign(socket: TLSSocket): Promise<string | undefined> {
  const address = plainAddress(socket.remoteAddress ?? '');
  const certificate = socket.getPeerCertificate();
  if (isIP(address) !== 0 && checkServerIdentity(address, certificate) === undefined) return undefined;
  try {
    for (const name of await reverse(address)) {
      if (checkServerIdentity(name, certificate) !== undefined) continue;
      const found = await lookup(name, { all: true });
      if (found.some((one) => plainAddress(one.address) === address)) return undefined;
    }
  } catch {
    // No name: nothing that the certificate could say.
  }
  return `its certificate names neither ${address} nor a host name of it`;
}

function reasonOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
