import { OpCode, type Reader, type Writer, writePathWatchKindRequest } from '@rookery/protocol';
import { Call } from './call.ts';

/** Sets a watch that stays: asked for twice it is one, and the second answer the same. */
export class AddWatchCall extends Call<number> {
  override readonly isRepeatable = true;
  readonly #serverPath: string;
  readonly #mode: number;
  #zxid = 0;

  constructor(path: string, serverPath: string, mode: number) {
    super('watch', path);
    this.#serverPath = serverPath;
    this.#mode = mode;
  }

  write(writer: Writer, xid: number): void {
    writePathWatchKindRequest(writer, xid, OpCode.addWatch, this.#serverPath, this.#mode);
  }

  override answered(_err: number, zxid: number): void {
    this.#zxid = zxid;
  }

  /** The zxid from which on everything is told. */
  read(_reader: Reader): number {
    return this.#zxid;
  }
}

export class RemoveWatchCall extends Call<void> {
  override readonly isRepeatable = true;
  readonly #serverPath: string;
  readonly #type: number;

  constructor(path: string, serverPath: string, type: number) {
    super('stop watching', path);
    this.#serverPath = serverPath;
    this.#type = type;
  }

  write(writer: Writer, xid: number): void {
    writePathWatchKindRequest(writer, xid, OpCode.removeWatches, this.#serverPath, this.#type);
  }

  read(_reader: Reader): void {}
}
