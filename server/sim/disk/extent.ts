/** The bytes of a file; what was never written reads as zeros. */
export class Extent {
  #bytes: Uint8Array;
  size = 0;

  constructor(content: Uint8Array = new Uint8Array(0)) {
    this.#bytes = content;
    this.size = content.length;
  }

  read(buffer: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(buffer.length, this.size - position));
    buffer.set(this.#bytes.subarray(position, position + length));
    return length;
  }

  write(data: Uint8Array, position: number): void {
    this.extend(position + data.length);
    this.#bytes.set(data, position);
  }

  /** Does nothing where the file is that long already. */
  extend(size: number): void {
    if (size <= this.size) return;
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(
        Math.max(size, Math.min(2 * this.#bytes.length, this.#bytes.length + 1024 * 1024)),
      );
      grown.set(this.#bytes.subarray(0, this.size));
      this.#bytes = grown;
    }
    this.size = size;
  }

  flip(offset: number, mask: number): void {
    if (offset >= this.size) throw new RangeError(`byte ${offset} of ${this.size}`);
    this.#bytes[offset]! ^= mask;
  }

  copy(): Extent {
    return new Extent(this.#bytes.slice(0, this.size));
  }

  content(): Uint8Array {
    return this.#bytes.slice(0, this.size);
  }
}
