import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { subjectOf } from './distinguished-name.ts';

/** Only of a certificate that was verified: a chain to an authority that is trusted, and in time. */
export function provedSubject(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : subjectOf(certificate.raw);
}
