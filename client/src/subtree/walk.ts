import type { NodeStat } from '../calls/node-stat.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { comparePaths, join } from '../paths.ts';
import { Heap } from './heap.ts';

/** A node that a walk has come to. */
export interface MetNode {
  readonly path: string;
  /** 0 of the root of the walk. */
  readonly depth: number;
  readonly stat: NodeStat;
}

export interface WalkedNode extends MetNode {
  /** Of its children, in order. */
  readonly names: readonly string[];
  /** Whether no sibling comes behind it. */
  readonly isLast: boolean;
}

export interface WalkOptions {
  /** Nodes of this depth are met, those below them not; all where it is not said. */
  readonly maxDepth?: number | undefined;
  /** What neither is met nor anything below it. */
  readonly leavesOut?: ((path: string) => boolean) | undefined;
  /** Told of each node whose access list hides its children; without it such a node fails the walk. */
  readonly unreadable?: ((path: string) => void) | undefined;
}

/** Requests that wait for their answers at a time. */
const MAX_IN_FLIGHT = 128;
/** Nodes that were asked for and not handed out: how far the walk may be ahead of whoever takes its nodes. */
const MAX_AHEAD = 1_024;

/** Siblings that were not asked for yet: those of `names` from `index` on. */
interface Run {
  readonly parent: string;
  readonly names: readonly string[];
  readonly depth: number;
  index: number;
  /** The path of the next one. */
  next: string;
}

/** Siblings that were not handed out yet. */
interface Level {
  readonly parent: string;
  readonly names: readonly string[];
  index: number;
}

interface Answer {
  readonly names: readonly string[];
  readonly stat: NodeStat;
}

/** `undefined`: the node went before it was asked for, or is unreadable. */
type Outcome = { readonly answer: Answer | undefined } | { readonly error: unknown };

/**
 * The nodes of a subtree, each parent before its children and siblings by name, with one request for each. The requests go ahead of what is handed out,
 * nearest first, so that the way to the server is paid once for many of them, whatever the tree looks like. What it keeps is the names of
 * siblings that it has not come to, and a bounded number of answers.
 */
class Walk {
  readonly #client: Pick<Client, 'children'>;
  readonly #options: WalkOptions;
  readonly #toAsk = new Heap<Run>((a, b) => comparePaths(a.next, b.next));
  /** By path: asked for, and not handed out. */
  readonly #asked = new Map<string, Promise<Outcome>>();
  #inFlight = 0;
  #stopped = false;

  constructor(client: Pick<Client, 'children'>, options: WalkOptions) {
    this.#client = client;
    this.#options = options;
  }

  async *from(root: string): AsyncGenerator<WalkedNode> {
    const levels: Level[] = [];
    try {
      const first = await this.#client.children(root);
      yield* this.#entered(levels, root, this.#answered(root, 0, first), true);
      for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
        if (level.index === level.names.length) {
          levels.pop();
          continue;
        }
        const path = join(level.parent, level.names[level.index++]!);
        const answer = await this.#take(path);
        if (answer !== undefined)
          yield* this.#entered(levels, path, answer, level.index === level.names.length);
      }
    } finally {
      this.#stopped = true;
    }
  }

  *#entered(levels: Level[], path: string, answer: Answer, isLast: boolean): Generator<WalkedNode> {
    const depth = levels.length;
    const { names, stat } = answer;
    if (this.#descendsFrom(depth, names)) levels.push({ parent: path, names, index: 0 });
    yield { path, depth, stat, names, isLast };
  }

  #descendsFrom(depth: number, names: readonly string[]): boolean {
    return names.length > 0 && depth < (this.#options.maxDepth ?? Number.POSITIVE_INFINITY);
  }

  async #take(path: string): Promise<Answer | undefined> {
    // What comes next is the nearest of what was not asked for, if it was not.
    while (!this.#asked.has(path)) this.#askNext();
    const outcome = await this.#asked.get(path)!;
    this.#asked.delete(path);
    this.#askAhead();
    if ('error' in outcome) throw outcome.error;
    return outcome.answer;
  }

  #askAhead(): void {
    if (this.#stopped) return;
    while (this.#inFlight < MAX_IN_FLIGHT && this.#asked.size < MAX_AHEAD && this.#toAsk.size > 0)
      this.#askNext();
  }

  #askNext(): void {
    const run = this.#toAsk.pop();
    if (run === undefined) throw new Error('a node is to be handed out that nobody has named');
    const path = run.next;
    run.index++;
    if (run.index < run.names.length) {
      run.next = join(run.parent, run.names[run.index]!);
      this.#toAsk.push(run);
    }
    this.#inFlight++;
    this.#asked.set(path, this.#ask(path, run.depth));
  }

  async #ask(path: string, depth: number): Promise<Outcome> {
    try {
      const children = await this.#client.children(path);
      this.#inFlight--;
      const answer = this.#answered(path, depth, children);
      return { answer };
    } catch (error) {
      this.#inFlight--;
      if (isCoordinationError(error, 'NO_NODE')) return { answer: undefined };
      const { unreadable } = this.#options;
      if (unreadable === undefined || !isCoordinationError(error, 'NO_AUTH')) return { error };
      unreadable(path);
      return { answer: undefined };
    }
  }

  /** Takes note of the children, and asks for what there is room for. */
  #answered(path: string, depth: number, { names, stat }: { names: string[]; stat: NodeStat }): Answer {
    const { leavesOut } = this.#options;
    const kept = leavesOut === undefined ? names : names.filter((name) => !leavesOut(join(path, name)));
    kept.sort();
    if (this.#descendsFrom(depth, kept)) {
      this.#toAsk.push({ parent: path, names: kept, depth: depth + 1, index: 0, next: join(path, kept[0]!) });
    }
    this.#askAhead();
    return { names: kept, stat };
  }
}

/** Walks from `root` downwards. Throws what its `children` is answered; nodes that go meanwhile are left out. */
export function walk(
  client: Pick<Client, 'children'>,
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkedNode> {
  return new Walk(client, options).from(root);
}
