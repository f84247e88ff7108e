import { Readable } from 'node:stream';
import { encodeUtf8, isValidPath } from '@rookery/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HistoryCaller, HistoryView } from '../admin/history-view.ts';
import type { HttpView } from '../admin/zookeeper-commands.ts';
import { plainAddress } from '../config/addresses.ts';
import { HistoryRefusal, HttpRefusal } from '../errors/error-codes.ts';
import { ProofKind } from '../failed-proofs/proof-guard.ts';
import { HistoryError } from '../history/history-error.ts';
import type { Asked, Point } from '../history/question.ts';
import type { Logger } from '../ports/logger.ts';
import { provedSubject } from '../tls/proved-subject.ts';
import type { AdminToken } from './admin-token.ts';
import { HttpError } from './errors.ts';
import { PATIENCE_MS } from './patient.ts';

const HELP: Readonly<Record<HistoryRefusal, string>> = {
  [HistoryRefusal.off]: 'set history.retainHours, on each member that is to be asked',
  [HistoryRefusal.gone]:
    'ask another member, or for something later; history.retainHours says how much is kept',
  [HistoryRefusal.ahead]: 'ask again in a moment, or another member',
  [HistoryRefusal.busy]: 'ask again in a moment, or another member',
  [HistoryRefusal.noMemory]: 'ask a member that has more memory',
  [HistoryRefusal.late]: 'ask for something that is nearer to a snapshot, or a member that does less',
  [HistoryRefusal.damaged]: 'ask another member; what this one serves now is not concerned',
};

const number = { type: 'string', pattern: '^[0-9]{1,16}$' } as const;
const truth = { type: 'string', enum: ['true', 'false'] } as const;
const path = { type: 'string' } as const;
const MOMENT = { path, zxid: number, timeMs: number, values: truth };
const RANGE = {
  path,
  recursive: truth,
  afterZxid: number,
  afterTimeMs: number,
  toZxid: number,
  toTimeMs: number,
};

type Query = Readonly<Record<string, string | undefined>>;

interface HistoryParts {
  readonly view: HistoryView;
  readonly proofs: HttpView['proofs'];
  readonly token: AdminToken | undefined;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Logger;
}

/**
 * GET /history/node?path=&zxid=|timeMs=                a node as it was
 * GET /history/subtree?path=&zxid=|timeMs=&values=     it and all below it, parents first
 * GET /history/changes?path=&recursive=&after…=&to…=   who wrote what
 *
 * Answers are lines of JSON: `at` first, `end` last, or `error` where it breaks off. Whoever asks proves who it is by `authorization`, as for a
 * snapshot: the token, or a scheme of access lists and a proof; it is told what it might have read then and may read now.
 */
export function history(app: FastifyInstance, parts: HistoryParts): void {
  const route = (name: string, properties: object, askedOf: (query: Query) => Asked): void => {
    const querystring = { type: 'object', properties, required: ['path'], additionalProperties: false };
    app.get<{ Querystring: Query }>(`/history/${name}`, { schema: { querystring } }, (request, reply) =>
      answer(parts, request, reply, request.query.path ?? '/', askedOf(request.query)),
    );
  };
  route('node', MOMENT, (query) => ({ what: 'node', at: needPoint(query) }));
  route('subtree', MOMENT, (query) => ({
    what: 'subtree',
    at: needPoint(query),
    hasValues: query.values === 'true',
  }));
  route('changes', RANGE, (query) => ({
    what: 'changes',
    isRecursive: query.recursive === 'true',
    after: pointOf(query.afterZxid, query.afterTimeMs),
    to: pointOf(query.toZxid, query.toTimeMs),
  }));
}

async function answer(
  parts: HistoryParts,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: string,
  question: Asked,
): Promise<FastifyReply> {
  const bytes = encodeUtf8(asked);
  if (!isValidPath(bytes, 0, bytes.length, false))
    throw new HttpError(HttpRefusal.badRequest, 'this is no path of a node', 'as in path=/app/config');
  const caller = await callerOf(parts, request);
  parts.log.info({ address: plainAddress(request.ip), path: asked }, 'somebody asks about the past');
  const lines = parts.view.ask(caller, asked, question);
  try {
    const first = await lines.next();
    const stream = Readable.from(
      restOf(first, lines, () => late.refresh()),
      { objectMode: false },
    );
    const late = setTimeout(() => stream.destroy(new Error('nobody reads it')), PATIENCE_MS);
    stream.once('close', () => clearTimeout(late));
    return await reply.type('application/x-ndjson').send(stream);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new HttpError(error.code, error.message, HELP[error.code]);
  }
}

async function* restOf(
  first: IteratorResult<Buffer, void>,
  lines: AsyncGenerator<Buffer, void>,
  goesOn: () => void,
): AsyncGenerator<Buffer, void> {
  try {
    if (first.done !== true) yield first.value;
    for await (const line of lines) {
      goesOn();
      yield line;
    }
  } finally {
    await lines.return();
  }
}

async function callerOf(
  { view, proofs, token, wait }: HistoryParts,
  request: FastifyRequest,
): Promise<HistoryCaller> {
  const { authorization = '' } = request.headers;
  const delayMs = authorization === '' ? 0 : proofs.delayMs(request.ip);
  if (delayMs > 0) await wait(delayMs);
  const caller = {
    address: plainAddress(request.ip),
    certificateSubject: provedSubject(request.raw.socket),
    authorization,
    hasToken: token?.isIn(authorization) === true,
  };
  const refusal = view.refusal(caller);
  if (refusal === undefined) return caller;
  if (authorization !== '') {
    const [scheme = ''] = authorization.split(' ', 1);
    if (/^bearer$/i.test(scheme)) proofs.failedProof(request.ip, ProofKind.adminToken);
    else proofs.failedProof(request.ip, ProofKind.auth, 0, scheme);
  }
  throw new HttpError(
    HttpRefusal.unauthorized,
    refusal.error ?? '',
    'send the header authorization, as for a snapshot',
  );
}

function needPoint({ zxid, timeMs }: Query): Point {
  const point = pointOf(zxid, timeMs);
  if (point !== undefined) return point;
  throw new HttpError(HttpRefusal.badRequest, 'no moment is named', 'say zxid or timeMs, as numbers');
}

function pointOf(zxid: string | undefined, timeMs: string | undefined): Point | undefined {
  if (zxid !== undefined) return { zxid: Number(zxid) };
  return timeMs === undefined ? undefined : { timeMs: Number(timeMs) };
}
