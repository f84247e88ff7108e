import type { Entry } from 'raft-ts-lite';
import type { Disk, DiskFile } from '../../ports/disk.ts';
import type { EntriesAnswer } from '../recovered.ts';
import type { StorageError } from '../storage-error.ts';
import type { Log } from './log.ts';
import { decodeEntries, LogRecord } from './log-format.ts';
import { FIRST_OF_WRITE } from './record.ts';
import { RecordScanner } from './record-scanner.ts';
import { damaged } from './segment-file.ts';

/** Reads durable entries back from `from` on, checksums verified; at least one where there is one. */
export async function readEntries(
  disk: Disk,
  log: Log,
  from: number,
  maxBytes: number,
): Promise<EntriesAnswer> {
  const { state } = log;
  for (;;) {
    const generation = state.generation;
    if (from < state.firstIndex) return { compacted: true };
    const read = new EntriesRead(disk, log, from);
    try {
      await read.run(Math.max(1, maxBytes));
      if (state.generation === generation) return { compacted: false, entries: read.entries };
    } catch (error) {
      // A segment that was purged under the read: look again. Otherwise it is a real failure, and what came before it counts.
      if (state.generation !== generation) continue;
      if (read.entries.length === 0) throw error;
      return { compacted: false, entries: read.entries };
    } finally {
      await read.close();
    }
  }
}

class EntriesRead {
  readonly entries: Entry[] = [];
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #generation: number;
  /** The next index wanted, and the one before which to stop: what becomes durable meanwhile is not looked at. */
  #from: number;
  readonly #to: number;
  #bytes = 0;
  #file: DiskFile | undefined;
  #sequence = -1;
  #scanner: RecordScanner | undefined;
  /** A record that does not verify and was passed over. */
  #damage: StorageError | undefined;

  constructor(disk: Disk, log: Log, from: number) {
    this.#disk = disk;
    this.#log = log;
    this.#generation = log.state.generation;
    this.#from = from;
    this.#to = log.state.lastIndex + 1;
  }

  async run(maxBytes: number): Promise<void> {
    const { index } = this.#log.state;
    let position = index.find(this.#from);
    while (this.#from < this.#to && this.#bytes < maxBytes && this.#isCurrent()) {
      const stop = Math.min(index.at(position + 1)?.firstIndex ?? this.#to, this.#to);
      await this.#openAt(position);
      while (this.#from < stop && this.#bytes < maxBytes && this.#isCurrent())
        await this.#takeRecord(stop, maxBytes);
      position++;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #isCurrent(): boolean {
    return this.#log.state.generation === this.#generation;
  }

  async #openAt(position: number): Promise<void> {
    const point = this.#log.state.index.at(position);
    const name = point === undefined ? undefined : this.#log.segmentNameOf(point.sequence);
    if (point === undefined || name === undefined)
      throw damaged('log', 0, `entry ${this.#from} is in no segment`);
    if (this.#sequence !== point.sequence) {
      await this.close();
      this.#file = await this.#disk.open(name);
      this.#sequence = point.sequence;
      this.#scanner = undefined;
    }
    if (this.#scanner?.nextOffset === point.offset) return;
    const end = await this.#file!.size();
    this.#scanner = new RecordScanner(this.#file!, { offset: point.offset, chain: point.chain, end });
  }

  async #takeRecord(stop: number, maxBytes: number): Promise<void> {
    const scanner = this.#scanner!;
    while (!(await scanner.next())) {
      // One bad record does not take those behind it along.
      const damage = damaged(
        this.#file!.name,
        scanner.nextOffset,
        'a record of the log does not verify any more',
      );
      if (this.#damage !== undefined || !(await scanner.skip())) throw this.#damage ?? damage;
      this.#damage = damage;
    }
    if ((scanner.type & ~FIRST_OF_WRITE) !== LogRecord.entries) return;
    const found: Entry[] = [];
    // A copy of the record: the entries are views of it and outlive the scanner's buffer.
    decodeEntries(scanner.payload.slice(), this.#from, stop, found);
    // What was wanted stood in the record that was passed over.
    if (this.#damage !== undefined && found.length > 0 && found[0]!.index > this.#from) throw this.#damage;
    for (const entry of found) {
      if (this.#bytes >= maxBytes) return;
      if (this.entries.length > 0 && this.#bytes + entry.data.length > maxBytes) {
        this.#bytes = maxBytes;
        return;
      }
      this.entries.push(entry);
      this.#bytes += entry.data.length;
      this.#from = entry.index + 1;
    }
  }
}
