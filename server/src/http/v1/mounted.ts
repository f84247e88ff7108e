import { encodeUtf8, isValidPath } from '@rookery/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProgramsRefusal } from '../../errors/error-codes.ts';
import { HttpError } from '../errors.ts';
import type { Asker } from './asker.ts';
import type { Callers } from './callers.ts';
import type { Door } from './door.ts';
import { answerOf, type ErrorBody, ProgramsError } from './errors.ts';
import type { Asked, Operation } from './route.ts';

/** JSON says a value in half as many bytes again, and escapes some. */
const BODY_SHARE = 2;
/** Of what stands beside a value. */
const BODY_ROOM_BYTES = 4096;

/**
 * The operations of a door. Every request goes to the member as a request of a client would, over a connection within the process and in a session that
 * has the caller's identities; so access lists, quotas, limits, the audit log and the order of reads and writes are what they are for clients, by
 * the same code.
 */
export function mount(app: FastifyInstance, callers: Callers, door: Door): void {
  app.register(async (scope) => new Mounted(callers, door).serve(scope), { prefix: door.prefix });
}

class Mounted {
  readonly #callers: Callers;
  readonly #door: Door;

  constructor(callers: Callers, door: Door) {
    this.#callers = callers;
    this.#door = door;
  }

  serve(scope: FastifyInstance): void {
    const { operations, help } = this.#door;
    takeBodies(scope, operations);
    scope.setErrorHandler((error: Error, request, reply) => this.#answerError(error, request, reply));
    if (help !== undefined)
      scope.setNotFoundHandler((request, reply) => this.#answerNotFound(help, request, reply));
    // Not before: while the member works nothing goes over the connection. A caller that takes nothing is given up by then.
    scope.addHook(
      'onSend',
      async (_request, reply) => void reply.raw.setTimeout(this.#callers.bounds.httpPatienceMs),
    );
    this.#callers.traffic.count(scope, this.#door.prefix);
    for (const operation of operations) this.#route(scope, operation);
  }

  #route(scope: FastifyInstance, operation: Operation): void {
    const { method, path, query, body, place, id } = operation;
    const querystring = { type: 'object', properties: query ?? {}, additionalProperties: false };
    const json = body?.content['application/json'];
    const schema = {
      querystring,
      ...(json === undefined ? {} : { body: { content: { 'application/json': json } } }),
    };
    const takes = body === undefined ? 0 : BODY_SHARE * this.#callers.bounds.requestBytes + BODY_ROOM_BYTES;
    const held = body?.isStream === true ? 0 : takes;
    const urls = path.endsWith('/{path}')
      ? [path.slice(0, -'/{path}'.length), path.replace('{path}', '*')]
      : [path];
    for (const url of urls) {
      scope.route({
        method,
        url,
        schema,
        config: { operation: id },
        // 0 would be the server's own; a stream is counted by whoever reads it.
        bodyLimit: body?.isStream === true ? Number.MAX_SAFE_INTEGER : Math.max(1, takes),
        exposeHeadRoute: place === 'request',
        onRequest: async (request, reply) => this.#letIn(operation, request, reply, held),
        handler: (request, reply) => this.#handle(operation, request, reply),
      });
    }
  }

  /** Before its body is read. */
  async #letIn(
    { place }: Operation,
    request: FastifyRequest,
    reply: FastifyReply,
    bodyBytes: number,
  ): Promise<void> {
    if (place === 'none') return;
    await this.#door.check(request);
    await this.#callers.letIn(place, this.#door.proof, bodyBytes, request, reply);
  }

  async #handle(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (operation.place === 'none') return operation.document();
    const { place, body, handle } = operation;
    if (body?.isRequired === true && (request.body === undefined || Buffer.isBuffer(request.body))) {
      const type = Object.keys(body.content).join(', ');
      throw new ProgramsError(
        ProgramsRefusal.unsupportedMediaType,
        `this call takes a body of the type ${type}`,
      );
    }
    const asker = await this.#callers.askerOf(request, reply);
    const { release } = asker.lease;
    // What goes on while its answer is read has it until its caller is gone.
    const isOverLater = place !== 'request';
    if (isOverLater) reply.raw.once('close', release);
    try {
      return await handle(this.#askedOf(request, asker), reply);
    } finally {
      if (!isOverLater) release();
    }
  }

  #askedOf(request: FastifyRequest, asker: Asker): Asked {
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
      prefix: this.#door.prefix,
      path,
      has,
      text: (name) => query[name],
      header: (name) => {
        const value = request.headers[name];
        return Array.isArray(value) ? value.join(',') : value;
      },
      body: request.body,
      asker,
      unexpected: (error) => this.#unexpected(error, request),
    };
  }

  #answerError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const answer = error instanceof HttpError ? this.#door.refusal(error, reply) : answerOf(error);
    const { status, body } = answer ?? { status: 500, body: this.#unexpected(error, request) };
    // A browser would ask for a password by itself, and keep it.
    if (status === 401 && this.#door.proof === 'authorization')
      reply.header('www-authenticate', this.#callers.challenge);
    if ('retry' in body && body.retry === 'safe') reply.header('retry-after', '1');
    reply.code(status).type('application/json').send(body);
  }

  #unexpected(error: Error, { method, url }: FastifyRequest): ErrorBody {
    this.#callers.log.error({ err: error, method, url }, 'an HTTP request failed');
    return {
      code: ProgramsRefusal.internal,
      message: 'the request failed; the log of this member says why',
      retry: 'in-doubt',
    };
  }

  #answerNotFound(help: string, request: FastifyRequest, reply: FastifyReply): void {
    const path = request.url.split('?', 1)[0] ?? '';
    const { operations, prefix } = this.#door;
    const others = operations
      .filter((operation) => isAt(prefix, operation, path))
      .map(({ method }) => method);
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
          message: `there is nothing at this path: ${help}`,
          retry: 'no',
        };
    reply
      .code(isKnown ? 405 : 404)
      .type('application/json')
      .send(body);
  }
}

/** Where there are streams nothing else is taken: a body of another type would be held, however long it is. */
function takeBodies(scope: FastifyInstance, operations: readonly Operation[]): void {
  scope.removeAllContentTypeParsers();
  const streams = operations.flatMap(({ body }) =>
    body?.isStream === true ? Object.keys(body.content) : [],
  );
  if (streams.length > 0) {
    scope.addContentTypeParser(streams, (_request, payload, done) => done(null, payload));
    return;
  }
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    scope.getDefaultJsonParser('error', 'error'),
  );
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function isAt(prefix: string, { path }: Operation, url: string): boolean {
  const [base = ''] = `${prefix}${path}`.split('/{path}', 1);
  return url === base || (path.includes('{path}') && url.startsWith(`${base}/`));
}
