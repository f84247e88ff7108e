import { StringDecoder } from 'node:string_decoder';
import { UsageError } from '../failures.ts';

/** The largest value that a server takes at all, as base64, and what stands around it. */
const MAX_LINE_CHARACTERS = 96 * 1024 * 1024;

/** The lines of a text that comes in pieces; empty ones are left out. Throws UsageError for a line that nobody would have written. */
export async function* linesOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let characters = 0;
  for await (const chunk of chunks) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    const last = parts.pop()!;
    for (const part of parts) {
      const line = pieces.join('') + part;
      pieces = [];
      characters = 0;
      if (line.trim() !== '') yield line;
    }
    pieces.push(last);
    characters += last.length;
    if (characters > MAX_LINE_CHARACTERS)
      throw new UsageError(`a line has more than ${MAX_LINE_CHARACTERS} characters: this is no export`);
  }
  const line = pieces.join('') + decoder.end();
  if (line.trim() !== '') yield line;
}
