import type { Prng } from '../prng.ts';
import { Extent } from './extent.ts';

/** What a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;

interface UnsyncedWrite {
  readonly number: number;
  readonly position: number;
  readonly data: Uint8Array;
}

/**
 * A file as the page cache shows it, and as it is on the platter:
 *
 *     write ──► cached, unsynced ──(sync completes)──► durable
 *                    │
 *                    ├─(crash)──► any sectors of any of them, durable; the rest is gone
 *                    └─(sync fails)──► the same, but the cache goes on showing all, as clean: a later sync does not write them
 */
export class FaultyFile {
  #cached = new Extent();
  #durable = new Extent();
  #unsynced: UnsyncedWrite[] = [];
  #writes = 0;

  get size(): number {
    return this.#cached.size;
  }

  read(buffer: Uint8Array, position: number): number {
    return this.#cached.read(buffer, position);
  }

  write(data: Uint8Array, position: number): void {
    const copy = Uint8Array.from(data);
    this.#cached.write(copy, position);
    this.#unsynced.push({ number: ++this.#writes, position, data: copy });
  }

  /** Marks everything written so far; hand the mark to `synced` or `syncFailed` when the sync ends. */
  beginSync(): number {
    return this.#writes;
  }

  synced(upTo: number): void {
    for (const write of this.#take(upTo)) this.#durable.write(write.data, write.position);
  }

  syncFailed(upTo: number, prng: Prng): void {
    for (const write of this.#take(upTo)) this.#tear(write, prng);
  }

  /** Returns whether anything was lost or torn. */
  crash(prng: Prng): boolean {
    const hadUnsynced = this.#unsynced.length > 0;
    for (const write of this.#take(this.#writes)) this.#tear(write, prng);
    this.#cached = this.#durable.copy();
    return hadUnsynced;
  }

  flip(offset: number, mask: number): void {
    this.#cached.flip(offset, mask);
    if (offset < this.#durable.size) this.#durable.flip(offset, mask);
  }

  content(): Uint8Array {
    return this.#cached.content();
  }

  #take(upTo: number): UnsyncedWrite[] {
    const taken = this.#unsynced.filter((write) => write.number <= upTo);
    this.#unsynced = this.#unsynced.filter((write) => write.number > upTo);
    return taken;
  }

  #tear(write: UnsyncedWrite, prng: Prng): void {
    const kind = prng.below(5);
    if (kind === 0) return;
    const end = write.position + write.data.length;
    // The length may be written without the data.
    if (kind === 1) this.#durable.extend(end);
    const survives = kind === 2 ? 1 : prng.fraction();
    let position = write.position;
    while (position < end) {
      const next = Math.min(end, position - (position % SECTOR_BYTES) + SECTOR_BYTES);
      if (kind !== 1 && prng.chance(survives)) {
        this.#durable.write(write.data.subarray(position - write.position, next - write.position), position);
      }
      position = next;
    }
  }
}
