import { Reader } from '@rookery/protocol';
import { MAX_SNAPSHOT_RECORD_BYTES } from '../bounds/limits.ts';
import { PieceBuffer } from '../codec/piece-buffer.ts';
import { SnapshotFault } from './snapshot-fault.ts';
import { RECORD_PREFIX_BYTES } from './snapshot-format.ts';

const FIRST_BUFFER_BYTES = 64 * 1024;

/** Takes a record's body, all of it, or says what is wrong with it. */
export type TakeRecord = (type: number, body: Reader) => SnapshotFault | undefined;

/** The records of a snapshot that comes in pieces, cut anywhere. */
export class SnapshotRecords {
  readonly #reader = new Reader();
  readonly #buffer = new PieceBuffer(FIRST_BUFFER_BYTES);

  /** The last piece ended in the middle of a record. */
  get isCut(): boolean {
    return this.#buffer.length > 0;
  }

  /** Gives each record that is whole now to `take`, until there is a fault. */
  feed(piece: Uint8Array, take: TakeRecord): SnapshotFault | undefined {
    const buffer = this.#buffer;
    const reader = this.#reader;
    buffer.append(piece);
    const { bytes, end } = buffer;
    while (buffer.length >= RECORD_PREFIX_BYTES) {
      const length = reader.reset(bytes, buffer.at, end).readInt();
      if (length < 1 || length > MAX_SNAPSHOT_RECORD_BYTES) return SnapshotFault.malformed;
      const next = buffer.at + RECORD_PREFIX_BYTES + length;
      if (next > end) break;
      reader.reset(bytes, buffer.at + RECORD_PREFIX_BYTES, next);
      const fault = take(reader.readByte(), reader);
      if (fault !== undefined) return fault;
      if (reader.failed || reader.remaining > 0) return SnapshotFault.malformed;
      buffer.at = next;
    }
    return undefined;
  }
}
