/** What a peer sent cannot be read: the link is closed, nothing of it is used. */
export class PeerProtocolError extends Error {
  readonly code = 'PEER_PROTOCOL';
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads what ByteWriter wrote. Throws PeerProtocolError instead of reading beyond the end. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u32(): number {
    return this.view.getUint32(this.advance(4));
  }

  f64(): number {
    return this.view.getFloat64(this.advance(8));
  }

  /** A view, not a copy. */
  block(): Uint8Array {
    const length = this.u32();
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(): string {
    const bytes = this.block();
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new PeerProtocolError("a text in a peer's frame is not UTF-8", { cause });
    }
  }

  private advance(length: number): number {
    const start = this.offset;
    if (start + length > this.bytes.length) {
      throw new PeerProtocolError(
        `a peer's frame ends after ${this.bytes.length} bytes, ${start + length} were promised`,
      );
    }
    this.offset = start + length;
    return start;
  }
}
