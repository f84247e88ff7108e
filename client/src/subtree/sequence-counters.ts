/** A node whose sequential children begin at a lower number than at its model. */
export interface LostCounter {
  readonly path: string;
  /** What the next one would have been numbered, and what it is numbered now. */
  readonly was: number;
  readonly is: number;
}

/** How many there are, and the first of them. */
export interface LostCounters {
  readonly count: number;
  readonly first: readonly LostCounter[];
}

interface OpenParent {
  readonly depth: number;
  readonly path: string;
  readonly was: number;
  is: number;
}

const MAX_KEPT = 100;

/**
 * Compares the numbers that sequential children get next, at a model and at its copy: no client can set them, so a copy begins as many children on as
 * were made. Is told of the nodes in the order of a walk, and keeps one parent for each level.
 */
export class SequenceCounters {
  readonly #open: OpenParent[] = [];
  readonly #first: LostCounter[] = [];
  #count = 0;

  /** @param was the next number at the model; @param is that at the copy before anything was made below it */
  node(path: string, depth: number, was: number, is: number): void {
    this.#closeTo(depth);
    this.#open.push({ depth, path, was, is });
  }

  /** A child was made of the node that is the nearest above `depth`. */
  childMade(depth: number): void {
    this.#closeTo(depth);
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.is++;
  }

  /** No node comes any more: those whose number is lower, the first hundred of them. */
  end(): LostCounters {
    this.#closeTo(0);
    return { count: this.#count, first: this.#first };
  }

  #closeTo(depth: number): void {
    while (this.#open.length > 0 && this.#open.at(-1)!.depth >= depth) {
      const { path, was, is } = this.#open.pop()!;
      if (was <= is) continue;
      this.#count++;
      if (this.#first.length < MAX_KEPT) this.#first.push({ path, was, is });
    }
  }
}
