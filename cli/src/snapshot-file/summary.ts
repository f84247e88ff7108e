import type { SnapshotSink } from './read-snapshot.ts';

/** Subtrees that are told apart; those beyond are one. A tree may have a million nodes below its root. */
const MAX_SUBTREES = 10_000;

export interface Subtree {
  /** `/` and the first name. */
  readonly path: string;
  nodes: number;
  /** Of values. */
  bytes: number;
}

/** What a snapshot holds, in numbers. */
export class SnapshotSummary implements SnapshotSink {
  sessions = 0;
  nodes = 0;
  ephemerals = 0;
  /** Of values. */
  bytes = 0;
  readonly #subtrees = new Map<string, Subtree>();

  session(): void {
    this.sessions++;
  }

  node(path: string, bytes: number, owner: bigint): void {
    this.nodes++;
    this.bytes += bytes;
    if (isSession(owner)) this.ephemerals++;
    if (path === '/') return;
    const slash = path.indexOf('/', 1);
    const subtree = this.#subtreeOf(slash < 0 ? path : path.slice(0, slash));
    subtree.nodes++;
    subtree.bytes += bytes;
  }

  /** Those with the most nodes first. */
  get subtrees(): readonly Subtree[] {
    return [...this.#subtrees.values()].sort((a, b) => b.nodes - a.nodes || (a.path < b.path ? -1 : 1));
  }

  #subtreeOf(path: string): Subtree {
    const known = this.#subtrees.get(path);
    if (known !== undefined) return known;
    if (this.#subtrees.size >= MAX_SUBTREES && path !== OTHERS) return this.#subtreeOf(OTHERS);
    const subtree = { path, nodes: 0, bytes: 0 };
    this.#subtrees.set(path, subtree);
    return subtree;
  }
}

const OTHERS = '(others)';

/** Containers and nodes with a time to live have owners that are no sessions: the highest bit alone, or 0xff in the highest byte. */
function isSession(owner: bigint): boolean {
  return owner !== 0n && owner !== 1n << 63n && owner >> 56n !== 0xffn;
}
