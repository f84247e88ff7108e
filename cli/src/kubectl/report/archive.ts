import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { createGzip, type Gzip } from 'node:zlib';
import { UsageError } from '../../failures.ts';
import { TAR_END, tarEntry } from './tar.ts';

/** It tells a lot about the ensemble. */
const FILE_MODE = 0o600;

/** A .tar.gz that is there whole or not at all. */
export class Archive {
  readonly #file: string;
  readonly #gzip: Gzip = createGzip();
  readonly #target: Writable;
  readonly #written: Promise<unknown>;
  /** Why nothing can be written any more. */
  #failure: Error | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#target = createWriteStream(this.#unfinished, { mode: FILE_MODE });
    this.#written = once(this.#gzip.pipe(this.#target), 'close');
    this.#target.on('error', (error) => {
      this.#failure ??= error;
      this.#gzip.destroy(error);
    });
    // Looked at where something is written, and at the end.
    this.#written.catch(() => undefined);
    this.#gzip.on('error', () => {});
  }

  /** Throws UsageError where the file cannot be written. */
  async add(name: string, content: Uint8Array, modifiedMs: number): Promise<void> {
    await this.#write(tarEntry(name, content, modifiedMs));
  }

  async finish(): Promise<void> {
    await this.#write(TAR_END);
    this.#gzip.end();
    await this.#written.catch((error: Error) => Promise.reject(this.#cannotWrite(error)));
    await rename(this.#unfinished, this.#file).catch((error: Error) =>
      Promise.reject(this.#cannotWrite(error)),
    );
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    this.#target.destroy();
    await rm(this.#unfinished, { force: true });
  }

  get #unfinished(): string {
    return `${this.#file}.unfinished`;
  }

  #cannotWrite(error: Error): UsageError {
    return new UsageError(`${this.#file} cannot be written: ${error.message}`);
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gzip.write(bytes, (error) =>
        error ? reject(this.#cannotWrite(this.#failure ?? error)) : resolve(),
      );
    });
  }
}
