import { allocateBytes } from '@rookery/protocol';

const SLAB_BYTES = 64 * 1024;

/**
 * Memory for commands on their way into the log: many share one allocation, for they live and die together (in the window of recent
 * entries). A large one gets memory of its own.
 */
export class CommandSlab {
  #slab = allocateBytes(0);
  #used = 0;

  allocate(length: number): Uint8Array {
    if (length > SLAB_BYTES / 4) return allocateBytes(length);
    if (this.#used + length > this.#slab.length) {
      this.#slab = allocateBytes(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#slab.subarray(start, start + length);
  }
}
