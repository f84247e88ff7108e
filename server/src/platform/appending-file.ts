import { close, type NoParamCallback, open, write } from 'node:fs';
import type { LineSink } from './log.ts';

/** The calls that it makes, so that a test can have a disk that is full, or does not answer. */
export interface AppendCalls {
  open(path: string, flags: string, mode: number, done: (error: Error | null, fd: number) => void): void;
  write(fd: number, bytes: Uint8Array, done: (error: Error | null, written: number) => void): void;
  close(fd: number, done: NoParamCallback): void;
  /** Later, once. */
  later(ms: number, task: () => void): void;
}

const machineCalls: AppendCalls = {
  open,
  write: (fd, bytes, done) => write(fd, bytes, done),
  close,
  later: (ms, task) => void setTimeout(task, ms).unref(),
};

/** Who is told how it goes. */
export interface AppendEvents {
  /** What waits stays, and is tried again. */
  failed(error: Error): void;
  /** After a failure: it takes lines again. */
  recovered(): void;
}

/** Lines that wait for the disk; those beyond are not taken. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 1_000;
/** Readable by its owner alone. */
export const APPENDED_MODE = 0o600;

/**
 * A file to which lines are appended beside the loop: one write is under way at a time, the next one gathers meanwhile. Whatever the disk does,
 * nobody waits for it, and it takes no more memory than it may.
 *
 *   idle ──a line──► writing ──done, more came──► writing ──done──► idle
 *                      │ ▲
 *                 error│ │a while later, opened anew
 *                      ▼ │
 *                     waiting
 */
export class AppendingFile implements LineSink {
  readonly #path: string;
  readonly #events: AppendEvents;
  readonly #calls: AppendCalls;
  readonly #maxWaitingBytes: number;
  #fd: number | undefined;
  #lines: string[] = [];
  /** What is being written, or failed: a rest of it where the system took only a part. */
  #batch: Uint8Array | undefined;
  #waitingBytes = 0;
  #isBusy = false;
  /** The disk was asked for something. */
  #isAsking = false;
  #hasFailed = false;
  #isToReopen = false;
  #idle: () => void = () => {};

  /** It is opened for its first line. */
  constructor(path: string, events: AppendEvents, calls = machineCalls, maxWaitingBytes = MAX_WAITING_BYTES) {
    this.#path = path;
    this.#events = events;
    this.#calls = calls;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** False where there is no room for it: the line is lost. */
  write(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > this.#maxWaitingBytes) return false;
    this.#waitingBytes += bytes;
    this.#lines.push(line);
    if (!this.#isBusy) this.#next();
    return true;
  }

  /** Whoever rotates logs has renamed the file: lines that come now go to a new one of its name. */
  reopen(): void {
    this.#isToReopen = true;
    if (!this.#isBusy) this.#next();
  }

  /** Settles once nothing waits, or after so long: with whether the disk still owes an answer. */
  drained(withinMs: number): Promise<boolean> {
    if (!this.#isBusy) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#idle = () => resolve(false);
      this.#calls.later(withinMs, () => resolve(this.#isAsking));
    });
  }

  #next(): void {
    this.#isBusy = true;
    if (this.#isToReopen) this.#close();
    if (this.#batch === undefined && this.#lines.length > 0) {
      this.#batch = Buffer.from(this.#lines.join(''));
      this.#lines = [];
    }
    if (this.#batch === undefined) {
      this.#isBusy = false;
      this.#idle();
      return;
    }
    this.#isAsking = true;
    if (this.#fd === undefined) this.#calls.open(this.#path, 'a', APPENDED_MODE, this.#opened);
    else this.#calls.write(this.#fd, this.#batch, this.#written);
  }

  readonly #opened = (error: Error | null, fd: number): void => {
    this.#isAsking = false;
    if (error !== null) {
      this.#failed(error);
      return;
    }
    this.#fd = fd;
    this.#next();
  };

  readonly #written = (error: Error | null, written: number): void => {
    this.#isAsking = false;
    if (error !== null) {
      this.#failed(error);
      return;
    }
    this.#waitingBytes -= written;
    const rest = this.#batch!.subarray(written);
    this.#batch = rest.length === 0 ? undefined : rest;
    if (this.#hasFailed) {
      this.#hasFailed = false;
      this.#events.recovered();
    }
    this.#next();
  };

  /** Another file may be what helps: somebody made room, or mounted it again. */
  #failed(error: Error): void {
    this.#hasFailed = true;
    this.#events.failed(error);
    this.#close();
    this.#calls.later(RETRY_MS, () => this.#next());
  }

  #close(): void {
    this.#isToReopen = false;
    if (this.#fd !== undefined) this.#calls.close(this.#fd, () => {});
    this.#fd = undefined;
  }
}
