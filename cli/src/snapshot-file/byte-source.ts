import { ADLER32_OF_NOTHING, adler32 } from './adler32.ts';

/** Of one value: what is longer is no node but damage. */
const MAX_TAKEN_BYTES = 256 * 1024 * 1024;

/** What is wrong with a file that is to be a snapshot. */
export class SnapshotFault extends Error {
  override readonly name = 'SnapshotFault';
}

/** Bytes that come in pieces, with the checksum of those that were taken. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #taken = 0;
  #checksum = ADLER32_OF_NOTHING;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Of all that was taken. */
  get checksum(): number {
    return this.#checksum;
  }

  /** How many were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Bytes at hand that were not taken. */
  get left(): number {
    return this.#buffer.length - this.#at;
  }

  /** Has so many at hand, at once where they are (undefined). Rejects with SnapshotFault where there are none behind. */
  need(count: number): Promise<void> | undefined {
    return this.left >= count ? undefined : this.#gather(count);
  }

  async #gather(count: number): Promise<void> {
    if (count < 0 || count > MAX_TAKEN_BYTES)
      throw new SnapshotFault(`it is damaged: a value of ${count} bytes behind byte ${this.#taken}`);
    while (this.left < count) {
      if (!(await this.#more()))
        throw new SnapshotFault(`it is not whole: it ends after ${this.#taken + this.left} bytes`);
    }
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#pieces.next();
    if (done === true) return false;
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), value]);
    this.#at = 0;
    return true;
  }

  /** Of those at hand. Valid until the next `need`. */
  take(count: number): Buffer {
    const bytes = this.#buffer.subarray(this.#at, this.#at + count);
    this.#at += count;
    this.#taken += count;
    this.#checksum = adler32(this.#checksum, bytes);
    return bytes;
  }

  /** How many are left to the end, `most + 1` where there are more. */
  async rest(most: number): Promise<number> {
    while (this.left <= most && (await this.#more()));
    return Math.min(this.left, most + 1);
  }
}
