import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpView, StreamRefusal, TakenSnapshot } from '../admin/zookeeper-commands.ts';
import { plainAddress } from '../config/addresses.ts';
import { ProofKind } from '../failed-proofs/proof-guard.ts';
import type { Logger } from '../ports/logger.ts';
import { provedSubject } from '../tls/proved-subject.ts';
import type { AdminToken } from './admin-token.ts';
import { PATIENCE_MS, patient } from './patient.ts';

/** Of what was made and not taken by the caller. */
const BUFFERED_BYTES = 256 * 1024;

/** Of snapshots. */
const STREAM_TYPE = 'application/octet-stream';

interface StreamParts {
  readonly member: HttpView;
  /** Where the commands are. */
  readonly path: string;
  readonly token: AdminToken | undefined;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Logger;
}

/**
 * GET .../snapshot   200 the tree and its sessions in ZooKeeper's format, with the headers last_zxid and snapshot_size; ?streaming=false: a snapshot on
 *                    this member's disk, as those that it takes by itself, and {command, error: null}
 * POST .../restore   the body, as application/octet-stream, is such a snapshot: it is the tree of all members once 200 {last_zxid, command, error: null} is
 *                    answered, by the leader alone
 *
 * Whoever asks proves who it is by `authorization`: the token, or a scheme of access lists and a proof (`digest user:password`, `x509`, `ip`), whose
 * id is permitted everything on `/`. What is refused is told as ZooKeeper tells it: a status, and {command, error}.
 */
export function commandStreams(app: FastifyInstance, parts: StreamParts): void {
  const { member, path, log } = parts;
  const snapshot = async (
    request: FastifyRequest<{ Querystring: { streaming?: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const refusal = await whyNot(request, parts);
    if (refusal !== undefined) return refuse(reply, 'snapshot', refusal);
    log.info({ address: plainAddress(request.ip) }, 'somebody asks for a snapshot');
    const taken = await member.streams.takeSnapshot(() => !request.raw.socket.destroyed);
    if ('error' in taken) return refuse(reply, 'snapshot', taken);
    reply.header('last_zxid', `0x${taken.zxid.toString(16)}`);
    reply.header('snapshot_size', String(taken.bytes));
    if (isStreamed(request.query.streaming)) return send(reply, taken, log);
    taken.release();
    return refuse(reply, 'snapshot', { status: 200, error: null });
  };
  for (const name of ['snapshot', 'snap']) app.get(`${path}/${name}`, { exposeHeadRoute: false }, snapshot);
  // Of its own, for the parser: no other call takes anything but JSON.
  app.register(async (scope) => restores(scope, parts));
}

function restores(app: FastifyInstance, parts: StreamParts): void {
  const { member, path, log } = parts;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(STREAM_TYPE, (_request, payload, done) => done(null, payload));
  const restore = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const address = plainAddress(request.ip);
    log.warn({ address }, 'somebody brings a snapshot: it takes the place of the whole tree');
    const restored = await member.streams.restore(patient(request.body as Readable));
    if ('error' in restored) {
      log.warn({ address, reason: restored.error }, 'the snapshot was not restored');
      return refuse(reply, 'restore', restored);
    }
    log.warn({ address, zxid: restored.lastZxid }, 'the tree was restored from a snapshot');
    const answer = { last_zxid: restored.lastZxid, command: 'restore', error: null };
    return reply.type('application/json').send(JSON.stringify(answer, null, 2));
  };
  // Before the body: whoever may not is told so before it has sent everything.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const refusal = (await whyNot(request, parts)) ?? member.streams.whyNoRestore();
    return refusal && refuse(reply, 'restore', refusal);
  };
  const options = { bodyLimit: Number.MAX_SAFE_INTEGER, onRequest };
  for (const name of ['restore', 'rest']) app.post(`${path}/${name}`, options, restore);
}

/** As Java reads truths. */
function isStreamed(streaming: string | undefined): boolean {
  return streaming === undefined || streaming.toLowerCase() === 'true';
}

function send(reply: FastifyReply, taken: TakenSnapshot, log: Logger): FastifyReply {
  const stream = Readable.from(
    paced(taken, () => late.refresh()),
    {
      objectMode: false,
      highWaterMark: BUFFERED_BYTES,
    },
  );
  const late = setTimeout(() => stream.destroy(new Error('nobody reads it')), PATIENCE_MS);
  let reason = 'its caller went away';
  stream.once('error', (error) => {
    reason = error.message;
  });
  stream.once('close', () => {
    clearTimeout(late);
    if (!stream.readableEnded) log.warn({ reason }, 'a snapshot was not fetched to its end');
    taken.release();
  });
  reply.header('content-length', String(taken.bytes));
  return reply.type(STREAM_TYPE).send(stream);
}

/** It is released before its last piece leaves: whoever has had it all may ask for the next one. */
async function* paced(taken: TakenSnapshot, goesOn: () => void): AsyncGenerator<Uint8Array> {
  let left = taken.bytes;
  for await (const piece of taken.read()) {
    goesOn();
    left -= piece.length;
    if (left === 0) taken.release();
    yield piece;
  }
}

/** Why the caller is not answered; undefined: it is. A proof that fails counts, as at every door. */
async function whyNot(
  request: FastifyRequest,
  { member, token, wait }: StreamParts,
): Promise<StreamRefusal | undefined> {
  const { streams, proofs } = member;
  const error = streams.notServing();
  // As ZooKeeper: before anything else, and no failure of HTTP's.
  if (error !== undefined) return { status: 200, error };
  const { authorization = '' } = request.headers;
  if (authorization !== '') {
    const delayMs = proofs.delayMs(request.ip);
    if (delayMs > 0) await wait(delayMs);
  }
  if (token?.isIn(authorization) === true) return undefined;
  const refusal = streams.refusal({
    address: plainAddress(request.ip),
    certificateSubject: provedSubject(request.raw.socket),
    authorization,
  });
  if (refusal !== undefined && authorization !== '') {
    const [scheme = ''] = authorization.split(' ', 1);
    if (/^bearer$/i.test(scheme)) proofs.failedProof(request.ip, ProofKind.adminToken);
    else proofs.failedProof(request.ip, ProofKind.auth, 0, scheme);
  }
  return refusal;
}

function refuse(reply: FastifyReply, command: string, { status, error }: StreamRefusal): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ command, error }, null, 2));
}
