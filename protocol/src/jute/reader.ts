import { copyRange, decodeUtf8, NO_BYTES } from '../bytes.ts';

/**
 * Reads jute over a range of bytes: big-endian int (4), long (8), bool (1), string and buffer = int length + bytes
 * (-1 = null), vector = int count + items.
 *
 * Never throws and never reads beyond the range: what is missing or lies about its length sets `failed`, and from then on
 * every read answers 0 or nothing. So a record is read to its end and `failed` looked at once.
 */
export class Reader {
  bytes: Uint8Array = NO_BYTES;
  position = 0;
  end = 0;
  failed = false;
  /** Range of the string or buffer read last by `readRange`. */
  rangeStart = 0;
  rangeEnd = 0;

  reset(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.failed = start < 0 || end > bytes.length || start > end;
    if (this.failed) this.position = this.end = 0;
    return this;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  readInt(): number {
    const at = this.position;
    if (this.end - at < 4) return this.fail();
    this.position = at + 4;
    const bytes = this.bytes;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  /** A 64-bit number; beyond ±2^53 the nearest double. */
  readLong(): number {
    const high = this.readInt();
    const low = this.readInt();
    return high * 0x1_0000_0000 + (low >>> 0);
  }

  /** A 64-bit number without loss, as an unsigned one: session ids of Apache ZooKeeper use all of it. */
  readWholeLong(): bigint {
    const high = this.readInt() >>> 0;
    const low = this.readInt() >>> 0;
    if (high === 0) return low === 0 ? 0n : BigInt(low);
    return (BigInt(high) << 32n) | BigInt(low);
  }

  readByte(): number {
    const at = this.position;
    if (this.end - at < 1) return this.fail();
    this.position = at + 1;
    return this.bytes[at]!;
  }

  readBool(): boolean {
    return this.readByte() !== 0;
  }

  /** Reads a string or buffer into `rangeStart` and `rangeEnd` without copying; false for null (the start is then -1). */
  readRange(): boolean {
    const length = this.readInt();
    if (length === -1 && !this.failed) {
      this.rangeStart = -1;
      this.rangeEnd = -1;
      return false;
    }
    if (length < 0 || length > this.end - this.position) {
      this.fail();
      this.rangeStart = this.rangeEnd = this.end;
      return true;
    }
    this.rangeStart = this.position;
    this.rangeEnd = this.position += length;
    return true;
  }

  /** A string; undefined for null. */
  readString(): string | undefined {
    return this.readRange() ? decodeUtf8(this.bytes, this.rangeStart, this.rangeEnd) : undefined;
  }

  /** A buffer, copied; undefined for null. */
  readBuffer(): Uint8Array | undefined {
    return this.readRange() ? copyRange(this.bytes, this.rangeStart, this.rangeEnd) : undefined;
  }

  /**
   * A vector's count, negative for null (jute writes -1, ZooKeeper takes any). `minItemBytes` is what one item takes at least: a count that cannot fit in what is left
   * fails, so that nothing is ever allocated for a lie.
   */
  readCount(minItemBytes: number): number {
    const count = this.readInt();
    if (count * minItemBytes > this.end - this.position) return this.fail();
    return count;
  }

  fail(): 0 {
    this.failed = true;
    this.position = this.end;
    return 0;
  }
}
