import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { answerOf } from '../../v1/errors.ts';
import type { Asked } from '../../v1/route.ts';

/** Of what was made and not taken by the caller: whatever makes it waits. */
const BUFFERED_BYTES = 64 * 1024;

/** What an answer of lines is sent as. */
export const LINES_TYPE = 'application/x-ndjson';

/** Each as a line of JSON. What goes wrong on the way is the last one. */
export function answerLines(asked: Asked, reply: FastifyReply, lines: AsyncIterable<object>): Readable {
  return answerTexts(asked, reply, jsonOf(lines));
}

/** The same, of lines that are JSON already. */
export function answerTexts(asked: Asked, reply: FastifyReply, lines: AsyncIterable<string>): Readable {
  reply.type(LINES_TYPE).header('x-accel-buffering', 'no');
  return Readable.from(endedBy(asked, lines), { objectMode: false, highWaterMark: BUFFERED_BYTES });
}

async function* jsonOf(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield JSON.stringify(line);
}

async function* endedBy(asked: Asked, lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    for await (const line of lines) yield `${line}\n`;
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    const { code, message, path } = answerOf(thrown)?.body ?? asked.unexpected(thrown);
    yield `${JSON.stringify({ error: { code, message, ...(path === undefined ? {} : { path }) } })}\n`;
  }
}
