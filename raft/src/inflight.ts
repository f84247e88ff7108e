/**
 * The appends under way to one follower, bounded by their number and by their bytes: without the latter a follower behind a slow link
 * would have a window full of large entries wait for it in the leader's memory. One append may always be under way.
 */
export class Inflight {
  readonly #maxBytes: number;
  /** Rings of fixed size: each append's last index, and its bytes. */
  readonly #lastIndices: number[];
  readonly #sizes: number[];
  #oldest = 0;
  #count = 0;
  #bytes = 0;

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#lastIndices = new Array<number>(maxMessages).fill(0);
    this.#sizes = new Array<number>(maxMessages).fill(0);
  }

  get isFull(): boolean {
    return this.#count === this.#sizes.length || this.#bytes >= this.#maxBytes;
  }

  sent(lastIndex: number, bytes: number): void {
    const newest = (this.#oldest + this.#count) % this.#sizes.length;
    this.#lastIndices[newest] = lastIndex;
    this.#sizes[newest] = bytes;
    this.#count += 1;
    this.#bytes += bytes;
  }

  acknowledged(index: number): void {
    while (this.#count > 0 && (this.#lastIndices[this.#oldest] as number) <= index) {
      this.#bytes -= this.#sizes[this.#oldest] as number;
      this.#oldest = (this.#oldest + 1) % this.#sizes.length;
      this.#count -= 1;
    }
  }

  clear(): void {
    this.#count = 0;
    this.#bytes = 0;
  }
}
