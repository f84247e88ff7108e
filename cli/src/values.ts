import { createReadStream } from 'node:fs';
import { UsageError } from './failures.ts';
import type { Input } from './surroundings.ts';

/** Far more than any server takes as a value; a file that was named by mistake must not fill the memory. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/** A value as it is typed: itself, `-` for what comes from stdin, or `@FILE` for what is in a file. */
export async function readValue(text: string, stdin: () => Input): Promise<string | Buffer> {
  if (text === '-') return readAll(stdin(), 'stdin');
  if (text.startsWith('@')) return readAll(createReadStream(text.slice(1)), text.slice(1));
  return text;
}

async function readAll(stream: AsyncIterable<Buffer | string>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += piece.length;
      if (bytes > MAX_VALUE_BYTES) break;
      chunks.push(piece);
    }
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
  if (bytes > MAX_VALUE_BYTES)
    throw new UsageError(`${name} has more than ${MAX_VALUE_BYTES} bytes: no server takes such a value`);
  return Buffer.concat(chunks);
}
