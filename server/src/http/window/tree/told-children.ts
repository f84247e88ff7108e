import type { PagedChild } from '@rookery/protocol';

/** Children that one transaction made are of one czxid: so many names of them are remembered. */
const MOST_TIED = 2_000;
/** A list is begun again so often: each time costs what was read of it before. */
const MOST_RESTARTS = 8;

/**
 * Which children of one list were handed out already, for a list that is read from its beginning once more. It is in the order of creation, so that the last
 * czxid tells it; where that does not hold (what came from a snapshot of ZooKeeper stands in the order of that, and a child that may not be read shows no
 * czxid) nothing does, for a million names are not kept.
 */
export class ToldChildren {
  /** The greatest that was handed out, and who was of those that have it. */
  #czxid = -1;
  readonly #tied = new Set<string>();
  #isOrdered = true;
  /** Of the child before, in this reading of the list. */
  #before = -1;
  #restarts = 0;

  /** Those of the next page that were not handed out before: from now on they are. undefined: nobody can tell. */
  take(page: readonly PagedChild[]): readonly PagedChild[] | undefined {
    const fresh = page.filter((child) => this.#isFresh(child));
    return this.#isOrdered || this.#restarts === 0 ? fresh : undefined;
  }

  /** From here on pages come from the first one again. False where it is of no use, or was done often enough. */
  beginAgain(): boolean {
    this.#before = -1;
    return this.#isOrdered && ++this.#restarts <= MOST_RESTARTS;
  }

  #isFresh({ name, stat }: PagedChild): boolean {
    const czxid = stat?.czxid;
    if (czxid === undefined || czxid < this.#before) {
      this.#isOrdered = false;
      return true;
    }
    this.#before = czxid;
    if (czxid < this.#czxid || (czxid === this.#czxid && this.#tied.has(name))) return false;
    if (czxid > this.#czxid) this.#tied.clear();
    this.#czxid = czxid;
    this.#tied.add(name);
    if (this.#tied.size > MOST_TIED) this.#isOrdered = false;
    return true;
  }
}
