import type { WatchLists } from '@rookery/protocol';
import { EventType } from './events.ts';

/** The three lists of the server's one-shot watches, as setWatches names them. */
export const WatchList = { data: 'data', exist: 'exist', child: 'child' } as const;
export type WatchList = (typeof WatchList)[keyof typeof WatchList];

/** Told once: of the event's type, or that the session is lost. */
export interface Watcher {
  changed(type: EventType, zxid: number): void;
  /** Nothing will be told any more. */
  lost(): void;
}

/** Which lists an event of a type takes its watches from. */
const listsOfType: Readonly<Record<number, readonly WatchList[]>> = {
  [EventType.created]: [WatchList.exist, WatchList.data],
  [EventType.changed]: [WatchList.exist, WatchList.data],
  [EventType.deleted]: [WatchList.exist, WatchList.data, WatchList.child],
  [EventType.childrenChanged]: [WatchList.child],
};

/**
 * Who waits for the one event of a one-shot watch, by server path. The server keeps one watch of a session for each path and list, however often it
 * was asked for: so one event is told to all of them.
 */
export class OneShotWatches {
  readonly #lists: Readonly<Record<WatchList, Map<string, Set<Watcher>>>> = {
    data: new Map(),
    exist: new Map(),
    child: new Map(),
  };

  add(list: WatchList, serverPath: string, watcher: Watcher): void {
    const watchers = this.#lists[list].get(serverPath);
    if (watchers === undefined) this.#lists[list].set(serverPath, new Set([watcher]));
    else watchers.add(watcher);
  }

  /** It is told of nothing any more. The server's watch stays: its event finds nobody. */
  forget(serverPath: string, watcher: Watcher): void {
    for (const paths of Object.values(this.#lists)) {
      const watchers = paths.get(serverPath);
      if (watchers?.delete(watcher) === true && watchers.size === 0) paths.delete(serverPath);
    }
  }

  told(type: EventType, serverPath: string, zxid: number): void {
    for (const list of listsOfType[type] ?? []) {
      const watchers = this.#lists[list].get(serverPath);
      if (watchers === undefined) continue;
      this.#lists[list].delete(serverPath);
      for (const watcher of watchers) watcher.changed(type, zxid);
    }
  }

  /** The session is over, and with it every watch. */
  lose(): void {
    for (const paths of Object.values(this.#lists)) {
      const all = [...paths.values()];
      paths.clear();
      for (const watchers of all) for (const watcher of watchers) watcher.lost();
    }
  }

  /** What a new connection has to be told. */
  get lists(): WatchLists {
    const { data, exist, child } = this.#lists;
    return { data: [...data.keys()], exist: [...exist.keys()], child: [...child.keys()] };
  }
}
