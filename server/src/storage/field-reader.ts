/** Bytes that passed their checksum and yet do not decode: a defect of the writer, or a format that this version does not know. */
export class FieldError extends Error {
  readonly code = 'STORAGE_FIELD';
}

/** Reads what FieldWriter wrote. Throws FieldError instead of reading beyond the end. */
export class FieldReader {
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
    return this.view.getUint32(this.advance(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  block(): Uint8Array {
    return this.raw(this.u32());
  }

  text(): string {
    try {
      return decoder.decode(this.block());
    } catch (cause) {
      throw new FieldError('text that is no UTF-8', { cause });
    }
  }

  private advance(length: number): number {
    const start = this.offset;
    if (start + length > this.bytes.length) {
      throw new FieldError(`${start + length} bytes were promised, there are ${this.bytes.length}`);
    }
    this.offset = start + length;
    return start;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });
