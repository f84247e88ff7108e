import type { SnapshotMeta, Write } from 'raft-ts-lite';
import { type Disk, type DiskFile, diskErrorCode, isOutOfDescriptors } from '../../ports/disk.ts';
import { damaged } from '../log/segment-file.ts';
import { MEMBER_FOLDER } from '../member/identity-file.ts';
import type { SnapshotPiece, StoredSnapshot } from '../recovered.ts';
import { diskFailed, diskFull, StorageError, StorageInvariantViolation } from '../storage-error.ts';
import {
  type ReadSnapshotHeader,
  readSnapshotChunks,
  readSnapshotHeader,
  verifySnapshot,
} from './snapshot-format.ts';

/** `snapshot-<index>-<term>` */
export function snapshotName(meta: { readonly index: number; readonly term: number }): string {
  return `${MEMBER_FOLDER}/snapshot-${String(meta.index).padStart(16, '0')}-${String(meta.term).padStart(16, '0')}`;
}

const namePattern = /^snapshot-(\d{16})-(\d{16})$/;
const DAMAGED_PREFIX = 'damaged-';
const RENEWING_SUFFIX = '.renewing';

interface Shelved {
  readonly index: number;
  readonly name: string;
}

/** The complete snapshots on disk. */
export class SnapshotShelf {
  readonly #disk: Disk;
  /** Oldest first. */
  #shelved: Shelved[];
  /** Of them, those that recovery passed over. */
  readonly #damaged: Shelved[] = [];
  #newestHeader: ReadSnapshotHeader | undefined;
  /** Size of the newest one's file. */
  newestBytes = 0;

  /** Made by its static functions alone. */
  constructor(disk: Disk, shelved: Shelved[]) {
    this.#disk = disk;
    this.#shelved = shelved;
  }

  static async open(disk: Disk): Promise<SnapshotShelf> {
    const shelved: Shelved[] = [];
    for (const found of await disk.list(MEMBER_FOLDER)) {
      const name = found.endsWith(RENEWING_SUFFIX) ? found.slice(0, -RENEWING_SUFFIX.length) : found;
      if (name !== found) await disk.rename(`${MEMBER_FOLDER}/${found}`, `${MEMBER_FOLDER}/${name}`);
      const match = namePattern.exec(name);
      if (match !== null) shelved.push({ index: Number(match[1]), name: `${MEMBER_FOLDER}/${name}` });
    }
    return new SnapshotShelf(
      disk,
      shelved.sort((a, b) => a.index - b.index),
    );
  }

  get count(): number {
    return this.#shelved.length;
  }

  get newest(): SnapshotMeta | undefined {
    return this.#newestHeader?.meta;
  }

  /**
   * Finds the newest snapshot that verifies. After a damaged one only those are of use from which the log, whose oldest entry is
   * `logFirstIndex`, continues; or none at all, where the log goes back to genesis. Throws StorageError `damaged` otherwise.
   */
  async recover(clusterId: string, logFirstIndex: number, genesisIndex: number): Promise<void> {
    let damage: StorageError | undefined;
    for (const candidate of [...this.#shelved].reverse()) {
      if (damage !== undefined && candidate.index < logFirstIndex - 1) break;
      try {
        await this.#load(candidate.name, clusterId);
        return;
      } catch (error) {
        if (!(error instanceof StorageError) || error.code !== 'damaged') throw error;
        damage ??= error;
        this.#damaged.push(candidate);
      }
    }
    if (damage !== undefined && logFirstIndex > genesisIndex + 1) throw damage;
  }

  /** Gives the damaged ones that recovery could do without another name, for whoever wants to look. Returns what to tell. */
  async putDamagedAside(): Promise<string[]> {
    if (this.#damaged.length === 0) return [];
    this.#shelved = this.#shelved.filter((snapshot) => !this.#damaged.includes(snapshot));
    for (const { name } of this.#damaged) {
      const file = name.slice(MEMBER_FOLDER.length + 1);
      await this.#disk.rename(name, `${MEMBER_FOLDER}/${DAMAGED_PREFIX}${file}`);
    }
    await this.#disk.syncFolder(MEMBER_FOLDER);
    return this.#damaged.map(
      ({ name }) => `${name} does not verify; an older state and the log took its place`,
    );
  }

  /**
   * Gives the newest one its name once more. One whose folder sync failed in an earlier process is seen, and yet may be gone after a
   * crash, when later syncs have nothing left to write; and the log before it may be purged by then.
   */
  async renewName(): Promise<void> {
    if (this.#newestHeader === undefined) return;
    const name = snapshotName(this.#newestHeader.meta);
    await this.#disk.rename(name, name + RENEWING_SUFFIX);
    await this.#disk.rename(name + RENEWING_SUFFIX, name);
    await this.#disk.syncFolder(MEMBER_FOLDER);
  }

  /** A complete, synced file becomes a snapshot under its name, durably. */
  async adopt(temporaryName: string, header: ReadSnapshotHeader, sizeBytes: number): Promise<void> {
    const name = snapshotName(header.meta);
    await this.#disk.rename(temporaryName, name);
    await this.#disk.syncFolder(MEMBER_FOLDER);
    this.#shelved = this.#shelved.filter((other) => other.name !== name);
    this.#shelved.push({ index: header.meta.index, name });
    this.#shelved.sort((a, b) => a.index - b.index);
    if (header.meta.index >= (this.newest?.index ?? 0)) {
      this.#newestHeader = header;
      this.newestBytes = sizeBytes;
    }
  }

  /** Undefined where it is not kept (any more). */
  async openSnapshot(index: number): Promise<StoredSnapshot | undefined> {
    const name = this.#nameOf(index);
    if (name === undefined) return undefined;
    const file = await this.#tryOpen(name);
    if (file === undefined) return undefined;
    try {
      const { meta, digest } = await readSnapshotHeader(file);
      return { meta, digest, read: () => readCopies(this.#disk, name) };
    } finally {
      await file.close();
    }
  }

  async readPiece(index: number, offset: number, maxBytes: number): Promise<SnapshotPiece | undefined> {
    const name = this.#nameOf(index);
    const file = name === undefined ? undefined : await this.#tryOpen(name);
    if (file === undefined) return undefined;
    try {
      const size = await file.size();
      const data = new Uint8Array(Math.max(0, Math.min(maxBytes, size - offset)));
      const read = await file.read(data, offset);
      return { data: data.subarray(0, read), done: offset + read >= size };
    } finally {
      await file.close();
    }
  }

  /**
   * Removes all but the newest `count` and the `wanted` ones, and those from which the log does not continue (they would be of no use after a loss of the
   * newest). Returns the index of the oldest one left, 0 where there is none.
   *
   * @param takeAway in place of the removal
   */
  async purge(
    count: number,
    logFirstIndex: number,
    wanted: ReadonlySet<number>,
    takeAway: (snapshot: Shelved) => Promise<void> = ({ name }) => this.#disk.remove(name),
  ): Promise<number> {
    const newestIndex = this.newest?.index ?? 0;
    const newest = this.#shelved.slice(-count);
    const kept = this.#shelved
      .filter((snapshot) => newest.includes(snapshot) || wanted.has(snapshot.index))
      .filter((snapshot) => snapshot.index === newestIndex || snapshot.index >= logFirstIndex - 1);
    const superfluous = this.#shelved.filter((snapshot) => !kept.includes(snapshot));
    this.#shelved = kept;
    for (const snapshot of superfluous) await takeAway(snapshot);
    if (superfluous.length > 0) await this.#disk.syncFolder(MEMBER_FOLDER);
    return kept[0]?.index ?? 0;
  }

  /** What a snapshot holds is committed: no log, which ends at `lastIndex`, and no older snapshot takes its place. */
  refuseCutOfCommitted(write: Write, lastIndex: number): void {
    const committed = this.newest?.index ?? 0;
    if (write.snapshot !== undefined) {
      if (write.snapshot.index >= committed) return;
      throw new StorageInvariantViolation(`snapshot ${write.snapshot.index} after snapshot ${committed}`);
    }
    const first = write.entries[0]?.index;
    if (first === undefined || first > lastIndex || first > committed) return;
    throw new StorageInvariantViolation(
      `entries from ${first} replace what snapshot ${committed} holds as committed`,
    );
  }

  #nameOf(index: number): string | undefined {
    return this.#shelved.find((snapshot) => snapshot.index === index)?.name;
  }

  /** A snapshot may be purged while somebody reads it piece by piece. */
  async #tryOpen(name: string): Promise<DiskFile | undefined> {
    try {
      return await this.#disk.open(name);
    } catch (error) {
      if (diskErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #load(name: string, clusterId: string): Promise<void> {
    const file = await this.#disk.open(name);
    try {
      const header = await verifySnapshot(file);
      if (header.clusterId !== clusterId) {
        throw damaged(
          name,
          0,
          `a snapshot of cluster ${header.clusterId} in the folder of a member of ${clusterId}`,
        );
      }
      if (snapshotName(header.meta) !== name)
        throw damaged(name, 0, 'a snapshot has the name of another one');
      this.#newestHeader = header;
      this.newestBytes = await file.size();
    } finally {
      await file.close();
    }
  }
}

async function* readCopies(disk: Disk, name: string): AsyncGenerator<Uint8Array, void> {
  try {
    const file = await disk.open(name);
    try {
      const header = await readSnapshotHeader(file);
      for await (const chunk of readSnapshotChunks(file, header)) yield chunk.slice();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw (isOutOfDescriptors(error) ? diskFull : diskFailed)('reading a snapshot', name, error);
  }
}
