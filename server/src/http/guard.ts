import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpView } from '../admin/zookeeper-commands.ts';
import { isLoopbackAddress, plainAddress } from '../config/addresses.ts';
import { ProofKind } from '../failed-proofs/proof-guard.ts';
import type { Logger } from '../ports/logger.ts';
import type { AdminToken } from './admin-token.ts';
import { HttpError } from './errors.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** `[::1]:8080` → `::1`; what is no host at all → ''. */
export function hostName(header: string): string {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::\d{1,5})?$/.exec(header);
  return match?.[1] ?? match?.[2] ?? '';
}

/**
 * A page of another site can name this machine by a name of its own (DNS rebinding) and then read what only a local
 * user may. Its requests carry that name.
 */
function refuseForeignHost(request: FastifyRequest): void {
  if (isLoopbackAddress(hostName(request.headers.host ?? ''))) return;
  throw new HttpError(
    'forbidden-host',
    'this member answers only requests that name it by a loopback address',
    'use http://127.0.0.1 or http://localhost; to serve other names set http.host and a token',
  );
}

/** A browser says from which site a request comes; other programs do not send this header. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new HttpError(
    'forbidden-origin',
    'a page of another site sent this request',
    "use this member's own page",
  );
}

/** Whether a number is 1, 10, 100, …: a guesser is told of once in a while, not a thousand times. */
function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count));
}

/** Refuses callers without the token. `wait` slows those who guess. */
function tokenCheck(
  token: AdminToken,
  { proofs }: HttpView,
  wait: (ms: number) => Promise<void>,
  log: Logger,
): (request: FastifyRequest) => Promise<void> {
  let refusals = 0;
  return async (request) => {
    const header = request.headers.authorization ?? '';
    // Who says nothing guesses nothing: the page looks whether it needs the token.
    if (header !== '') {
      const delayMs = proofs.delayMs(request.ip);
      if (delayMs > 0) await wait(delayMs);
      if (token.isIn(header)) return;
      proofs.failedProof(request.ip, ProofKind.adminToken);
    }
    refusals += 1;
    if (isPowerOfTen(refusals)) {
      log.warn({ address: plainAddress(request.ip), refusals }, 'a caller of HTTP had no valid token');
    }
    throw new HttpError(
      'unauthorized',
      header === '' ? 'this call needs the token' : 'the token is not the right one',
      'send the header authorization: Bearer <token> with the token of http.token or http.tokenFile',
    );
  };
}

/** Checks of every request, before its body is read. @param host the address that is listened on */
export function guard(
  app: FastifyInstance,
  host: string,
  token: AdminToken | undefined,
  member: HttpView,
  commandsPath: string,
  wait: (ms: number) => Promise<void>,
  log: Logger,
): void {
  const onLoopback = isLoopbackAddress(host);
  const checkToken = token === undefined ? undefined : tokenCheck(token, member, wait, log);
  if (!onLoopback && checkToken === undefined) {
    throw new Error('HTTP on an address that is not loopback needs a token');
  }
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    reply.header('cache-control', 'no-store');
    if (onLoopback) refuseForeignHost(request);
    // The router's own path: another spelling of the same route cannot pass by.
    const route = request.routeOptions.url ?? request.url;
    const isAdmin = route.startsWith('/admin');
    const isWindow = route === '/window' || route.startsWith('/window/');
    const isProgram = route === '/v1' || route.startsWith('/v1/');
    const isCommand = route === commandsPath || route.startsWith(`${commandsPath}/`);
    const isHistory = route.startsWith('/history/');
    if (!isAdmin && !isWindow && !isProgram && !isCommand && !isHistory) return;
    refuseForeignOrigin(request);
    // A program proves who it is, if anything, to the access lists, and whoever asks about the past does, too.
    if (isProgram || isHistory) return;
    if (isAdmin || isWindow || isClosedCommand(request, member)) await checkToken?.(request);
  });
}

function isClosedCommand({ params }: FastifyRequest, { commands }: HttpView): boolean {
  const { name } = params as { name?: string };
  return name !== undefined && !commands.isOpen(name);
}
