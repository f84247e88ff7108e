import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BackupGiven, BackupSource } from '../admin/backup-source.ts';
import { plainAddress } from '../config/addresses.ts';
import { BackupRefusal } from '../errors/error-codes.ts';
import type { Logger } from '../ports/logger.ts';
import { HttpError } from './errors.ts';
import { PATIENCE_MS } from './patient.ts';

const HELP: Readonly<Record<BackupRefusal, string>> = {
  [BackupRefusal.notServing]: 'ask again in a moment, or another member',
  [BackupRefusal.underWay]: 'ask again in a moment, or another member',
  [BackupRefusal.behind]: 'ask another member',
  [BackupRefusal.compacted]: 'ask for ?snapshot=true without after',
  [BackupRefusal.otherLog]: 'ask for ?snapshot=true without after',
  [BackupRefusal.noSnapshot]: 'make room on the disk of this member, or ask another one',
};

/** Of what was made and not taken by the caller. */
const BUFFERED_BYTES = 256 * 1024;

/**
 * GET /admin/backup   200 the newest snapshot of this member and the log behind it, up to what was committed when it was asked
 * GET /admin/backup?after=INDEX&term=TERM   200 only the log behind that entry; without a term it is not looked whether it is the same one here
 * GET /admin/backup?after=INDEX&term=TERM&snapshot=true   200 both
 *
 * As `backup-format/records.ts` has it, with its end in the header rookery-backup-index; what has no end record was cut off. Or ErrorBody with a BackupRefusal.
 */
export function adminBackup(app: FastifyInstance, backups: BackupSource, log: Logger): void {
  app.get<{ Querystring: { after?: string; term?: string; snapshot?: string } }>(
    '/admin/backup',
    { exposeHeadRoute: false },
    async (request, reply) => {
      const index = wholeOf(request.query.after);
      const after = index === undefined ? undefined : { index, term: wholeOf(request.query.term) };
      const withSnapshot = after === undefined || request.query.snapshot === 'true';
      const address = plainAddress(request.ip);
      log.info({ address, after, withSnapshot }, 'somebody takes a backup');
      const taken = await backups.take({ after, withSnapshot }, () => !isGone(request));
      if (!taken.ok) throw new HttpError(taken.code, taken.message, HELP[taken.code]);
      if (isGone(request)) {
        taken.release();
        return reply;
      }
      return send(reply, taken, log);
    },
  );
}

function isGone(request: FastifyRequest): boolean {
  return request.raw.socket.destroyed;
}

function wholeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(
    'bad-request',
    'after is the index of an entry of the log, and term its term',
    'send ?after=INDEX&term=TERM, of decimal digits',
  );
}

function send(reply: FastifyReply, taken: BackupGiven, log: Logger): FastifyReply {
  let isReleased = false;
  const release = (): void => {
    if (!isReleased) taken.release();
    isReleased = true;
  };
  const stream = Readable.from(
    paced(taken, () => late.refresh(), release),
    { objectMode: false, highWaterMark: BUFFERED_BYTES },
  );
  const late = setTimeout(() => stream.destroy(new Error('nobody reads it')), PATIENCE_MS);
  let reason = 'its caller went away';
  stream.once('error', (error) => {
    reason = error.message;
  });
  stream.once('close', () => {
    clearTimeout(late);
    if (!stream.readableEnded) log.warn({ reason }, 'a backup was not fetched to its end');
    release();
  });
  reply.header('rookery-backup-index', String(taken.reached.index));
  return reply.type('application/octet-stream').send(stream);
}

/** It is released before its last piece leaves: whoever has had it all may ask for the next one. */
async function* paced(
  taken: BackupGiven,
  goesOn: () => void,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  let made: Uint8Array | undefined;
  for await (const piece of taken.read()) {
    goesOn();
    if (made !== undefined) yield made;
    made = piece;
  }
  release();
  if (made !== undefined) yield made;
}
