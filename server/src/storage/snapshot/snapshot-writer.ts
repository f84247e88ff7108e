import type { SnapshotMeta } from 'raft-ts-lite';
import { FieldWriter } from '../../codec/field-writer.ts';
import { type Disk, type DiskFile, isShortage } from '../../ports/disk.ts';
import { beginRecord, endRecord } from '../log/record.ts';
import { TEMPORARY_SUFFIX } from '../member/sealed-file.ts';
import { diskFailed, diskFull, isDiskFull, StorageInvariantViolation } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import {
  encodeSnapshotHeader,
  type ReadSnapshotHeader,
  type SnapshotHeader,
  SnapshotRecord,
} from './snapshot-format.ts';
import { snapshotName } from './snapshot-shelf.ts';

/** Dirty bytes after which a snapshot is synced while it is written: one big sync at its end would hold up the log's. */
export const SYNC_EVERY_BYTES = 4 * 1024 * 1024;

/** A snapshot under way, in a file that does not count yet. */
export class SnapshotFile {
  readonly name: string;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #header: SnapshotHeader;
  readonly #writer = new FieldWriter(storedFormat, 64 * 1024);
  #headerBytes = 0;
  #headerChain = 0;
  #chain = 0;
  #position = 0;
  #unsynced = 0;
  #chunks = 0;
  #chunkBytes = 0;
  #isOpen = true;
  #whole: { header: ReadSnapshotHeader; sizeBytes: number } | undefined;

  /** Made by its static functions alone. */
  constructor(disk: Disk, file: DiskFile, name: string, header: SnapshotHeader) {
    this.#disk = disk;
    this.#file = file;
    this.name = name;
    this.#header = header;
  }

  static async create(
    disk: Disk,
    meta: SnapshotMeta,
    clusterId: string,
    digest: string,
  ): Promise<SnapshotFile> {
    const name = snapshotName(meta) + TEMPORARY_SUFFIX;
    const file = await withRoom(name, () => disk.create(name));
    const snapshot = new SnapshotFile(disk, file, name, { meta, clusterId, digest });
    const { bytes, chain } = encodeSnapshotHeader(snapshot.#header);
    snapshot.#headerBytes = bytes.length;
    snapshot.#headerChain = chain;
    snapshot.#chain = chain;
    try {
      await snapshot.#append(bytes);
    } catch (error) {
      if (isDiskFull(error)) await snapshot.discard();
      throw error;
    }
    return snapshot;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (!this.#isOpen)
      throw new StorageInvariantViolation('a chunk for a snapshot that is finished or aborted');
    const writer = this.#writer;
    const start = beginRecord(writer, SnapshotRecord.chunk);
    writer.raw(chunk);
    this.#chain = endRecord(writer, start, this.#chain);
    this.#chunks++;
    this.#chunkBytes += chunk.length;
    await this.#appendEncoded();
  }

  /** So far. */
  get bytes(): number {
    return this.#position;
  }

  /** Nothing more is written to it. */
  get hasEnded(): boolean {
    return !this.#isOpen;
  }

  /** Writes the end and syncs, unless that was done: the file is whole. */
  async complete(): Promise<{ header: ReadSnapshotHeader; sizeBytes: number }> {
    this.#whole ??= await this.#writeEnd();
    return this.#whole;
  }

  async #writeEnd(): Promise<{ header: ReadSnapshotHeader; sizeBytes: number }> {
    const start = beginRecord(this.#writer, SnapshotRecord.end);
    this.#writer.f64(this.#chunks);
    this.#writer.f64(this.#chunkBytes);
    this.#chain = endRecord(this.#writer, start, this.#chain);
    await this.#appendEncoded();
    await withRoom(this.name, () => this.#file.sync());
    await this.close();
    const header = { ...this.#header, bytes: this.#headerBytes, chain: this.#headerChain };
    return { header, sizeBytes: this.#position };
  }

  async discard(): Promise<void> {
    await this.close();
    await this.#disk.remove(this.name);
  }

  async #appendEncoded(): Promise<void> {
    await this.#append(this.#writer.bytes.subarray(0, this.#writer.length));
    this.#writer.clear();
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await withRoom(this.name, () => this.#file.write(bytes, this.#position));
    this.#position += bytes.length;
    this.#unsynced += bytes.length;
    if (this.#unsynced < SYNC_EVERY_BYTES) return;
    this.#unsynced = 0;
    await withRoom(this.name, () => this.#file.sync());
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

/** A full disk ends this file only: nothing depends on it yet. Whatever else fails, fails storage. */
export async function withRoom<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isShortage(error)
      ? diskFull('a snapshot', name, error)
      : diskFailed('writing a snapshot', name, error);
  }
}
