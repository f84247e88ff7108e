import fs from 'node:fs';
import type { DiskDone, DiskFile } from '../ports/disk.ts';
import type { SyncGauge } from './sync-gauge.ts';

/** An append of at most this size, about a dozen small writes, is a sign that little else waits for this turn of the loop. */
const INLINE_MAX_BYTES = 4096;
const ZEROS = new Uint8Array(1024 * 1024);
/** Zeros written between two syncs: a longer queue of dirty pages would hold up the log's own syncs. */
const ALLOCATE_SYNC_BYTES = 8 * 1024 * 1024;

/** An open file. Appends go one at a time; everything else may go on beside them. */
export class DiskFileHandle implements DiskFile {
  readonly name: string;
  readonly #fd: number;
  readonly #gauge: SyncGauge;

  /** The append under way. */
  #done: DiskDone | undefined;
  #buffer: Uint8Array = ZEROS;
  #length = 0;
  #position = 0;
  #written = 0;
  #startedMs = 0;

  constructor(name: string, fd: number, gauge: SyncGauge) {
    this.name = name;
    this.#fd = fd;
    this.#gauge = gauge;
  }

  append(buffer: Uint8Array, length: number, position: number, done: DiskDone): void {
    const gauge = this.#gauge;
    this.#startedMs = performance.now();
    if (length <= INLINE_MAX_BYTES && gauge.isPrompt) {
      done(this.#appendInline(buffer, length, position));
      return;
    }
    this.#done = done;
    this.#buffer = buffer;
    this.#length = length;
    this.#position = position;
    this.#written = 0;
    fs.write(this.#fd, buffer, 0, length, position, this.#onWritten);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#inPool(async () => {
      let total = 0;
      while (total < buffer.length) {
        const read = await readOnce(this.#fd, buffer, total, position + total);
        if (read === 0) break;
        total += read;
      }
      return total;
    });
  }

  write(data: Uint8Array, position: number): Promise<void> {
    return this.#inPool(() => this.#writeAll(data, data.length, position));
  }

  sync(): Promise<void> {
    return this.#inPool(() => this.#syncOnce());
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stat) => (error ? reject(error) : resolve(stat.size)));
    });
  }

  allocate(size: number): Promise<void> {
    return this.#inPool(async () => {
      let unsynced = 0;
      for (let end = await this.size(); end < size; ) {
        const length = Math.min(ZEROS.length, size - end);
        await this.#writeAll(ZEROS, length, end);
        end += length;
        unsynced += length;
        if (unsynced < ALLOCATE_SYNC_BYTES) continue;
        unsynced = 0;
        await this.#syncOnce();
      }
      await this.#syncOnce();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  #appendInline(buffer: Uint8Array, length: number, position: number): Error | undefined {
    try {
      let written = 0;
      while (written < length) {
        written += fs.writeSync(this.#fd, buffer, written, length - written, position + written);
      }
      fs.fdatasyncSync(this.#fd);
    } catch (error) {
      return error as Error;
    }
    this.#gauge.appended(length, performance.now() - this.#startedMs);
    return undefined;
  }

  readonly #onWritten = (error: Error | null, written: number): void => {
    if (error !== null) {
      this.#finish(error);
      return;
    }
    this.#written += written;
    const rest = this.#length - this.#written;
    if (rest === 0) fs.fdatasync(this.#fd, this.#onSynced);
    else
      fs.write(this.#fd, this.#buffer, this.#written, rest, this.#position + this.#written, this.#onWritten);
  };

  readonly #onSynced = (error: Error | null): void => {
    if (error === null) this.#gauge.appended(this.#length, performance.now() - this.#startedMs);
    this.#finish(error ?? undefined);
  };

  #finish(error: Error | undefined): void {
    const done = this.#done!;
    this.#done = undefined;
    this.#buffer = ZEROS;
    done(error);
  }

  async #writeAll(data: Uint8Array, length: number, position: number): Promise<void> {
    let written = 0;
    while (written < length) {
      written += await writeOnce(this.#fd, data, written, length - written, position + written);
    }
    this.#gauge.bytesWritten += length;
  }

  #syncOnce(): Promise<void> {
    this.#gauge.syncs++;
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #inPool<T>(work: () => Promise<T>): Promise<T> {
    this.#gauge.began();
    try {
      return await work();
    } finally {
      this.#gauge.ended();
    }
  }
}

function readOnce(fd: number, buffer: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, buffer, offset, buffer.length - offset, position, (error, read) =>
      error ? reject(error) : resolve(read),
    );
  });
}

function writeOnce(
  fd: number,
  data: Uint8Array,
  offset: number,
  length: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, data, offset, length, position, (error, written) =>
      error ? reject(error) : resolve(written),
    );
  });
}
