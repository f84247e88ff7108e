import type { NodeValue } from '../calls/get.ts';
import type { Client } from '../client.ts';
import { CoordinationError, isCoordinationError } from '../errors.ts';
import { join, parentOf } from '../paths.ts';
import type { Change, ChangeStream } from '../watches/change-stream.ts';
import { acrossSessions, persist } from './retry.ts';

/** What became of one node of a cache. */
export interface CacheChange {
  readonly type: 'added' | 'updated' | 'removed';
  readonly path: string;
  /** As it is now; of a removed one as it was. */
  readonly node: NodeValue;
}

export interface CacheOptions {
  /** More nodes than these end it. 1,000,000 where it is not said. */
  readonly maxNodes?: number | undefined;
}

const DEFAULT_MAX_NODES = 1_000_000;
/** Reads under way at a time. */
const MAX_READS = 256;
/** Changes that wait to be looked at; beyond them the subtree is read anew. */
const MAX_CHANGES = 10_000;

/**
 * A copy of a node and all below it that follows them. It is never ahead of what this client reads, and behind it for as long as a change takes to
 * arrive. Where changes may have been missed it reads all of it again, and tells what is different.
 */
export class SubtreeCache implements AsyncDisposable {
  readonly path: string;
  readonly #zk: Client;
  readonly #maxNodes: number;
  readonly #nodes = new Map<string, NodeValue>();
  readonly #names = new Map<string, Set<string>>();
  readonly #listeners = new Set<(change: CacheChange) => void>();
  readonly #changes: ChangeStream;
  readonly #ended = new AbortController();
  #following: Promise<void> | undefined;

  /** Made by `open`. */
  constructor(zk: Client, path: string, { maxNodes = DEFAULT_MAX_NODES }: CacheOptions) {
    this.#zk = zk;
    this.path = path;
    this.#maxNodes = maxNodes;
    this.#changes = zk.watch(path, { recursive: true, limit: MAX_CHANGES });
  }

  /** Resolves once all of it was read. */
  static async open(zk: Client, path: string, options: CacheOptions = {}): Promise<SubtreeCache> {
    const cache = new SubtreeCache(zk, path, options);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    cache.#following = cache.#follow(resolve);
    cache.#following.catch(reject);
    await promise;
    return cache;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(path: string): NodeValue | undefined {
    return this.#nodes.get(path);
  }

  /** Names of the children that it knows. */
  children(path: string): string[] {
    return [...(this.#names.get(path) ?? [])];
  }

  /** Paths and nodes, in no particular order. */
  entries(): IterableIterator<[string, NodeValue]> {
    return this.#nodes.entries();
  }

  /** `listener` is told of each change once the cache has it. Returns what ends that. */
  onChange(listener: (change: CacheChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Aborted once it follows no more: closed, or for the reason that it has. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#changes.return();
    await this.#following?.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #follow(read: () => void): Promise<void> {
    try {
      for await (const change of this.#changes) {
        await this.#take(change);
        if (change.type === 'start') read();
      }
    } catch (error) {
      this.#ended.abort(error);
      throw error;
    } finally {
      this.#ended.abort();
      await this.#changes.return();
    }
  }

  async #take(change: Change): Promise<void> {
    if (change.type === 'start' || change.type === 'missed') await this.#readAll();
    else if (change.type === 'deleted') this.#remove(change.path);
    else await this.#readNode(change.path);
  }

  /** Level by level, as many reads at a time as there may be. What is not there any more is removed. */
  async #readAll(): Promise<void> {
    const found = new Set<string>();
    let level = [this.path];
    while (level.length > 0) {
      const below: string[] = [];
      for (let at = 0; at < level.length; at += MAX_READS) {
        await Promise.all(
          level.slice(at, at + MAX_READS).map(async (path) => {
            const names = await this.#readWithChildren(path);
            if (names === undefined) return;
            found.add(path);
            for (const name of names) below.push(join(path, name));
          }),
        );
        this.#checkSize(found.size + below.length);
      }
      level = below;
    }
    for (const path of [...this.#nodes.keys()]) if (!found.has(path)) this.#remove(path);
  }

  /** undefined where the node is gone. */
  async #readWithChildren(path: string): Promise<string[] | undefined> {
    try {
      const [node, { names }] = await Promise.all([
        this.#read(() => this.#zk.get(path)),
        this.#read(() => this.#zk.children(path)),
      ]);
      this.#put(path, node);
      return names;
    } catch (error) {
      if (isCoordinationError(error, 'NO_NODE')) return undefined;
      throw error;
    }
  }

  async #readNode(path: string): Promise<void> {
    try {
      this.#put(path, await this.#read(() => this.#zk.get(path)));
      this.#checkSize(this.#nodes.size);
    } catch (error) {
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
      this.#remove(path);
    }
  }

  #read<T>(work: () => Promise<T>): Promise<T> {
    return acrossSessions(this.#zk, () => persist(this.#zk, work, this.signal), this.signal);
  }

  #checkSize(nodes: number): void {
    if (nodes <= this.#maxNodes) return;
    throw new CoordinationError('TOO_LARGE', `${this.path} has more than ${this.#maxNodes} nodes`, {
      operation: 'cache',
      path: this.path,
      retry: 'no',
    });
  }

  #put(path: string, node: NodeValue): void {
    const known = this.#nodes.get(path);
    if (known !== undefined && known.stat.mzxid === node.stat.mzxid && known.stat.czxid === node.stat.czxid) {
      // Its children or its access list may have changed, which is told of those.
      this.#nodes.set(path, node);
      return;
    }
    this.#nodes.set(path, node);
    if (path !== this.path) {
      const parent = parentOf(path);
      const names = this.#names.get(parent);
      const name = path.slice(join(parent, '').length);
      if (names === undefined) this.#names.set(parent, new Set([name]));
      else names.add(name);
    }
    this.#tell({ type: known === undefined ? 'added' : 'updated', path, node });
  }

  #remove(path: string): void {
    const node = this.#nodes.get(path);
    if (node === undefined) return;
    this.#nodes.delete(path);
    const parent = parentOf(path);
    const names = this.#names.get(parent);
    names?.delete(path.slice(join(parent, '').length));
    if (names?.size === 0) this.#names.delete(parent);
    this.#tell({ type: 'removed', path, node });
  }

  #tell(change: CacheChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
