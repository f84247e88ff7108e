/** A change that is told. */
export interface Told {
  readonly type: string;
  readonly path: string;
  readonly zxid: number;
  /** undefined: it was told as it happened. */
  readonly timeMs: number | undefined;
}

/** Pure: up to where a stream of changes was told, so that none of them is told twice, from wherever it comes. */
export class Following {
  /** The newest write of which something was told, or up to which there is nothing more to tell. */
  zxid = 0;
  #isWhole = true;
  /** What was told of that write: a transaction has several changes. */
  readonly #told = new Set<string>();

  /** Whether it is to be told; then it counts as told. */
  isNew({ type, path, zxid }: Omit<Told, 'timeMs'>): boolean {
    if (zxid < this.zxid || (zxid === this.zxid && this.#isWhole)) return false;
    if (zxid > this.zxid) {
      this.zxid = zxid;
      this.#isWhole = false;
      this.#told.clear();
    }
    const key = `${type} ${path}`;
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }

  /** All that was written up to `zxid` has been told. */
  wholeUpTo(zxid: number): void {
    if (zxid < this.zxid) return;
    this.zxid = zxid;
    this.#isWhole = true;
    this.#told.clear();
  }
}
