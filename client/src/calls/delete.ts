import { type Reader, type Writer, writeDeleteRequest } from '@rookery/protocol';
import { Call } from './call.ts';

export class DeleteCall extends Call<void> {
  override readonly isRepeatable = false;
  readonly #serverPath: string;
  readonly #version: number;

  /** @param version -1 for any */
  constructor(path: string, serverPath: string, version: number) {
    super('delete', path);
    this.#serverPath = serverPath;
    this.#version = version;
  }

  write(writer: Writer, xid: number): void {
    writeDeleteRequest(writer, xid, this.#serverPath, this.#version);
  }

  read(_reader: Reader): void {}
}
