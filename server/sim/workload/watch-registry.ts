import { EventType } from '../oracle/tree-history.ts';

/** What setWatches2 carries: paths by the kind of their watch. */
export interface WatchLists {
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly persistentRecursive: readonly string[];
}

/** The watches that a client has set, as ZooKeeper's own client keeps them: it, not the server, remembers them over a reconnect. */
export class WatchRegistry {
  readonly #data = new Set<string>();
  /** Of nodes that were not there. */
  readonly #exist = new Set<string>();
  readonly #child = new Set<string>();
  readonly #persistent = new Set<string>();
  readonly #recursive = new Set<string>();

  get size(): number {
    return (
      this.#data.size + this.#exist.size + this.#child.size + this.#persistent.size + this.#recursive.size
    );
  }

  armData(path: string): void {
    this.#data.add(path);
  }

  armExist(path: string): void {
    this.#exist.add(path);
  }

  armChild(path: string): void {
    this.#child.add(path);
  }

  armPersistent(path: string, recursive: boolean): void {
    (recursive ? this.#recursive : this.#persistent).add(path);
  }

  remove(path: string): void {
    for (const set of this.#sets()) set.delete(path);
  }

  clear(): void {
    for (const set of this.#sets()) set.clear();
  }

  lists(): WatchLists {
    return {
      data: [...this.#data],
      exist: [...this.#exist],
      child: [...this.#child],
      persistent: [...this.#persistent],
      persistentRecursive: [...this.#recursive],
    };
  }

  /** Whether a change of this kind at the path is an event for this client. */
  hears(type: EventType, path: string): boolean {
    if (type === EventType.children) return this.#child.has(path) || this.#persistent.has(path);
    if (this.#data.has(path) || this.#exist.has(path) || this.#persistent.has(path)) return true;
    if (type === EventType.deleted && this.#child.has(path)) return true;
    for (const top of this.#recursive) if (path === top || path.startsWith(`${top}/`)) return true;
    return false;
  }

  /** An event came: one-shot watches that it answers are used up. */
  fired(type: EventType, path: string): void {
    if (type !== EventType.children) {
      this.#data.delete(path);
      this.#exist.delete(path);
    }
    if (type === EventType.children || type === EventType.deleted) this.#child.delete(path);
  }

  #sets(): Set<string>[] {
    return [this.#data, this.#exist, this.#child, this.#persistent, this.#recursive];
  }
}
