import type { AclList, Client, Step } from '@rookery/client';
import {
  below,
  createAlone,
  creationOf,
  inTransactions,
  isEphemeral,
  isWithin,
  nextSequence,
  parentOf,
  SequenceCounters,
} from '@rookery/client/subtree';
import type { Difference } from './differences.ts';

/** One thing that is to be done, or cannot be. */
export interface Doing {
  readonly do: 'create' | 'set' | 'acl' | 'remove' | 'leave';
  readonly path: string;
  /** Why it is left as it is. */
  readonly why?: string;
}

/**
 * What makes subtree B as A is, from their differences: creations and new values as they come; removals and access lists behind all of them, so that
 * nothing is locked before it is done.
 */
export class Mirroring {
  readonly #root: string;
  readonly #tell: (doing: Doing) => Promise<void> | void;
  readonly #onlyB: string[] = [];
  readonly #acls: { readonly path: string; readonly acl: AclList }[] = [];
  /** Of B, above an ephemeral node of somebody's: they cannot go before it does. */
  readonly #aboveEphemerals = new Set<string>();
  /** An ephemeral node of B in whose place A has another one: nothing can be made there or below. */
  #blocked: string | undefined;
  readonly counters = new SequenceCounters();
  ephemerals = 0;
  created = 0;
  set = 0;

  /** @param root of B; @param tell told of everything in its order */
  constructor(root: string, tell: (doing: Doing) => Promise<void> | void) {
    this.#root = root;
    this.#tell = tell;
  }

  /** The creations and new values. */
  async *steps(differences: AsyncIterable<Difference>): AsyncGenerator<Step> {
    for await (const difference of differences) {
      const { pair } = difference;
      const path = below(this.#root, pair.relative);
      this.#noteEphemerals(difference, path);
      if (difference.is === 'left-out') continue;
      if (difference.is === 'only-b') this.#onlyB.push(path);
      else if (difference.is === 'only-a') yield* this.#creation(difference, path);
      else yield* this.#change(difference, path);
    }
  }

  /** The paths of what only B has and what can go, each behind those below it. */
  async removals(): Promise<string[]> {
    const paths = this.#onlyB.filter((path) => !this.#aboveEphemerals.has(path)).reverse();
    for (const path of paths) await this.#tell({ do: 'remove', path });
    for (const path of this.#onlyB)
      if (this.#aboveEphemerals.has(path))
        await this.#tell({ do: 'leave', path, why: 'an ephemeral node is below it' });
    return paths;
  }

  get acls(): readonly { readonly path: string; readonly acl: AclList }[] {
    return this.#acls;
  }

  async *#creation({ pair, a }: Extract<Difference, { is: 'only-a' }>, path: string): AsyncGenerator<Step> {
    if (pair.b !== undefined) this.#blocked = path;
    if (this.#blocked !== undefined && isWithin(path, this.#blocked)) {
      await this.#tell({ do: 'leave', path, why: `${this.#blocked} is an ephemeral node there` });
      return;
    }
    await this.#tell({ do: 'create', path });
    this.created++;
    this.counters.childMade(a.depth);
    this.counters.node(path, a.depth, nextSequence(a.stat), 0);
    yield creationOf({ path, data: a.data, acl: a.acl });
  }

  async *#change(
    difference: Extract<Difference, { is: 'same' | 'differs' }>,
    path: string,
  ): AsyncGenerator<Step> {
    const { a, b } = difference.pair;
    this.counters.node(path, a!.depth, nextSequence(a!.stat), nextSequence(b!.stat));
    if (difference.is === 'same') return;
    const aspects = new Set(difference.in);
    if (aspects.has('acl')) {
      await this.#tell({ do: 'acl', path });
      this.#acls.push({ path, acl: difference.a.acl });
    }
    if (!aspects.has('value')) return;
    await this.#tell({ do: 'set', path });
    this.set++;
    yield { do: 'set', path, data: difference.a.data };
  }

  #noteEphemerals({ pair: { a, b } }: Difference, path: string): void {
    if (a !== undefined && isEphemeral(a.stat)) this.ephemerals++;
    if (b === undefined || !isEphemeral(b.stat)) return;
    this.ephemerals++;
    for (let parent = parentOf(path); isWithin(parent, this.#root); parent = parentOf(parent)) {
      if (this.#aboveEphemerals.has(parent)) return;
      this.#aboveEphemerals.add(parent);
      if (parent === '/') return;
    }
  }
}

/** Does the creations and new values. */
export function carryOut(
  client: Client,
  steps: AsyncIterable<Step>,
  done: (count: number) => void,
): Promise<number> {
  const alone = async (step: Step): Promise<void> => {
    if (step.do === 'set') await client.set(step.path, step.data);
    else await createAlone(client, step, true);
  };
  return inTransactions(client, steps, alone, done);
}
