const NEWLINE = 0x0a;

/** A line that is longer than any object that the API server stores: what comes is no watch. */
export class LineTooLong extends Error {
  override readonly name: string = 'LineTooLong';
  constructor(limitBytes: number) {
    super(`a line of the watch is longer than ${limitBytes} bytes`);
  }
}

/**
 * Cuts a stream of bytes into lines of UTF-8 text. Chunks end anywhere, in the middle of a character too, so that bytes are
 * gathered, and only whole lines are decoded.
 */
export class LineSplitter {
  readonly #limitBytes: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes of a line that has begun and not ended. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** The lines that end in this chunk, without empty ones. Keeps views of the chunk. Throws LineTooLong. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#take();
      if (line !== '') lines.push(line);
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#limitBytes) throw new LineTooLong(this.#limitBytes);
    this.#parts.push(part);
  }

  #take(): string {
    const line = Buffer.concat(this.#parts).toString('utf8').trim();
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}
