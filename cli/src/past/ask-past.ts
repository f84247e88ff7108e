import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { serversOf } from '../connection.ts';
import type { Context } from '../context.ts';
import { look, type Reached, reachedOrFail } from '../ensemble-status/look.ts';
import { Refusal, Unreachable, UsageError } from '../failures.ts';
import { parseLocation } from '../location.ts';
import { type Fields, parseJson } from '../members-http/fields.ts';
import { httpText } from '../members-http/http-address.ts';
import { proofOf } from '../members-http/proof.ts';

/** A long log may have to be read before there is anything to tell. */
const ANSWER_MS = 300_000;
/** A member answers one question at a time. */
const BUSY_TRIES = 20;
const BUSY_MS = 250;
const BUSY = 'history-busy';
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** What is asked of the past: see server/src/http/history.ts. */
export type Question = 'node' | 'subtree' | 'changes';

/** A line of the answer. Paths in it are those that were asked for: below the chroot of the servers. */
export interface PastLine {
  readonly type: string;
  readonly path: string;
  readonly fields: Fields;
}

/**
 * Asks one member after the other, until one can tell: they differ in how far back they know. Those that do not lead come first. Throws Refusal, with
 * what the last one said, or Unreachable.
 */
export async function* askPast(
  context: Context,
  question: Question,
  location: string,
  parameters: Readonly<Record<string, string>>,
): AsyncGenerator<PastLine, void> {
  const { chroot, path } = placeOf(context, location);
  const query = new URLSearchParams({ path, ...parameters });
  const reply = await firstToTell(context, `/history/${question}?${query}`);
  for await (const line of linesOf(reply)) {
    const fields = parseJson(line);
    const type = fields?.text('type');
    if (fields === undefined || type === undefined)
      throw new Refusal('what came is no answer about the past; is --admin right?');
    if (type === 'error') throw new Refusal(`the answer broke off: ${fields.text('message') ?? ''}`);
    const told = fields.text('path') ?? path;
    yield { type, path: told.slice(chroot.length) || '/', fields };
    if (type === 'end') return;
  }
  throw new Unreachable('the answer broke off; try again');
}

function placeOf(
  { settings, env }: Context,
  text: string,
): { readonly chroot: string; readonly path: string } {
  const { servers, path } = parseLocation(text);
  if (servers !== undefined)
    throw new UsageError(
      `the past is asked of the ensemble of --server: say --server ${servers} and ${path}`,
    );
  const chroot = serversOf(settings, env)
    .replace(/^[^/]*/, '')
    .replace(/\/$/, '');
  return { chroot, path: chroot === '' ? path : `${chroot}${path === '/' ? '' : path}` };
}

async function firstToTell(context: Context, path: string): Promise<IncomingMessage> {
  const reached = reachedOrFail(await look(context));
  const inOrder = [...reached].sort((a, b) => Number(leads(a)) - Number(leads(b)));
  let refusal: Refusal | undefined;
  for (let tries = 0; tries < BUSY_TRIES; tries++) {
    let isBusy = false;
    for (const { address } of inOrder) {
      const reply = await context.http.stream(address, path, proofOf(context), ANSWER_MS);
      if (reply.statusCode === 200) return reply;
      const { code, why } = await refusalIn(reply);
      isBusy ||= code === BUSY;
      // Why the past is not known says more than that somebody else asks.
      if (refusal === undefined || code !== BUSY) refusal = new Refusal(`${httpText(address)}: ${why}`);
    }
    if (!isBusy) break;
    await pause(BUSY_MS, undefined, { signal: context.signal });
  }
  throw refusal ?? new Unreachable('no member answered; see why: rookery status');
}

function leads({ answer }: Reached): boolean {
  return answer.self.role === 'leader';
}

async function refusalIn(
  reply: IncomingMessage,
): Promise<{ readonly code: string | undefined; readonly why: string }> {
  let text = '';
  for await (const chunk of reply as AsyncIterable<Buffer>) text += chunk.toString();
  const body = parseJson(text);
  if (reply.statusCode === 404)
    return { code: undefined, why: 'it knows nothing of the past: it is too old for that' };
  const help = body?.text('help');
  const why = body?.text('message') ?? `it answered ${reply.statusCode}`;
  return { code: body?.text('code'), why: help === undefined ? why : `${why}; ${help}` };
}

async function* linesOf(reply: IncomingMessage): AsyncGenerator<string, void> {
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_BYTES) throw new Refusal('what came is no answer about the past');
      yield* lines;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Unreachable(`the answer broke off: ${(error as Error).message}; try again`);
  }
}
