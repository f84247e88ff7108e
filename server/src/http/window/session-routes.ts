import { encodeUtf8, isValidPath } from '@rookery/protocol';
import type { FastifyInstance } from 'fastify';
import { HttpRefusal } from '../../errors/error-codes.ts';
import { HttpError } from '../errors.ts';
import { allowed } from './access.ts';
import { mustBeDone, noSession, notServing } from './change-refusal.ts';
import { addressOf, type RouteParts } from './ensemble-routes.ts';
import type { SessionDetail, SessionList, Watchers } from './shapes.ts';

const DEFAULT_LIMIT = 100;
const NUMBER = { type: 'string', pattern: '^[0-9]{1,9}$' } as const;
const LIST_QUERY = {
  type: 'object',
  properties: { offset: NUMBER, limit: NUMBER, find: { type: 'string', maxLength: 256 } },
  additionalProperties: false,
} as const;

interface ListQuery {
  readonly offset?: string;
  readonly limit?: string;
  readonly find?: string;
}

/**
 * GET    /window/sessions?offset&limit&find   200 SessionList: of the ensemble, in the order of their ids; `limit` is 100, and 1,000 at most
 * GET    /window/sessions/0x1a2b              200 SessionDetail, or 404
 * DELETE /window/sessions/0x1a2b              204 once it has ended with all its ephemeral nodes, or 404
 * GET    /window/watchers/PATH                200 Watchers
 */
export function sessionRoutes(app: FastifyInstance, { mode, view, log, places }: RouteParts): void {
  const { ensemble, bounds } = view;
  const reads = { onRequest: allowed(mode, 'read') };
  const writes = { onRequest: allowed(mode, 'write') };

  app.get<{ Querystring: ListQuery }>(
    '/window/sessions',
    { ...reads, schema: { querystring: LIST_QUERY } },
    async (request): Promise<SessionList> => {
      const { offset = '0', limit, find = '' } = request.query;
      const query = {
        offset: Number(offset),
        limit: Math.min(Number(limit ?? DEFAULT_LIMIT), bounds.windowPageSessions),
        find,
      };
      const list = await places.with(() => ensemble.sessions(query));
      if (list === undefined) throw notServing();
      return list;
    },
  );

  app.get<{ Params: { id: string } }>(
    '/window/sessions/:id',
    reads,
    async (request): Promise<SessionDetail> => {
      const session = await places.with(() => ensemble.session(sessionOf(request.params.id)));
      if (session === undefined) throw notServing();
      if (session === 'no-session') throw noSession(request.params.id);
      return session;
    },
  );

  app.delete<{ Params: { id: string } }>('/window/sessions/:id', writes, async (request, reply) => {
    const session = sessionOf(request.params.id);
    log.info({ session, address: addressOf(request) }, 'somebody ends a session, at the window');
    mustBeDone(await places.with(() => ensemble.endSession(session)));
    return reply.code(204).send();
  });

  for (const url of ['/window/watchers', '/window/watchers/*']) {
    app.get<{ Params: { '*'?: string } }>(url, reads, async (request): Promise<Watchers> => {
      const path = `/${request.params['*'] ?? ''}`;
      const bytes = encodeUtf8(path);
      if (!isValidPath(bytes, 0, bytes.length, false))
        throw new HttpError(
          HttpRefusal.badRequest,
          'this is no path of a node',
          'names may not be empty, ., .. or have control characters',
        );
      const watchers = await places.with(() => ensemble.watchers(path));
      if (watchers === undefined) throw notServing();
      return watchers;
    });
  }
}

/** `0x1a2b` → 6699. Throws HttpError where it is no number of a session. */
function sessionOf(text: string): number {
  const number = /^0x[0-9a-f]{1,14}$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new HttpError(
    HttpRefusal.badRequest,
    'this is no id of a session',
    'write it in hexadecimal digits behind 0x, as GET /window/sessions does',
  );
}
