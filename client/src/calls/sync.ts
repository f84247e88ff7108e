import { OpCode, type Reader, type Writer, writePathRequest } from '@rookery/protocol';
import { Call } from './call.ts';

/** Answered once the member has applied everything that was committed when it was asked. */
export class SyncCall extends Call<void> {
  override readonly isRepeatable = true;
  readonly #serverPath: string;

  constructor(path: string, serverPath: string) {
    super('sync', path);
    this.#serverPath = serverPath;
  }

  write(writer: Writer, xid: number): void {
    writePathRequest(writer, xid, OpCode.sync, this.#serverPath);
  }

  read(_reader: Reader): void {}
}
