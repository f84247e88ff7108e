import { crc32c } from '../../codec/crc32c.ts';
import type { DiskFile } from '../../ports/disk.ts';
import { RECORD_OVERHEAD_BYTES, RECORD_PREFIX_BYTES } from './record.ts';

const READ_AHEAD_BYTES = 256 * 1024;

export interface ScanStart {
  /** Where the first record begins. */
  readonly offset: number;
  /** Checksum of what comes before it. */
  readonly chain: number;
  /** Nothing is read from here on. */
  readonly end: number;
}

/** Walks the records of a file as long as they verify. */
export class RecordScanner {
  /** Of the current record; the payload is a view that the next call of `next` overwrites. */
  type = 0;
  payload: Uint8Array = new Uint8Array(0);
  offset = 0;
  /** Checksum before the current record. */
  chainBefore = 0;
  /** Checksum of the current record; of the last valid one after `next` returned false. */
  chain: number;
  /** Where the current record ends: where the next one begins, or does not verify. */
  nextOffset: number;

  readonly #file: DiskFile;
  readonly #end: number;
  #buffer = new Uint8Array(READ_AHEAD_BYTES);
  #view = new DataView(this.#buffer.buffer);
  #bufferOffset = 0;
  #buffered = 0;

  constructor(file: DiskFile, start: ScanStart) {
    this.#file = file;
    this.nextOffset = start.offset;
    this.chain = start.chain;
    this.#end = start.end;
  }

  /** Steps to the next record. False where there is none that verifies: `nextOffset` and `chain` stay as they are. */
  async next(): Promise<boolean> {
    const offset = this.nextOffset;
    if (!this.#has(offset, RECORD_OVERHEAD_BYTES) && !(await this.#fill(offset, RECORD_OVERHEAD_BYTES)))
      return false;
    const length = this.#view.getUint32(offset - this.#bufferOffset + 4, true);
    const bytes = RECORD_PREFIX_BYTES + length;
    if (length < 1 || offset + bytes > this.#end) return false;
    if (!this.#has(offset, bytes) && !(await this.#fill(offset, bytes))) return false;

    const at = offset - this.#bufferOffset;
    const crc = crc32c(this.#buffer, at + 4, at + bytes, this.chain);
    if (crc !== this.#view.getUint32(at, true)) return false;
    this.offset = offset;
    this.chainBefore = this.chain;
    this.chain = crc;
    this.type = this.#buffer[at + RECORD_PREFIX_BYTES]!;
    this.payload = this.#buffer.subarray(at + RECORD_OVERHEAD_BYTES, at + bytes);
    this.nextOffset = offset + bytes;
    return true;
  }

  /**
   * After `next` returned false: goes behind the record that does not verify, by the length and the checksum that stand in it. Where these
   * are what went bad, the next record does not verify either. False at the end of the file.
   */
  async skip(): Promise<boolean> {
    const offset = this.nextOffset;
    if (!this.#has(offset, RECORD_OVERHEAD_BYTES) && !(await this.#fill(offset, RECORD_OVERHEAD_BYTES)))
      return false;
    const at = offset - this.#bufferOffset;
    const end = offset + RECORD_PREFIX_BYTES + this.#view.getUint32(at + 4, true);
    if (end + RECORD_OVERHEAD_BYTES > this.#end) return false;
    this.chain = this.#view.getUint32(at, true);
    this.nextOffset = end;
    return true;
  }

  #has(offset: number, bytes: number): boolean {
    return offset >= this.#bufferOffset && offset + bytes <= this.#bufferOffset + this.#buffered;
  }

  async #fill(offset: number, bytes: number): Promise<boolean> {
    if (offset + bytes > this.#end) return false;
    if (bytes > this.#buffer.length) {
      this.#buffer = new Uint8Array(bytes + READ_AHEAD_BYTES);
      this.#view = new DataView(this.#buffer.buffer);
    }
    const wanted = Math.min(this.#buffer.length, this.#end - offset);
    this.#buffered = await this.#file.read(this.#buffer.subarray(0, wanted), offset);
    this.#bufferOffset = offset;
    return this.#buffered >= bytes;
  }
}
