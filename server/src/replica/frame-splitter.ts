import { PeerProtocolError } from './peer-format.ts';

/**
 * Cuts the stream of a link into frames: [u32 length][u8 kind][payload]. A frame that lies within one chunk is a view of it;
 * one that spans chunks is copied together once.
 */
export class FrameSplitter {
  private partial: Uint8Array | undefined;
  private filled = 0;
  private readonly header = new Uint8Array(4);
  private headerFilled = 0;
  private readonly maxBytes: number;

  /** `maxBytes`: of the longest frame that is taken. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Calls `onFrame` (kind and payload together, without the length) for each whole frame. Throws PeerProtocolError. */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.partial !== undefined) {
        const take = Math.min(this.partial.length - this.filled, chunk.length - offset);
        this.partial.set(chunk.subarray(offset, offset + take), this.filled);
        this.filled += take;
        offset += take;
        if (this.filled < this.partial.length) return;
        const whole = this.partial;
        this.partial = undefined;
        onFrame(whole);
        continue;
      }
      while (this.headerFilled < 4 && offset < chunk.length) {
        this.header[this.headerFilled++] = chunk[offset++]!;
      }
      if (this.headerFilled < 4) return;
      const h = this.header;
      const length = h[0]! * 0x1000000 + ((h[1]! << 16) | (h[2]! << 8) | h[3]!);
      this.headerFilled = 0;
      if (length < 1 || length > this.maxBytes) {
        throw new PeerProtocolError(
          `a peer announced a frame of ${length} bytes; 1 to ${this.maxBytes} are allowed`,
        );
      }
      if (chunk.length - offset >= length) {
        onFrame(chunk.subarray(offset, offset + length));
        offset += length;
      } else {
        this.partial = new Uint8Array(length);
        this.filled = 0;
      }
    }
  }
}
