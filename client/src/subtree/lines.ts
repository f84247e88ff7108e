/** The largest value that a server takes at all, as base64, and what stands around it. */
const MAX_LINE_CHARACTERS = 96 * 1024 * 1024;

/** The lines of a text that comes in pieces; empty ones are left out. Throws RangeError for a line that nobody would have written. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array | string>,
  maxCharacters = MAX_LINE_CHARACTERS,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let pieces: string[] = [];
  let characters = 0;
  for await (const chunk of chunks) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
    const last = parts.pop()!;
    for (const part of parts) {
      const line = pieces.join('') + part;
      pieces = [];
      characters = 0;
      if (line.trim() !== '') yield line;
    }
    pieces.push(last);
    characters += last.length;
    if (characters > maxCharacters)
      throw new RangeError(`a line has more than ${maxCharacters} characters: this is no export`);
  }
  const line = pieces.join('') + decoder.decode();
  if (line.trim() !== '') yield line;
}
