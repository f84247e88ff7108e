import { isIP } from 'node:net';
import { encodeUtf8, isValidPath } from '@rookery/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpView } from '../../admin/zookeeper-commands.ts';
import type { Bounds } from '../../bounds/bounds.ts';
import { isLoopbackAddress, plainAddress } from '../../config/addresses.ts';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../../ports/client-socket.ts';
import type { Logger } from '../../ports/logger.ts';
import { hostName } from '../guard.ts';
import { readAcl, writeAcl } from './acl.ts';
import { Asker } from './asker.ts';
import { type Caller, identify } from './caller.ts';
import { ByteBudget, SharedPlaces } from './caller-admission.ts';
import { CallerSessions } from './caller-sessions.ts';
import { answerOf, type ErrorBody, ProgramsError } from './errors.ts';
import { openApiOf } from './openapi.ts';
import { readNode } from './read-node.ts';
import type { Asked, Operation } from './route.ts';
import { transact } from './transactions.ts';
import { watchNode } from './watch.ts';
import { removeNode, writeNode } from './write-node.ts';

/** What HTTP for programs needs of its member, besides what all of HTTP does. */
export interface ProgramsView {
  readonly bounds: Bounds;
  /** Names of members, in lower case, by which this one may be called. */
  readonly hosts: ReadonlySet<string>;
  /** Whether clients are served at all, be it with reads alone. */
  isServing(): boolean;
  /** Takes a client's connection. */
  accept(socket: ClientSocket): ClientSocketEvents;
}

export interface ProgramsParts {
  readonly view: ProgramsView;
  readonly proofs: HttpView['proofs'];
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Logger;
}

const readDocument: Operation = {
  method: 'GET',
  path: '/openapi.json',
  id: 'readDocument',
  summary: 'This document',
  answers: {
    200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
  },
  errors: [],
  place: 'none',
  handle: async () => document,
};

/** All that there is at /v1. */
export const OPERATIONS: readonly Operation[] = [
  readNode,
  writeNode,
  removeNode,
  readAcl,
  writeAcl,
  transact,
  watchNode,
  readDocument,
];

const document = openApiOf(OPERATIONS);

/** JSON says a value in half as many bytes again, and escapes some. */
const BODY_SHARE = 2;
/** Of what stands beside a value. */
const BODY_ROOM_BYTES = 4096;

/**
 * /v1: the tree for programs without a client. Every request goes to the member as a request of a client would, over a connection within the process and
 * in a session that has the caller's identities; so access lists, quotas, limits, the audit log and the order of reads and writes are what they are
 * for clients, by the same code.
 */
export function programs(app: FastifyInstance, parts: ProgramsParts): void {
  app.register(async (scope) => new Programs(parts).serve(scope), { prefix: '/v1' });
}

class Programs {
  readonly #parts: ProgramsParts;
  readonly #bounds: Bounds;
  readonly #sessions: CallerSessions;
  readonly #requests: SharedPlaces;
  readonly #watches: SharedPlaces;
  readonly #bodies: ByteBudget;
  /** Of requests that were let in. */
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  constructor(parts: ProgramsParts) {
    const { bounds, accept } = parts.view;
    this.#parts = parts;
    this.#bounds = bounds;
    this.#sessions = new CallerSessions(accept, bounds);
    this.#requests = new SharedPlaces(bounds.httpRequests, bounds.httpRequestsPerAddress);
    this.#watches = new SharedPlaces(bounds.httpWatches, bounds.httpWatchesPerAddress);
    this.#bodies = new ByteBudget(bounds.httpBodyBytes);
  }

  serve(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      scope.getDefaultJsonParser('error', 'error'),
    );
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error: Error, request, reply) => this.#answerError(error, request, reply));
    scope.setNotFoundHandler((request, reply) => this.#answerNotFound(request, reply));
    // Not before: while the member works nothing goes over the connection. A caller that takes nothing is given up by then.
    scope.addHook(
      'onSend',
      async (_request, reply) => void reply.raw.setTimeout(this.#bounds.httpPatienceMs),
    );
    scope.addHook('onClose', () => this.#sessions.stop());
    for (const operation of OPERATIONS) this.#route(scope, operation);
  }

  #route(scope: FastifyInstance, operation: Operation): void {
    const { method, path, query, body, place } = operation;
    const querystring = { type: 'object', properties: query ?? {}, additionalProperties: false };
    const json = body?.content['application/json'];
    const schema = {
      querystring,
      ...(json === undefined ? {} : { body: { content: { 'application/json': json } } }),
    };
    const takes = body === undefined ? 0 : BODY_SHARE * this.#bounds.requestBytes + BODY_ROOM_BYTES;
    const urls = path.endsWith('/{path}')
      ? [path.slice(0, -'/{path}'.length), path.replace('{path}', '*')]
      : [path];
    for (const url of urls) {
      scope.route({
        method,
        url,
        schema,
        // 0 would be the server's own.
        bodyLimit: Math.max(1, takes),
        exposeHeadRoute: place === 'request',
        onRequest: async (request, reply) => this.#letIn(operation, request, reply, takes),
        handler: (request, reply) => this.#handle(operation, request, reply),
      });
    }
  }

  /** Before its body is read. */
  async #letIn(
    { place }: Operation,
    request: FastifyRequest,
    reply: FastifyReply,
    takes: number,
  ): Promise<void> {
    const { raw } = reply;
    if (place === 'none') return;
    const { view, proofs, wait } = this.#parts;
    refuseRebound(request, view.hosts);
    if (!view.isServing()) {
      const why = 'this member serves nobody for now: ask another one, or again';
      throw new ProgramsError(ProgramsRefusal.notServing, why, undefined, 'safe');
    }
    const address = plainAddress(request.ip);
    const places = place === 'watch' ? this.#watches : this.#requests;
    if (!places.enter(address)) throw tooMany(place === 'watch' ? 'watches' : 'requests');
    raw.once('close', () => places.leave(address));
    if (takes > 0) this.#takeBody(request, reply, takes);
    this.#callers.set(request, await identify(request, proofs, wait));
  }

  #takeBody(request: FastifyRequest, reply: FastifyReply, takes: number): void {
    const said = Number(request.headers['content-length'] ?? Number.NaN);
    const bytes = Number.isSafeInteger(said) ? Math.min(said, takes) : takes;
    if (!this.#bodies.take(bytes)) throw tooMany('bodies');
    const late = setTimeout(() => {
      if (!request.raw.complete) request.raw.destroy();
    }, this.#bounds.httpBodyMs);
    reply.raw.once('close', () => {
      clearTimeout(late);
      this.#bodies.giveBack(bytes);
    });
  }

  async #handle(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { place, body } = operation;
    if (place === 'none') return document;
    const caller = this.#callers.get(request)!;
    if (body?.isRequired === true && (request.body === undefined || Buffer.isBuffer(request.body)))
      throw new ProgramsError(
        ProgramsRefusal.unsupportedMediaType,
        'this call takes a body of the type application/json',
      );
    const lease = await this.#sessions.take(caller);
    // A watch has it until its caller is gone.
    if (place === 'watch') reply.raw.once('close', lease.release);
    try {
      return await operation.handle(askedOf(request, new Asker(lease, reply, this.#bounds)), reply);
    } finally {
      if (place !== 'watch') lease.release();
    }
  }

  #answerError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const answer = answerOf(error);
    if (answer === undefined)
      this.#parts.log.error(
        { err: error, method: request.method, url: request.url },
        'an HTTP request failed',
      );
    const { status, body } = answer ?? {
      status: 500,
      body: {
        code: ProgramsRefusal.internal,
        message: 'the request failed; the log of this member says why',
        retry: 'in-doubt',
      } satisfies ErrorBody,
    };
    if (status === 401) reply.header('www-authenticate', 'Basic realm="rookery", charset="UTF-8"');
    if (body.retry === 'safe') reply.header('retry-after', '1');
    reply.code(status).type('application/json').send(body);
  }

  #answerNotFound(request: FastifyRequest, reply: FastifyReply): void {
    const path = request.url.split('?', 1)[0] ?? '';
    const others = OPERATIONS.filter((operation) => isAt(operation, path)).map(({ method }) => method);
    const isKnown = others.length > 0;
    if (isKnown) reply.header('allow', others.join(', '));
    const body: ErrorBody = isKnown
      ? {
          code: ProgramsRefusal.methodNotAllowed,
          message: `${request.method} is not answered here: use ${others.join(' or ')}`,
          retry: 'no',
        }
      : {
          code: ProgramsRefusal.notFound,
          message: 'there is nothing at this path: /v1/openapi.json says what there is',
          retry: 'no',
        };
    reply
      .code(isKnown ? 405 : 404)
      .type('application/json')
      .send(body);
  }
}

/**
 * A page of another site can name any member by a name of its own (DNS rebinding), and is then of the same site for a browser that reaches the member.
 * It can neither show the certificate of that name nor prove anything; who does, or names the member by an address or as a member, is no such page.
 */
function refuseRebound({ headers, protocol }: FastifyRequest, hosts: ReadonlySet<string>): void {
  if (protocol === 'https' || headers.authorization !== undefined) return;
  const name = hostName(headers.host ?? '').toLowerCase();
  if (isIP(name) !== 0 || isLoopbackAddress(name) || hosts.has(name)) return;
  throw new ProgramsError(
    ProgramsRefusal.forbidden,
    'who calls without TLS and proves nothing has to name this member by its address, or by a host of the members: any other name may be that of a page of another site',
  );
}

function isAt({ path }: Operation, url: string): boolean {
  const [base = ''] = `/v1${path}`.split('/{path}', 1);
  return url === base || (path.includes('{path}') && url.startsWith(`${base}/`));
}

function tooMany(what: string): ProgramsError {
  return new ProgramsError('TOO_MANY_PENDING', `too many ${what} at once: ask again`, undefined, 'safe');
}

function askedOf(request: FastifyRequest, asker: Asker): Asked {
  const query = request.query as Readonly<Record<string, string | undefined>>;
  const { '*': rest = '' } = request.params as { '*'?: string };
  const path = `/${rest}`;
  const has = (name: string): boolean => query[name] !== undefined;
  const bytes = encodeUtf8(path);
  if (!isValidPath(bytes, 0, bytes.length, has('sequential')))
    throw new ProgramsError(
      'BAD_ARGUMENTS',
      'this is no path: names may not be empty, ., .. or have control characters',
      path,
    );
  return {
    request,
    path,
    has,
    text: (name) => query[name],
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
    body: request.body,
    asker,
  };
}
