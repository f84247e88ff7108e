import type { FastifyRequest } from 'fastify';
import type { HttpView } from '../../admin/zookeeper-commands.ts';
import { ProofKind } from '../../failed-proofs/proof-guard.ts';
import { provedSubject } from '../../tls/proved-subject.ts';
import type { BearerTokens, Grant } from './bearer-tokens.ts';
import { ProgramsError } from './errors.ts';
import type { Shown } from './own-link.ts';

/** Who calls: what a client's connection would show, and what an auth request of it would prove. */
export interface Caller {
  readonly shown: Shown;
  /** `user:password`, for the scheme `digest`; undefined: nothing is to be proved. */
  readonly digest: Uint8Array | undefined;
  /** What its bearer token stands for, whose ids are `shown`; undefined: it has none. */
  readonly grant: Grant | undefined;
}

/** What proofs are looked at with, and counted by. */
export interface ProofCheck {
  readonly proofs: HttpView['proofs'];
  /** undefined: no token is anybody's here. */
  readonly bearers: BearerTokens | undefined;
  /** Slows an address that keeps failing. */
  readonly wait: (ms: number) => Promise<void>;
}

/** The header in which a caller proves who it is to access lists: a program, or whoever has the window open, whose token stands in the other one. */
export type ProofHeader = 'authorization' | 'rookery-identity';

/**
 * Who sends this request, each request by itself. Whether a password is believed says the member, where the caller's session begins; a token that is
 * nobody's, and what is no proof at all, count here, as at every door.
 */
export async function identify(
  request: FastifyRequest,
  header: ProofHeader,
  { proofs, bearers, wait }: ProofCheck,
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
  if (proof === '') return { shown, digest: undefined, grant: undefined };
  const delayMs = proofs.delayMs(request.ip);
  if (delayMs > 0) await wait(delayMs);
  const digest = basicOf(proof);
  if (digest !== undefined) return { shown, digest, grant: undefined };
  const grant = bearers?.grantOf(bearerOf(proof));
  if (grant !== undefined)
    return { shown: { ...shown, provedIdentities: grant.identities }, digest: undefined, grant };
  const scheme = schemeOf(proof);
  proofs.failedProof(request.ip, ProofKind.auth, 0, scheme);
  throw new ProgramsError('AUTH_FAILED', whyNoProof(header, scheme, bearers !== undefined));
}

/** What stands alone may be a secret whose scheme was forgotten: it is not to be told to anybody. */
function schemeOf(proof: string): string {
  return /^([A-Za-z][A-Za-z-]{0,31})(?: |$)/.exec(proof)?.[1] ?? '';
}

/** `Bearer`, blanks, a token; '' where it is something else. */
function bearerOf(proof: string): string {
  return /^Bearer +(\S+)$/i.exec(proof)?.[1] ?? '';
}

/** `Basic`, blanks, `user:password` in base64. */
function basicOf(proof: string): Uint8Array | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(proof)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64');
  return decoded.includes(':') ? decoded : undefined;
}

function whyNoProof(header: ProofHeader, scheme: string, takesTokens: boolean): string {
  if (/^bearer$/i.test(scheme)) {
    const where = takesTokens
      ? 'this token stands in no line of http.identitiesFile'
      : 'a bearer token is nobody here, as this member has no http.identitiesFile';
    return `the header ${header}: ${where}; the token of /admin opens /admin alone. Basic credentials prove an id of the scheme digest, a certificate one of x509`;
  }
  return /^basic$/i.test(scheme)
    ? `the header ${header} is not "Basic " and the base64 of user:password`
    : `the header ${header} takes the schemes Basic and Bearer`;
}
