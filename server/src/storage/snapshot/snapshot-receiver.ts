import { encodeConfiguration, type SnapshotMeta } from 'raft-ts-lite';
import type { Disk, DiskFile } from '../../ports/disk.ts';
import { isDiskFull, StorageError } from '../storage-error.ts';
import { type ReadSnapshotHeader, verifySnapshot } from './snapshot-format.ts';
import { type SnapshotShelf, snapshotName } from './snapshot-shelf.ts';
import { SYNC_EVERY_BYTES, withRoom } from './snapshot-writer.ts';

export const INCOMING_SUFFIX = '.incoming';

interface Incoming {
  readonly name: string;
  readonly meta: SnapshotMeta;
  readonly file: DiskFile;
  received: number;
  unsynced: number;
  /** Set once it was wholly received, synced and verified. */
  complete: ReadSnapshotHeader | undefined;
}

/**
 * The snapshot that comes piece by piece from a leader:
 *
 *     pieces ──► *.incoming, growing ──(last piece: sync, verify)──► *.incoming, complete ──(install)──► on the shelf
 *
 * What is incoming at a crash is thrown away at the next start; only an installed one counts.
 */
export class SnapshotReceiver {
  readonly #disk: Disk;
  readonly #shelf: SnapshotShelf;
  readonly #clusterId: string;
  #incoming: Incoming | undefined;

  constructor(disk: Disk, shelf: SnapshotShelf, clusterId: string) {
    this.#disk = disk;
    this.#shelf = shelf;
    this.#clusterId = clusterId;
  }

  /** One at a time. */
  async receive(meta: SnapshotMeta, offset: number, data: Uint8Array, done: boolean): Promise<void> {
    // Another leader's file of the same snapshot may be cut into other chunks: from 0 on all comes anew.
    if (offset === 0) await this.#begin(meta);
    const incoming = this.#incoming;
    const isSame =
      incoming !== undefined && incoming.meta.index === meta.index && incoming.meta.term === meta.term;
    if (!isSame || offset > incoming.received) {
      const wanted = isSame ? incoming.received : 0;
      throw new StorageError(
        'snapshot-gap',
        `a piece of snapshot ${meta.index} from byte ${offset}, byte ${wanted} was to come`,
      );
    }
    if (offset < incoming.received || incoming.complete !== undefined) return;
    try {
      await this.#append(incoming, data);
      if (done) await withRoom(incoming.name, () => incoming.file.sync());
    } catch (error) {
      // Nothing depends on it yet: the room is given back, and the leader begins anew.
      if (isDiskFull(error)) await this.#discard();
      throw error;
    }
    if (done) incoming.complete = await this.#verify(incoming);
  }

  /** The complete snapshot takes its place on the shelf, durably. Does nothing where it is there already. */
  async install(meta: SnapshotMeta): Promise<boolean> {
    const incoming = this.#incoming;
    const isThere = this.#shelf.newest?.index === meta.index && this.#shelf.newest.term === meta.term;
    if (isThere) return true;
    if (
      incoming?.complete === undefined ||
      incoming.meta.index !== meta.index ||
      incoming.meta.term !== meta.term
    ) {
      return false;
    }
    this.#incoming = undefined;
    await incoming.file.close();
    await this.#shelf.adopt(incoming.name, incoming.complete, incoming.received);
    return true;
  }

  async close(): Promise<void> {
    await this.#incoming?.file.close();
    this.#incoming = undefined;
  }

  async #begin(meta: SnapshotMeta): Promise<void> {
    await this.#discard();
    const name = snapshotName(meta) + INCOMING_SUFFIX;
    const file = await withRoom(name, () => this.#disk.create(name));
    this.#incoming = { name, meta, file, received: 0, unsynced: 0, complete: undefined };
  }

  async #discard(): Promise<void> {
    const incoming = this.#incoming;
    if (incoming === undefined) return;
    this.#incoming = undefined;
    await incoming.file.close();
    await this.#disk.remove(incoming.name);
  }

  async #append(incoming: Incoming, data: Uint8Array): Promise<void> {
    await withRoom(incoming.name, () => incoming.file.write(data, incoming.received));
    incoming.received += data.length;
    incoming.unsynced += data.length;
    if (incoming.unsynced < SYNC_EVERY_BYTES) return;
    incoming.unsynced = 0;
    await withRoom(incoming.name, () => incoming.file.sync());
  }

  async #verify(incoming: Incoming): Promise<ReadSnapshotHeader> {
    try {
      const header = await verifySnapshot(incoming.file);
      if (this.#isPromised(header, incoming.meta)) return header;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      await this.#discard();
      throw new StorageError('snapshot-damaged', `snapshot ${incoming.meta.index} came damaged`, {
        cause: error,
      });
    }
    await this.#discard();
    throw new StorageError(
      'snapshot-damaged',
      `snapshot ${incoming.meta.index} is not the one that was announced`,
    );
  }

  #isPromised(header: ReadSnapshotHeader, meta: SnapshotMeta): boolean {
    const configuration = encodeConfiguration(header.meta.configuration);
    const promised = encodeConfiguration(meta.configuration);
    return (
      header.clusterId === this.#clusterId &&
      header.meta.index === meta.index &&
      header.meta.term === meta.term &&
      configuration.length === promised.length &&
      configuration.every((byte, i) => byte === promised[i])
    );
  }
}
