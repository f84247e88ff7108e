import { decodeStrictUtf8 } from '@rookery/protocol';

/** A layout of fields, and what is thrown where bytes do not follow it. Frames between members have one, files another. */
export interface FieldFormat {
  readonly littleEndian: boolean;
  /** The error for bytes of which `reason` tells what is wrong: "ends after 3 bytes, 8 were promised". */
  malformed(reason: string, cause?: unknown): Error;
}

/**
 * Reads what FieldWriter wrote in the same format: u8, u32, f64, blocks (u32 length and bytes), texts (blocks of UTF-8). Throws the
 * format's error instead of reading beyond the end.
 *
 * These are bytes that members write themselves. What clients send is jute, which `Reader` reads: other fields, and never an exception.
 */
export class FieldReader {
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #format: FieldFormat;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, format: FieldFormat) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#format = format;
    this.#littleEndian = format.littleEndian;
  }

  get remaining(): number {
    return this.#bytes.length - this.offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), this.#littleEndian);
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8), this.#littleEndian);
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A view, not a copy. */
  block(): Uint8Array {
    return this.raw(this.u32());
  }

  text(): string {
    const bytes = this.block();
    try {
      return decodeStrictUtf8(bytes);
    } catch (cause) {
      throw this.#format.malformed('holds a text that is not UTF-8', cause);
    }
  }

  /** How many parts follow, each of at least `partBytes`: what is announced is there, before anything is made for it. */
  count(partBytes: number): number {
    const count = this.u32();
    if (count * partBytes > this.remaining) {
      const needed = this.offset + count * partBytes;
      throw this.#format.malformed(`ends after ${this.#bytes.length} bytes, ${needed} were promised`);
    }
    return count;
  }

  /** A whole number from 0 to 2^53 - 1: an id, an index, a term. */
  whole(): number {
    const value = this.f64();
    if (!Number.isSafeInteger(value) || value < 0) {
      throw this.#format.malformed(`holds ${value} where a whole number belongs`);
    }
    return value;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.remaining > 0) throw this.#format.malformed(`has ${this.remaining} bytes too many`);
  }

  #advance(length: number): number {
    const start = this.offset;
    if (start + length > this.#bytes.length) {
      throw this.#format.malformed(`ends after ${this.#bytes.length} bytes, ${start + length} were promised`);
    }
    this.offset = start + length;
    return start;
  }
}
