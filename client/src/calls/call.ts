import type { Reader, Writer } from '@rookery/protocol';
import { CoordinationError, type CoordinationErrorCode, errorOfAnswer, type Retry } from '../errors.ts';

/** Where a call is on its way. It only goes forward, but for reads whose connection broke: they wait again. */
export const Progress = { waiting: 0, sent: 1, settled: 2 } as const;
export type Progress = (typeof Progress)[keyof typeof Progress];

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * One request and whoever waits for its answer. Each operation has a class of its own, which knows both of its records, so that what runs
 * for each request makes no closure and no buffer.
 */
export abstract class Call<T> {
  readonly operation: string;
  /** As the caller gave it, for errors. */
  readonly path: string | undefined;
  /** May be asked twice without harm, so that a broken connection does not fail it. */
  abstract readonly isRepeatable: boolean;
  progress: Progress = Progress.waiting;
  /** When it was first asked for, by the client's clock. */
  askedAtMs = 0;
  /** Of the connection that it was sent on last. */
  xid = 0;
  sentAtMs = 0;
  /** Of the answer: the newest write that whoever gave it had applied. 0 before it. */
  answerZxid = 0;
  /** When it has failed if no answer is there. */
  dueAtMs = 0;
  readonly promise: Promise<T>;
  readonly #waiter: Waiter<T>;

  constructor(operation: string, path: string | undefined) {
    this.operation = operation;
    this.path = path;
    const waiter = Promise.withResolvers<T>();
    this.promise = waiter.promise;
    this.#waiter = waiter;
  }

  /** Writes the whole request, its frame included. */
  abstract write(writer: Writer, xid: number): void;

  /** Reads the answer's record, behind the reply header. */
  abstract read(reader: Reader): T;

  /** Something to be done with an answer before anything that comes after it on the connection is read. */
  answered(_err: number, _zxid: number): void {}

  /** The value that an error stands for: of `exists` where there is no such node. */
  valueOfError(_err: number): { readonly value: T } | undefined {
    return undefined;
  }

  get isSettled(): boolean {
    return this.progress === Progress.settled;
  }

  /** Takes the answer; `reader` stands behind the reply header. False where it cannot be read. */
  settle(err: number, zxid: number, reader: Reader): boolean {
    if (this.isSettled) return true;
    this.answerZxid = zxid;
    this.answered(err, zxid);
    if (err !== 0) {
      const stood = this.valueOfError(err);
      if (stood === undefined) this.fail(errorOfAnswer(err, this.operation, this.path));
      else this.#succeed(stood.value);
      return true;
    }
    const value = this.read(reader);
    if (reader.failed) return false;
    // A read of what was answered may itself have failed the call: a transaction that was refused.
    if (!this.isSettled) this.#succeed(value);
    return true;
  }

  #succeed(value: T): void {
    this.progress = Progress.settled;
    this.#waiter.resolve(value);
  }

  fail(error: Error): void {
    if (this.isSettled) return;
    this.progress = Progress.settled;
    this.#waiter.reject(error);
  }

  /** Fails it for a reason that no server gave. */
  failBecause(code: CoordinationErrorCode, why: string, cause?: unknown): void {
    if (!this.isSettled) this.fail(this.#errorOf(code, why, cause));
  }

  #errorOf(code: CoordinationErrorCode, why: string, cause: unknown): CoordinationError {
    const what = this.path === undefined ? this.operation : `${this.operation} ${this.path}`;
    return new CoordinationError(code, `${what}: ${why}`, {
      operation: this.operation,
      path: this.path,
      retry: this.#retry(),
      cause,
    });
  }

  #retry(): Retry {
    return this.progress === Progress.waiting || this.isRepeatable ? 'safe' : 'in-doubt';
  }
}
