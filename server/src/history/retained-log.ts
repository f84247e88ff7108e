import type { Entry } from 'raft-ts-lite';
import { FieldReader } from '../codec/field-reader.ts';
import { HistoryRefusal } from '../errors/error-codes.ts';
import { decodeEntries, LogRecord, SEGMENT_HEADER_BYTES } from '../storage/log/log-format.ts';
import { FIRST_OF_WRITE } from '../storage/log/record.ts';
import { RecordScanner } from '../storage/log/record-scanner.ts';
import { readSegmentHeader } from '../storage/log/segment-file.ts';
import { storedFormat } from '../storage/stored-format.ts';
import { HistoryError } from './history-error.ts';
import { openRetained, type RetainedFiles, type RetainedSegment } from './retained-files.ts';

interface Record {
  readonly type: number;
  readonly payload: Uint8Array;
}

/**
 * The entries of the log as they became, read from its files while the member goes on with them. A leader may have replaced entries that were not
 * committed: they are still in the file, before those that took their place. So the records are gone through twice: once to see where a tail was
 * replaced, and then for the entries.
 *
 *     records   5…9   10…14   12…20   21…30          third record: replaces from 12 on
 *     entries   5…9   10, 11  12…20   21…30
 */
export class RetainedLog {
  readonly #files: RetainedFiles;
  readonly #segments: readonly RetainedSegment[];
  readonly #clusterId: string;
  /** Of each record that replaces a tail, counted from the first record on, and from which index on. */
  readonly #cuts: { readonly record: number; readonly first: number }[] = [];
  /** The index of the last snapshot that took the place of all of the log before; 0: none did. */
  restartedAt = 0;

  /** Made by `survey` alone. */
  constructor(files: RetainedFiles, segments: readonly RetainedSegment[], clusterId: string) {
    this.#files = files;
    this.#segments = segments;
    this.#clusterId = clusterId;
  }

  /** The log from entry `from` on. Throws HistoryError where there is none that holds it. */
  static async survey(files: RetainedFiles, clusterId: string, from: number): Promise<RetainedLog> {
    // When this segment was begun, no entry from `from` on was in those before it.
    const at = files.segments.findLastIndex(({ firstIndex }) => firstIndex <= from);
    const segments = consecutive(files.segments.slice(Math.max(0, at)));
    if (at < 0) throw new HistoryError(HistoryRefusal.gone, `the log from entry ${from} on is not kept here`);
    const log = new RetainedLog(files, segments, clusterId);
    await log.#survey();
    return log;
  }

  async #survey(): Promise<void> {
    let last = Number.NaN;
    let count = 0;
    for await (const { type, payload } of this.#records()) {
      const record = count++;
      if (type !== LogRecord.entries && type !== LogRecord.installed) continue;
      const fields = new FieldReader(payload, storedFormat);
      const index = fields.f64();
      if (type === LogRecord.installed) {
        this.restartedAt = index;
        last = index;
        continue;
      }
      if (index <= last) this.#cuts.push({ record, first: index });
      last = index + fields.u32() - 1;
    }
  }

  /** Entries from `from` up to `to`, in the pieces in which they were written. Throws HistoryError where one is missing. */
  async *entries(from: number, to: number): AsyncGenerator<readonly Entry[], void> {
    /** From each cut on: below which index all that was written before it still counts. */
    const limits = this.#cuts.map(({ first }) => first);
    for (let at = limits.length - 2; at >= 0; at--) limits[at] = Math.min(limits[at]!, limits[at + 1]!);
    let next = from;
    let cut = 0;
    let record = 0;
    for await (const { type, payload } of this.#records()) {
      if (next > to) return;
      while (cut < this.#cuts.length && this.#cuts[cut]!.record <= record) cut++;
      record++;
      if (type !== LogRecord.entries) continue;
      const found: Entry[] = [];
      const limit = Math.min(limits[cut] ?? Number.POSITIVE_INFINITY, to + 1);
      decodeEntries(payload.slice(), next, limit, found);
      if (found.length === 0) continue;
      if (found[0]!.index !== next) throw this.#hole(next);
      next = found.at(-1)!.index + 1;
      yield found;
    }
    if (next <= to) throw this.#hole(next);
  }

  #hole(index: number): HistoryError {
    return new HistoryError(HistoryRefusal.gone, `entry ${index} is missing in the log that is kept here`);
  }

  /** All records of the segments; where the last one ends in the middle of a record, the member is writing it. */
  async *#records(): AsyncGenerator<Record, void> {
    let before: { readonly end: number; readonly chain: number; readonly name: string } | undefined;
    for (const segment of this.#segments) {
      const file = await openRetained(this.#files.logDisk, segment);
      try {
        const header = await readSegmentHeader(file);
        const continues =
          header.clusterId === this.#clusterId &&
          (before === undefined ||
            (header.previousEnd === before.end && header.previousChain === before.chain));
        if (!continues)
          throw new HistoryError(
            HistoryRefusal.damaged,
            `${before?.name ?? file.name}: a segment of the log does not verify`,
          );
        const scanner = new RecordScanner(file, {
          offset: SEGMENT_HEADER_BYTES,
          chain: header.chain,
          end: await file.size(),
        });
        while (await scanner.next()) yield { type: scanner.type & ~FIRST_OF_WRITE, payload: scanner.payload };
        before = { end: scanner.nextOffset, chain: scanner.chain, name: file.name };
      } finally {
        await file.close();
      }
    }
  }
}

/** Of segments in their order the last ones that follow one another. */
function consecutive(segments: readonly RetainedSegment[]): readonly RetainedSegment[] {
  const gap = segments.findLastIndex(
    ({ sequence }, at) => at > 0 && segments[at - 1]!.sequence !== sequence - 1,
  );
  return gap < 0 ? segments : segments.slice(gap);
}
