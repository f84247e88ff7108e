import { concatBytes } from '@rookery/protocol';
import { FieldReader } from '../../codec/field-reader.ts';
import { PeerProtocolError, peerFormat } from './peer-format.ts';
import { MAX_HELLO_BYTES, PeerFrame, readHelloOf } from './peer-frames.ts';

const LENGTH_BYTES = 4;

/**
 * What comes first over a link that somebody else has opened. Anybody can say a server id; a link counts as that member's, and takes the place of
 * the one that stands, only once the member's hello has come and can be read.
 */
export class Greeting {
  readonly #serverId: number;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(serverId: number) {
    this.#serverId = serverId;
  }

  /** @returns all that has come, once the hello is whole; undefined before. Throws PeerProtocolError on anything but the hello of this member. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : concatBytes([this.#bytes, chunk]);
    const bytes = this.#bytes;
    if (bytes.length <= LENGTH_BYTES) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    const kind = bytes[LENGTH_BYTES];
    if (kind !== PeerFrame.hello) throw new PeerProtocolError(`a frame of kind ${kind} before a hello`);
    if (length < 1 || length > MAX_HELLO_BYTES) {
      throw new PeerProtocolError(`a hello of ${length} bytes; ${MAX_HELLO_BYTES} are allowed`);
    }
    const end = LENGTH_BYTES + length;
    if (bytes.length < end) return undefined;
    readHelloOf(this.#serverId, new FieldReader(bytes.subarray(LENGTH_BYTES + 1, end), peerFormat));
    return bytes;
  }
}
