import { PeerProtocolError } from './peer-format.ts';

/** Room for a frame that spans chunks; a longer one gets more as it comes. */
const FIRST_BYTES = 256 * 1024;

/**
 * Cuts the stream of a link into frames: [u32 length][u8 kind][payload]. A frame that lies within one chunk is a view of it;
 * one that spans chunks is copied together. Memory is taken as bytes come, not as they are announced.
 */
export class FrameSplitter {
  /** A frame of `length` bytes of which `filled` came so far. */
  #partial: Uint8Array | undefined;
  #length = 0;
  #filled = 0;
  readonly #header = new Uint8Array(4);
  #headerFilled = 0;
  readonly #maxBytes: number;

  /** `maxBytes`: of the longest frame that is taken. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Calls `onFrame` (kind and payload together, without the length) for each whole frame. Throws PeerProtocolError. */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#partial !== undefined) {
        const take = Math.min(this.#length - this.#filled, chunk.length - offset);
        const whole = this.#roomFor(this.#partial, take);
        whole.set(chunk.subarray(offset, offset + take), this.#filled);
        this.#filled += take;
        offset += take;
        if (this.#filled < this.#length) return;
        this.#partial = undefined;
        onFrame(whole);
        continue;
      }
      while (this.#headerFilled < 4 && offset < chunk.length) {
        this.#header[this.#headerFilled++] = chunk[offset++]!;
      }
      if (this.#headerFilled < 4) return;
      const h = this.#header;
      const length = h[0]! * 0x1000000 + ((h[1]! << 16) | (h[2]! << 8) | h[3]!);
      this.#headerFilled = 0;
      if (length < 1 || length > this.#maxBytes) {
        throw new PeerProtocolError(
          `a peer announced a frame of ${length} bytes; 1 to ${this.#maxBytes} are allowed`,
        );
      }
      if (chunk.length - offset >= length) {
        onFrame(chunk.subarray(offset, offset + length));
        offset += length;
      } else {
        this.#partial = new Uint8Array(Math.min(length, FIRST_BYTES));
        this.#length = length;
        this.#filled = 0;
      }
    }
  }

  /** `partial` with room for `more`: as it is, or a copy of twice its length that takes its place. */
  #roomFor(partial: Uint8Array, more: number): Uint8Array {
    const needed = this.#filled + more;
    if (needed <= partial.length) return partial;
    const larger = new Uint8Array(Math.min(this.#length, Math.max(needed, 2 * partial.length)));
    larger.set(partial.subarray(0, this.#filled));
    this.#partial = larger;
    return larger;
  }
}
