import { ChangeKind } from '../../src/tree/outcome.ts';
import { WatchMode } from '../../src/watch/watch-mode.ts';

/** Path → watcher → modes. */
type Manager = Map<string, Map<number, number>>;

/** What ZooKeeper 3.9 does, in its own words: one manager for nodes, one for lists of children, each trigger on its own. */
export class ReferenceWatches {
  readonly #dataWatches: Manager = new Map();
  readonly #childWatches: Manager = new Map();

  add(watcher: number, mode: WatchMode, path: string): void {
    if (mode === WatchMode.children) put(this.#childWatches, path, watcher, mode);
    else put(this.#dataWatches, path, watcher, mode);
    if (mode === WatchMode.persistent) put(this.#childWatches, path, watcher, mode);
  }

  has(watcher: number, mask: number, path: string): boolean {
    return [this.#dataWatches, this.#childWatches].some(
      (manager) => ((manager.get(path)?.get(watcher) ?? 0) & mask) !== 0,
    );
  }

  remove(watcher: number, mask: number, path: string): boolean {
    const there = this.has(watcher, mask, path);
    for (const manager of [this.#dataWatches, this.#childWatches]) take(manager, path, watcher, mask);
    return there;
  }

  removeWatcher(watcher: number): void {
    for (const manager of [this.#dataWatches, this.#childWatches]) {
      for (const path of [...manager.keys()]) take(manager, path, watcher, ~0);
    }
  }

  change(kind: ChangeKind, path: string): number[] {
    if (kind === ChangeKind.children) return [...trigger(this.#childWatches, kind, path)];
    const told = trigger(this.#dataWatches, kind, path);
    if (kind === ChangeKind.deleted) {
      // What the first trigger told is suppressed in the second, and used up all the same.
      for (const watcher of trigger(this.#childWatches, kind, path)) told.add(watcher);
    }
    return [...told];
  }

  get watchCount(): number {
    let count = 0;
    for (const manager of [this.#dataWatches, this.#childWatches]) {
      for (const watchers of manager.values()) count += watchers.size;
    }
    return count;
  }

  /** Each watcher that would hear of a change of the path or of its list of children, with the modes in which it would, and where they were set. */
  hearers(path: string): string[] {
    const found: string[] = [];
    for (const at of [path, ...ancestors(path)]) {
      const modes = new Map<number, number>();
      for (const manager of [this.#dataWatches, this.#childWatches])
        for (const [watcher, own] of manager.get(at) ?? [])
          modes.set(watcher, (modes.get(watcher) ?? 0) | (at === path ? own : own & WatchMode.recursive));
      for (const [watcher, own] of modes) if (own !== 0) found.push(`${watcher} ${own} ${at}`);
    }
    return found;
  }

  /** In whatever way it watches them. */
  allPathsOf(watcher: number): string[] {
    const managers = [this.#dataWatches, this.#childWatches];
    const paths = managers.flatMap((manager) => [...manager].filter(([, watchers]) => watchers.has(watcher)));
    return [...new Set(paths.map(([path]) => path))];
  }

  pathsOf(watcher: number): string[] {
    return [...this.#dataWatches].filter(([, watchers]) => watchers.has(watcher)).map(([path]) => path);
  }
}

function trigger(manager: Manager, kind: ChangeKind, path: string): Set<number> {
  const told = new Set<number>();
  for (const [watcher] of manager.get(path) ?? []) {
    told.add(watcher);
    take(manager, path, watcher, WatchMode.data | WatchMode.children);
  }
  if (kind === ChangeKind.children) return told;
  for (const above of ancestors(path)) {
    for (const [watcher, modes] of manager.get(above) ?? []) {
      if ((modes & WatchMode.recursive) !== 0) told.add(watcher);
    }
  }
  return told;
}

function ancestors(path: string): string[] {
  if (path === '/') return [];
  const names = path.split('/').slice(1, -1);
  return ['/', ...names.map((_, depth) => `/${names.slice(0, depth + 1).join('/')}`)];
}

function put(manager: Manager, path: string, watcher: number, mode: number): void {
  let watchers = manager.get(path);
  if (watchers === undefined) {
    watchers = new Map();
    manager.set(path, watchers);
  }
  watchers.set(watcher, (watchers.get(watcher) ?? 0) | mode);
}

function take(manager: Manager, path: string, watcher: number, mask: number): void {
  const watchers = manager.get(path);
  const modes = watchers?.get(watcher);
  if (watchers === undefined || modes === undefined) return;
  if ((modes & ~mask) === 0) watchers.delete(watcher);
  else watchers.set(watcher, modes & ~mask);
  if (watchers.size === 0) manager.delete(path);
}
