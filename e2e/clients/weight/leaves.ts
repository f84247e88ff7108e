import type { ClientSession } from '../../../testkit/src/session.ts';
import type { Tally } from './tally.ts';

/** Nodes that one writer creates and deletes below a node of its own. */
export class Leaves {
  readonly folder: string;
  readonly #tally: Tally;
  /** In the order of their creation. */
  readonly #there = new Set<string>();
  readonly #creating = new Set<string>();
  readonly #deleting = new Set<string>();
  #count = 0;

  constructor(folder: string, tally: Tally) {
    this.folder = folder;
    this.#tally = tally;
  }

  get size(): number {
    return this.#there.size;
  }

  /** The name of one to create. */
  beginCreate(): string {
    this.#count += 1;
    const name = `n${this.#count}`;
    this.#creating.add(name);
    return name;
  }

  /** The name of the oldest one, to delete. */
  beginDelete(): string | undefined {
    const [name] = this.#there;
    if (name === undefined) return undefined;
    this.#there.delete(name);
    this.#deleting.add(name);
    return name;
  }

  created(name: string, isDone: boolean): void {
    this.#creating.delete(name);
    if (isDone) this.#there.add(name);
  }

  deleted(name: string, isDone: boolean): void {
    this.#deleting.delete(name);
    if (!isDone) this.#there.add(name);
  }

  /** Looks behind a sync what came of the creations and deletions in doubt, and whether the rest is there. */
  async verify(session: ClientSession, where: string): Promise<void> {
    const seen = new Set(await session.children(this.folder));
    for (const name of [...this.#creating]) this.created(name, seen.has(name));
    for (const name of [...this.#deleting]) this.deleted(name, !seen.has(name));
    for (const name of this.#there) {
      if (!seen.has(name)) this.#tally.problem(`lost: ${this.folder}/${name} ${where} is not there`);
    }
    for (const name of seen) {
      if (!this.#there.has(name)) this.#tally.problem(`deleted, and ${where} there: ${this.folder}/${name}`);
    }
  }
}
