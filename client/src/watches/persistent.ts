import { AddWatchMode, type WatchLists } from '@rookery/protocol';
import { parentOf } from '../paths.ts';
import { EventType } from './events.ts';

/** The two kinds of watches that stay. */
export type Scope =
  /** A node and the list of its children. */
  | 'node'
  /** A node and everything below it. */
  | 'subtree';

export const modeOf: Readonly<Record<Scope, number>> = {
  node: AddWatchMode.persistent,
  subtree: AddWatchMode.persistentRecursive,
};

/** Who follows a watch that stays. */
export interface Follower {
  /** `serverPath` of the node that changed. */
  told(type: EventType, serverPath: string, zxid: number): void;
  /** The watch was gone for a while: what was written after `fromZxid` up to `toZxid` was not told. */
  missed(fromZxid: number, toZxid: number): void;
}

/** Who follows what, by server path, and what a new connection has to be told so that it goes on. */
export class PersistentWatches {
  readonly #scopes: Readonly<Record<Scope, Map<string, Set<Follower>>>> = {
    node: new Map(),
    subtree: new Map(),
  };

  /** True for the first one of its path and scope: the server has to be asked. */
  add(scope: Scope, serverPath: string, follower: Follower): boolean {
    const followers = this.#scopes[scope].get(serverPath);
    if (followers !== undefined) {
      followers.add(follower);
      return false;
    }
    this.#scopes[scope].set(serverPath, new Set([follower]));
    return true;
  }

  /** True for the last one: the server's watch is of no use any more. */
  remove(scope: Scope, serverPath: string, follower: Follower): boolean {
    const followers = this.#scopes[scope].get(serverPath);
    if (followers?.delete(follower) !== true || followers.size > 0) return false;
    this.#scopes[scope].delete(serverPath);
    return true;
  }

  told(type: EventType, serverPath: string, zxid: number): void {
    tell(this.#scopes.node.get(serverPath), type, serverPath, zxid);
    // Followers of a subtree hear of the child itself.
    if (this.#scopes.subtree.size === 0 || type === EventType.childrenChanged) return;
    for (let path = serverPath; ; path = parentOf(path)) {
      tell(this.#scopes.subtree.get(path), type, serverPath, zxid);
      if (path === '/') return;
    }
  }

  missed(fromZxid: number, toZxid: number): void {
    for (const paths of Object.values(this.#scopes)) {
      for (const followers of paths.values())
        for (const follower of followers) follower.missed(fromZxid, toZxid);
    }
  }

  get lists(): WatchLists {
    return {
      persistent: [...this.#scopes.node.keys()],
      persistentRecursive: [...this.#scopes.subtree.keys()],
    };
  }
}

function tell(
  followers: ReadonlySet<Follower> | undefined,
  type: EventType,
  serverPath: string,
  zxid: number,
): void {
  if (followers !== undefined) for (const follower of followers) follower.told(type, serverPath, zxid);
}
