import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, TLSSocket } from 'node:tls';
import type { ComplaintLog } from '../ports/rate-limited-log.ts';
import { TlsAcceptor } from '../tls/tls-acceptor.ts';
import type { TlsIdentity } from '../tls/tls-identity.ts';

/**
 * TLS between members, both ends with certificates. An authority that is trusted says that the other end belongs to this cluster, and the names in
 * its certificate, compared with its host among the members, which of them it is.
 */
export class PeerTls {
  readonly #identity: TlsIdentity;
  readonly #acceptor: TlsAcceptor;

  /** @param accepted is given each accepted connection over which the introduction may begin */
  constructor(
    identity: TlsIdentity,
    complaints: ComplaintLog,
    accepted: (socket: Socket, raw: Socket) => void,
  ) {
    this.#identity = identity;
    this.#acceptor = new TlsAcceptor({
      identity,
      mode: identity.config.mode === 'optional' ? 'optional' : 'required',
      complaints,
      events: { secured: accepted, plain: (socket) => accepted(socket, socket) },
    });
  }

  /** Of connections that others opened. */
  get failures(): number {
    return this.#acceptor.failures;
  }

  /** Links without TLS are taken as well, while all members are changed over. */
  get isOptional(): boolean {
    return this.#identity.config.mode === 'optional';
  }

  accept(raw: Socket): void {
    this.#acceptor.accept(raw);
  }

  /** Fails where the other end shows no certificate of a trusted authority that names this host. */
  connect(host: string, port: number): TLSSocket {
    const socket = connect({
      host,
      port,
      secureContext: this.#identity.credentials.context,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    });
    socket.setNoDelay(true);
    return socket;
  }

  /** Why the certificate of an accepted connection is not that of the member at `host`; undefined where it is, or where there is no TLS. */
  whyForeign(socket: Socket, host: string): string | undefined {
    if (!(socket instanceof TLSSocket)) return undefined;
    return checkServerIdentity(host, socket.getPeerCertificate())?.message;
  }
}
