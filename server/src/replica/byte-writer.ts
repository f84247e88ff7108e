/**
 * A growable big-endian buffer for frames between members. One is reused for as long as its bytes are taken by copy.
 */
export class ByteWriter {
  private bytes: Uint8Array;
  private view: DataView;
  /** Bytes written so far. */
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  /** Length (u32) and the bytes. */
  block(value: Uint8Array): void {
    this.reserve(4 + value.length);
    this.view.setUint32(this.length, value.length);
    this.bytes.set(value, this.length + 4);
    this.length += 4 + value.length;
  }

  text(value: string): void {
    this.block(encoder.encode(value));
  }

  /** Begins a frame: room for its length, and its kind. Returns the offset for `endFrame`. */
  beginFrame(kind: number): number {
    const start = this.length;
    this.reserve(5);
    this.bytes[start + 4] = kind;
    this.length = start + 5;
    return start;
  }

  endFrame(start: number): void {
    this.view.setUint32(start, this.length - start - 4);
  }

  /** A copy of all that was written, for a reader that keeps it; begins anew. */
  take(): Uint8Array {
    const out = this.bytes.slice(0, this.length);
    this.length = 0;
    // A burst (a snapshot chunk, a million queued writes) must not pin its peak for ever.
    if (this.bytes.length > maxIdleCapacityBytes) this.replace(4096);
    return out;
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    this.replace(Math.max(needed, this.bytes.length * 2));
  }

  private replace(capacity: number): void {
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, Math.min(this.length, capacity)));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

const encoder = new TextEncoder();
const maxIdleCapacityBytes = 4 * 1024 * 1024;
