import { Readable } from 'node:stream';
import type { Change } from '@rookery/client';
import { WhoAmICall } from '@rookery/client/world';
import type { FastifyReply } from 'fastify';
import { type Asker, ZXID_HEADER } from './asker.ts';
import { ChangeTaker } from './change-taker.ts';
import { ProgramsError } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { eventsText, eventText } from './event-text.ts';
import { toldSince } from './resumption.ts';
import { type Asked, flag, type Operation } from './route.ts';

/** What was written and not taken by the caller; what waits beyond it are changes, of which there is a bound. */
const BUFFERED_BYTES = 16 * 1024;
/** A read within the process takes far less. */
const WHOLE_MS = 1_000;
/** A browser that lost its connection comes back after so long. */
const RETRY = 'retry: 2000\n\n';

async function watch(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path } = asked;
  const seenZxid = readLastEventId(asked.header('last-event-id'), path);
  const isRecursive = asked.has('recursive');
  const { httpWatchChanges: limit, httpHeartbeatMs: heartbeatMs } = asker.bounds;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new Error('the caller is gone')));
  // Whoever has heard of a write must not begin before it, and who has to prove something first is told so before anything is watched.
  await (seenZxid === undefined ? asker.ask(new WhoAmICall()) : asker.sync(path));
  const stream = asker.lease.client.watch(path, { recursive: isRecursive, limit, signal: gone.signal });
  const taker = new ChangeTaker(stream);
  const started = await firstOf(taker);
  const first =
    seenZxid === undefined
      ? eventsText([started], started.zxid)
      : eventsText(toldSince(started, seenZxid, isRecursive), started.zxid) + resumedText(started);
  reply.header(ZXID_HEADER, String(started.zxid));
  reply.type('text/event-stream').header('x-accel-buffering', 'no');
  const source = { first: RETRY + first, taker, heartbeatMs, wholeUpTo: () => wholeUpTo(asker) };
  return Readable.from(eventStream(source), { objectMode: false, highWaterMark: BUFFERED_BYTES });
}

function readLastEventId(header: string | undefined, path: string): number | undefined {
  if (header === undefined || header === '') return undefined;
  const zxid = /^\d{1,16}$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(zxid)) return zxid;
  throw new ProgramsError('BAD_ARGUMENTS', 'Last-Event-ID is the id of an event of this watch: a zxid', path);
}

/** From here on all is told: the id with which whoever is lost now goes on. */
function resumedText({ path, zxid }: Change & { readonly type: 'start' }): string {
  return eventText('resumed', { path, zxid }, zxid);
}

/** Rejects where nothing may be watched: the status of the answer says so. */
async function firstOf(taker: ChangeTaker<Change>): Promise<Change & { readonly type: 'start' }> {
  for (;;) {
    const taken = await taker.within(60_000);
    if (taken === 'nothing') continue;
    if (taken.done !== true && taken.value.type === 'start') return taken.value;
    throw new ProgramsError('CLOSED', 'the watch ended before it began', undefined, 'safe');
  }
}

/**
 * Up to which write everything was told: a read is answered behind what is told of the writes before it, and never in the middle of one. 0 where none is
 * answered soon: whoever goes on from an earlier id is told again.
 */
async function wholeUpTo({ lease }: Asker): Promise<number> {
  const call = new WhoAmICall();
  try {
    await lease.sessions.submit(call, { timeoutMs: WHOLE_MS });
    return call.answerZxid;
  } catch {
    return 0;
  }
}

export const watchNode: Operation = {
  method: 'GET',
  path: '/watch/{path}',
  id: 'watchNode',
  summary: 'The changes of a node, as server-sent events',
  description:
    'First `start` (how the node is, null where it is not there), then `created`, `changed`, `deleted` and `children` for each change; `missed` where something may not have been told: look again. `closed` says why a watch ends. The `id` of an event is its zxid; with it as Last-Event-ID a watch is taken up again: what changed since is told where it can be known, else `missed` and `start`, and then `resumed`.',
  query: { recursive: flag('Everything below the node, too; `children` is not told then.') },
  headers: { 'last-event-id': 'The id of the last event that the caller has heard.' },
  answers: {
    200: {
      description: 'The events, without an end.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
  },
  errors: [],
  place: 'watch',
  handle: watch,
};
