/** A buffer that grew beyond this for one burst is given back afterwards. */
const maxIdleCapacityBytes = 4 * 1024 * 1024;

/** A growable little-endian buffer for what storage writes. One is reused for every append: no allocation on the way to disk. */
export class FieldWriter {
  bytes: Uint8Array;
  private view: DataView;
  /** Bytes written so far. */
  length = 0;
  private readonly idleCapacity: number;

  constructor(capacityBytes = 4096) {
    this.idleCapacity = capacityBytes;
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Begins anew. What was handed out by `bytes` may be overwritten from now on. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > maxIdleCapacityBytes) this.replace(this.idleCapacity);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Length (u32) and the bytes. */
  block(value: Uint8Array): void {
    this.u32(value.length);
    this.raw(value);
  }

  text(value: string): void {
    this.block(encoder.encode(value));
  }

  /** Zeros up to `length`. */
  padTo(length: number): void {
    this.reserve(length - this.length);
    this.bytes.fill(0, this.length, length);
    this.length = length;
  }

  patchU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.bytes.length) this.replace(Math.max(needed, this.bytes.length * 2));
  }

  private replace(capacity: number): void {
    const replacement = new Uint8Array(capacity);
    replacement.set(this.bytes.subarray(0, this.length));
    this.bytes = replacement;
    this.view = new DataView(replacement.buffer);
  }
}

const encoder = new TextEncoder();
