import {
  OpCode,
  type Reader,
  readEphemerals,
  type Writer,
  writeGetEphemeralsRequest,
  writePathRequest,
} from '@rookery/protocol';
import { Call } from './call.ts';

/** How many nodes are below a node, at whatever depth. */
export class CountDescendantsCall extends Call<number> {
  override readonly isRepeatable = true;
  readonly #serverPath: string;

  constructor(path: string, serverPath: string) {
    super('countDescendants', path);
    this.#serverPath = serverPath;
  }

  write(writer: Writer, xid: number): void {
    writePathRequest(writer, xid, OpCode.getAllChildrenNumber, this.#serverPath);
  }

  read(reader: Reader): number {
    return reader.readInt();
  }
}

/** The session's own ephemeral nodes whose paths begin with a text. */
export class EphemeralsCall extends Call<string[]> {
  override readonly isRepeatable = true;
  readonly #serverPrefix: string;
  readonly #chrootLength: number;

  constructor(prefix: string, serverPrefix: string, chrootLength: number) {
    super('ephemerals', prefix);
    this.#serverPrefix = serverPrefix;
    this.#chrootLength = chrootLength;
  }

  write(writer: Writer, xid: number): void {
    writeGetEphemeralsRequest(writer, xid, this.#serverPrefix);
  }

  read(reader: Reader): string[] {
    return readEphemerals(reader).map((path) => path.slice(this.#chrootLength));
  }
}
