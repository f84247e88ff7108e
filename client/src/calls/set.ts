import { type Reader, type Writer, writeSetDataRequest } from '@rookery/protocol';
import { Call } from './call.ts';
import { type NodeStat, readNodeStat } from './node-stat.ts';

/** With a version, asking twice does harm to nobody, but the second answer is BAD_VERSION where the first one did it: so it is no read. */
export class SetCall extends Call<NodeStat> {
  override readonly isRepeatable = false;
  readonly #serverPath: string;
  readonly #data: Uint8Array;
  readonly #version: number;

  /** @param version -1 for any */
  constructor(path: string, serverPath: string, data: Uint8Array, version: number) {
    super('set', path);
    this.#serverPath = serverPath;
    this.#data = data;
    this.#version = version;
  }

  write(writer: Writer, xid: number): void {
    writeSetDataRequest(writer, xid, this.#serverPath, this.#data, this.#version);
  }

  read(reader: Reader): NodeStat {
    return readNodeStat(reader);
  }
}
