import { allocateBytes, copyBytes, copyRange, utf8Length, writeUtf8 } from '../bytes.ts';

const LENGTH_BYTES = 4;

/**
 * Writes jute into one buffer that grows and is reused. Many frames may follow each other in it, so that all replies of one
 * turn leave as one write.
 */
export class Writer {
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes written so far. */
  length = 0;

  constructor(initialBytes = 4096) {
    this.bytes = allocateBytes(initialBytes);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.bytes.length) return;
    const grown = allocateBytes(Math.max(wanted, this.bytes.length * 2));
    copyBytes(grown, 0, this.bytes, 0, this.length);
    this.bytes = grown;
  }

  writeInt(value: number): void {
    this.reserve(4);
    const at = this.length;
    this.length = at + 4;
    const bytes = this.bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  /** A safe integer as 64 bits. */
  writeLong(value: number): void {
    this.writeInt(Math.floor(value / 0x1_0000_0000));
    this.writeInt(value >>> 0);
  }

  /** The lower 64 bits of a whole number. */
  writeWholeLong(value: bigint): void {
    this.writeInt(Number(BigInt.asIntN(32, value >> 32n)));
    this.writeInt(Number(BigInt.asIntN(32, value)));
  }

  writeByte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  writeBool(value: boolean): void {
    this.writeByte(value ? 1 : 0);
  }

  /** A buffer or string from a range of bytes; null where `start` is -1. */
  writeRange(source: Uint8Array, start: number, end: number): void {
    if (start < 0) {
      this.writeInt(-1);
      return;
    }
    this.writeInt(end - start);
    this.writeRaw(source, start, end);
  }

  writeBuffer(source: Uint8Array | undefined): void {
    if (source === undefined) this.writeInt(-1);
    else this.writeRange(source, 0, source.length);
  }

  writeString(text: string | undefined): void {
    if (text === undefined) {
      this.writeInt(-1);
      return;
    }
    const length = utf8Length(text);
    this.writeInt(length);
    this.reserve(length);
    writeUtf8(this.bytes, this.length, text);
    this.length += length;
  }

  /** Bytes as they are, without a length. */
  writeRaw(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    copyBytes(this.bytes, this.length, source, start, end);
    this.length += end - start;
  }

  /** Begins a message; give the result to `endFrame`. */
  beginFrame(): number {
    this.reserve(LENGTH_BYTES);
    const start = this.length;
    this.length = start + LENGTH_BYTES;
    return start;
  }

  /** Writes the message's length into its prefix. */
  endFrame(start: number): void {
    this.patchInt(start, this.length - start - LENGTH_BYTES);
  }

  patchInt(at: number, value: number): void {
    const bytes = this.bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  /** What was written, without copying: overwritten once the writer goes on after `clear`. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** What was written, as memory of its own. */
  copy(): Uint8Array<ArrayBuffer> {
    return copyRange(this.bytes, 0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Gives away what was written together with its memory, and goes on with a new buffer of `nextBytes`. */
  detach(nextBytes: number): Uint8Array<ArrayBuffer> {
    const written = this.view();
    this.bytes = allocateBytes(nextBytes);
    this.length = 0;
    return written;
  }
}
