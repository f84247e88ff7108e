import type { Writable } from 'node:stream';

/** Text that gathers before it is written. */
const CHUNK_CHARACTERS = 16 * 1024;

/**
 * What goes to stdout. It waits for its reader where that one is slow, so that output of any length takes no memory, and tells where it has gone away
 * (`| head`): then nothing is written any more.
 */
export class Out {
  readonly #stream: Writable;
  #gathered = '';
  #isGone = false;

  /** @param gone told once, when nobody reads any more; with the error, unless that is because the reader has had enough */
  constructor(stream: Writable, gone: (error: Error | undefined) => void) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#isGone) return;
      this.#isGone = true;
      gone(error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' ? undefined : error);
    });
  }

  /** Whoever calls it awaits it before the next call. */
  text(text: string): Promise<void> | undefined {
    this.#gathered += text;
    return this.#gathered.length < CHUNK_CHARACTERS ? undefined : this.flush();
  }

  line(text: string): Promise<void> | undefined {
    return this.text(`${text}\n`);
  }

  /** Bytes as they are. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(bytes);
  }

  flush(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    return text === '' ? Promise.resolve() : this.#write(text);
  }

  #write(chunk: string | Uint8Array): Promise<void> {
    const stream = this.#stream;
    if (this.#isGone || chunk.length === 0) return Promise.resolve();
    // Settles as well where it fails: that is told by the stream's error.
    return new Promise((resolve) => {
      stream.write(chunk, () => resolve());
    });
  }
}
