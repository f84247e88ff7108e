import type { X509Certificate } from 'node:crypto';
import { lookup, reverse } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, createServer, type Server, type TLSSocket } from 'node:tls';
import { plainAddress } from '../config/addresses.ts';
import type { TlsMode } from '../config/tls-config.ts';
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
  /** Beyond so many that have not come through yet, the oldest is closed for each that comes. undefined: somebody else bounds them. */
  readonly maxPending?: number;
  /** Why a certificate is not taken that has been verified; undefined: it is. */
  readonly whyRefused?: (certificate: X509Certificate) => string | undefined;
  readonly complaints: ComplaintLog;
  readonly events: TlsAcceptorEvents;
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
  /** Not through yet, by where they come from; oldest first. */
  readonly #pending = new Map<string, Socket>();
  /** They have begun to speak TLS, and wait for their turn. */
  readonly #waiting: Socket[] = [];
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
    server.on('tlsClientError', (error, socket) => this.#fail(socket, reasonOf(error)));
    // A new context has new keys for tickets: what the former authorities vouched for is not resumed.
    identity.onChange((credentials) => server.setSecureContext(credentials.options));
    this.#server = server;
  }

  accept(raw: Socket): void {
    const origin = originOf(raw);
    // Of all of it: one byte now and then gives nobody more time.
    const late = setTimeout(() => {
      if (this.#pending.get(origin) === raw) this.#fail(raw, 'it was not through in time');
    }, this.#options.identity.config.handshakeTimeoutMs);
    raw.once('close', () => {
      clearTimeout(late);
      if (this.#pending.get(origin) === raw) this.#pending.delete(origin);
    });
    this.#pending.set(origin, raw);
    this.#makeRoom();
    raw.once('data', (chunk: Buffer) => {
      raw.pause();
      raw.unshift(chunk);
      if (chunk[0] === HANDSHAKE_RECORD) {
        this.#waiting.push(raw);
        this.#schedule();
      } else if (this.#options.mode === 'optional') {
        clearTimeout(late);
        this.#pending.delete(origin);
        this.#options.events.plain(raw);
      } else this.#fail(raw, 'it does not speak TLS, which is required here');
    });
  }

  #makeRoom(): void {
    const { maxPending } = this.#options;
    if (maxPending === undefined || this.#pending.size <= maxPending) return;
    const [oldest] = this.#pending.values();
    if (oldest !== undefined) this.#fail(oldest, 'too many others are in their handshakes');
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const raw of this.#waiting.splice(0, HANDSHAKES_PER_TURN)) {
        if (!raw.destroyed) this.#server.emit('connection', raw);
      }
      this.#schedule();
    });
  }

  #secured(socket: TLSSocket): void {
    const { clientAuth } = this.#options.identity.config;
    const certificate = socket.getPeerX509Certificate();
    if (clientAuth === 'none' || (certificate === undefined && clientAuth === 'want')) this.#accepted(socket);
    else if (certificate === undefined) this.#fail(socket, 'it shows no certificate, and has to');
    else if (!socket.authorized)
      this.#fail(socket, `its certificate is not accepted: ${String(socket.authorizationError)}`);
    else this.#verified(socket, certificate);
  }

  #verified(socket: TLSSocket, certificate: X509Certificate): void {
    const { whyRefused, identity } = this.#options;
    const { verifyHostname } = identity.config;
    const why = whyRefused?.(certificate);
    if (why !== undefined) this.#fail(socket, why);
    else if (!verifyHostname) this.#accepted(socket);
    else {
      socket.pause();
      whyForeign(socket).then((foreign) => {
        if (socket.destroyed) return;
        if (foreign === undefined) this.#accepted(socket);
        else this.#fail(socket, foreign);
      });
    }
  }

  #accepted(socket: TLSSocket): void {
    const origin = originOf(socket);
    const raw = this.#pending.get(origin);
    // It was closed meanwhile.
    if (raw === undefined) return;
    this.handshakes++;
    this.#pending.delete(origin);
    this.#options.events.secured(socket, raw);
  }

  #fail(socket: Socket, reason: string): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    this.#pending.delete(originOf(socket));
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
