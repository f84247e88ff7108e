import type { FastifyRequest } from 'fastify';
import type { HttpView } from '../../admin/zookeeper-commands.ts';
import { ProofKind } from '../../failed-proofs/proof-guard.ts';
import { provedSubject } from '../../tls/proved-subject.ts';
import { ProgramsError } from './errors.ts';
import type { Shown } from './own-link.ts';

/** Who calls: what a client's connection would show, and what an auth request of it would prove. */
export interface Caller {
  readonly shown: Shown;
  /** `user:password`, for the scheme `digest`; undefined: nothing is to be proved. */
  readonly digest: Uint8Array | undefined;
}

/** The header in which a caller proves who it is to access lists: a program, or whoever has the window open, whose token stands in the other one. */
export type ProofHeader = 'authorization' | 'rookery-identity';

/**
 * Who sends this request, each request by itself. Whether the proof is believed says the member, where the caller's session begins; what is no proof at
 * all counts here, as at every door. `wait` slows an address that keeps failing.
 */
export async function identify(
  request: FastifyRequest,
  header: ProofHeader,
  proofs: HttpView['proofs'],
  wait: (ms: number) => Promise<void>,
): Promise<Caller> {
  const { socket } = request.raw;
  const said = request.headers[header] ?? '';
  const proof = Array.isArray(said) ? said.join(',') : said;
  const shown: Shown = {
    remoteAddress: request.ip,
    remotePort: socket.remotePort ?? 0,
    isSecure: request.protocol === 'https',
    certificateSubject: provedSubject(socket),
  };
  if (proof === '') return { shown, digest: undefined };
  const delayMs = proofs.delayMs(request.ip);
  if (delayMs > 0) await wait(delayMs);
  const digest = basicOf(proof);
  if (digest !== undefined) return { shown, digest };
  const [scheme = ''] = proof.split(' ', 1);
  proofs.failedProof(request.ip, ProofKind.auth, 0, scheme);
  throw new ProgramsError('AUTH_FAILED', whyNoProof(header, scheme));
}

/** `Basic`, blanks, `user:password` in base64. */
function basicOf(proof: string): Uint8Array | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(proof)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64');
  return decoded.includes(':') ? decoded : undefined;
}

function whyNoProof(header: ProofHeader, scheme: string): string {
  if (header === 'authorization' && /^bearer$/i.test(scheme)) {
    return 'a bearer token is nobody here: the token of /admin opens /admin alone; send Basic credentials, which prove an id of the scheme digest, or show a certificate';
  }
  return /^basic$/i.test(scheme)
    ? `the header ${header} is not "Basic " and the base64 of user:password`
    : `the header ${header} takes the scheme Basic alone`;
}
