/**
 * The lines of a stream of UTF-8 without their ends. Of a longer one than `maxBytes` the beginning is given, and ` …`.
 *
 * @param maxBytes of a line
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isCut = false;
  const hold = (piece: Buffer): void => {
    const room = maxBytes - heldBytes;
    if (piece.length > room) isCut = true;
    const kept = piece.subarray(0, Math.max(0, room));
    // A copy: a small piece of a line must not keep the large one that it came in.
    if (kept.length > 0) held.push(Buffer.from(kept));
    heldBytes += kept.length;
  };
  const taken = (): string => {
    const text = Buffer.concat(held).toString('utf8');
    const line = isCut ? `${text} …` : text;
    held = [];
    heldBytes = 0;
    isCut = false;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, end));
      yield taken().replace(/\r$/, '');
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (heldBytes > 0) yield taken();
}
