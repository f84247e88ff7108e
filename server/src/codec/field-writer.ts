import { utf8Length, writeUtf8 } from '@rookery/protocol';
import type { FieldFormat } from './field-reader.ts';

/** A buffer that grew beyond this for one burst (a snapshot chunk, a million queued writes) is given back afterwards. */
const MAX_IDLE_CAPACITY_BYTES = 4 * 1024 * 1024;

/** Writes fields into one buffer that grows and is reused, so that what is sent or appended all the time allocates nothing here. */
export class FieldWriter {
  /** What was written stands in its first `length` bytes, until the writer begins anew. */
  bytes: Uint8Array;
  /** Bytes written so far. */
  length = 0;
  #view: DataView;
  readonly #littleEndian: boolean;
  readonly #idleCapacity: number;

  constructor({ littleEndian }: FieldFormat, capacityBytes = 4096) {
    this.#littleEndian = littleEndian;
    this.#idleCapacity = capacityBytes;
    this.bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.length, value, this.#littleEndian);
    this.length += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, this.#littleEndian);
    this.length += 8;
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Length (u32) and the bytes. */
  block(value: Uint8Array): void {
    this.u32(value.length);
    this.raw(value);
  }

  /** A block of UTF-8. */
  text(value: string): void {
    const length = utf8Length(value);
    this.u32(length);
    this.#reserve(length);
    writeUtf8(this.bytes, this.length, value);
    this.length += length;
  }

  /** Zeros up to `length`. */
  padTo(length: number): void {
    this.#reserve(length - this.length);
    this.bytes.fill(0, this.length, length);
    this.length = length;
  }

  /** Replaces what was written at `offset`: a length or a checksum that is known only now. */
  patchU32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, this.#littleEndian);
  }

  /** A copy of all that was written, for one who keeps it; begins anew. */
  takeBytes(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.clear();
    return taken;
  }

  /** Begins anew. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > MAX_IDLE_CAPACITY_BYTES) this.#replace(this.#idleCapacity);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.bytes.length) this.#replace(Math.max(needed, this.bytes.length * 2));
  }

  #replace(capacity: number): void {
    const replacement = new Uint8Array(capacity);
    replacement.set(this.bytes.subarray(0, this.length));
    this.bytes = replacement;
    this.#view = new DataView(replacement.buffer);
  }
}
