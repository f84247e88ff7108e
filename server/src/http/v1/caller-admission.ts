/** Places of which each address may have a share. */
export class SharedPlaces {
  readonly #total: number;
  readonly #perAddress: number;
  readonly #taken = new Map<string, number>();
  #count = 0;

  constructor(total: number, perAddress: number) {
    this.#total = total;
    this.#perAddress = perAddress;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether there was one; if so it is the caller's until `leave`. */
  enter(address: string): boolean {
    const taken = this.#taken.get(address) ?? 0;
    if (this.#count >= this.#total || taken >= this.#perAddress) return false;
    this.#count++;
    this.#taken.set(address, taken + 1);
    return true;
  }

  leave(address: string): void {
    const taken = this.#taken.get(address) ?? 0;
    if (taken === 0) return;
    this.#count--;
    if (taken === 1) this.#taken.delete(address);
    else this.#taken.set(address, taken - 1);
  }
}

/** Bytes that are taken at a time. */
export class ByteBudget {
  #leftBytes: number;

  constructor(bytes: number) {
    this.#leftBytes = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false;
    this.#leftBytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#leftBytes += bytes;
  }
}
