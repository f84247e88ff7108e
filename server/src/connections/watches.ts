import {
  type AclList,
  type Identities,
  NO_EVENT_ZXID,
  Permission,
  Writer,
  writeWatchEvent,
} from '@rookery/protocol';
import { permits } from '../model/access.ts';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import type { Applied } from '../replica/applied.ts';
import type { Steps } from '../replica/steps.ts';
import { ChangeKind } from '../tree/outcome.ts';
import { ANY_MODE, type WatchMode } from '../watch/watch-mode.ts';
import { WatchTable } from '../watch/watch-table.ts';

/** A watch that does not hear of a change is looked at all the same where others of its path do: that many take a step. */
const LOOKS_PER_STEP = 64;

/** It watches nothing so far. */
export const NO_WATCHER = -1;

/** A connection as the watches know it. */
export interface Watcher {
  /** Its number in the table; NO_WATCHER until it watches something. */
  watcher: number;
  readonly isOpen: boolean;
  readonly session: SessionId;
  readonly identities: Identities;
  /** Takes one whole frame, a copy: `frame[0, length)`. */
  event(frame: Uint8Array, length: number): void;
  closeFor(reason: string): void;
}

/** One connection's watches, for people. */
export interface WatcherFacts {
  readonly session: SessionId;
  readonly paths: readonly string[];
}

/**
 * The watches of this member's clients: who hears of what the log changes. Events are written to the connections' buffers before
 * any reply that shows the new state can be: within a connection what was written first is read first.
 */
export class Watches {
  readonly #table: WatchTable;
  readonly #limit: number;
  readonly #onFull: (message: string) => void;
  readonly #watchers: (Watcher | undefined)[] = [];
  readonly #heard: number[] = [];
  readonly #frame = new Writer(256);
  /** Events written since the start. */
  events = 0;

  /** `limit`: paths watched times watchers. `hashSeed`: see WatchTable. `onFull` hears why a watch was refused. */
  constructor(limit: number, hashSeed: number, onFull: (message: string) => void) {
    this.#limit = limit;
    this.#onFull = onFull;
    this.#table = new WatchTable(hashSeed);
  }

  /** As ZooKeeper counts them: a node and its list of children are two. */
  get count(): number {
    return this.#table.watchCount;
  }

  /** Who watches which nodes. Costs as much as there are watches. */
  facts(): WatcherFacts[] {
    const facts: WatcherFacts[] = [];
    for (const watcher of this.#watchers) {
      if (watcher === undefined) continue;
      const paths = this.#table.pathsOf(watcher.watcher);
      if (paths.length > 0) facts.push({ session: watcher.session, paths });
    }
    return facts;
  }

  /** Pairs of a path and a watcher, as the limit counts them. */
  get pairs(): number {
    return this.#table.size;
  }

  /** How many paths this client watches. */
  pathCountOf({ watcher }: Watcher): number {
    return watcher === NO_WATCHER ? 0 : this.#table.pathCountOf(watcher);
  }

  /** Those that it began to watch last first, until `takes` wants no more. */
  eachPathOf({ watcher }: Watcher, takes: (path: string) => boolean): void {
    if (watcher !== NO_WATCHER) this.#table.eachPathOf(watcher, takes);
  }

  /** Who would hear of a change of this path: see WatchTable. Where no mode is told, that watch was looked at and does not hear of it. */
  eachHearer(path: Uint8Array, takes: (session: SessionId, modes: number, end: number) => boolean): void {
    this.#table.eachHearer(path, 0, path.length, (watcher, modes, end) =>
      takes(this.#watchers[watcher]?.session ?? NO_SESSION, modes, end),
    );
  }

  /** Whether so many more fit. */
  hasRoomFor(count: number): boolean {
    if (this.#table.size + count <= this.#limit) return true;
    this.#onFull(`there are limits.watches (${this.#limit}) watches: no more are taken`);
    return false;
  }

  /** Whether one more watch of this path fits: one that is there takes no more room. */
  hasRoom(watcher: Watcher, path: Uint8Array, start: number, end: number): boolean {
    if (this.#table.size < this.#limit || this.has(watcher, ANY_MODE, path, start, end)) return true;
    return this.hasRoomFor(1);
  }

  /** Nothing happens where the connection is closed: nobody would forget the watch. */
  add(watcher: Watcher, mode: WatchMode, path: Uint8Array, start: number, end: number): void {
    if (!watcher.isOpen) return;
    if (watcher.watcher === NO_WATCHER) {
      watcher.watcher = this.#table.addWatcher();
      this.#watchers[watcher.watcher] = watcher;
    }
    this.#table.add(watcher.watcher, mode, path, start, end);
  }

  has({ watcher }: Watcher, mask: number, path: Uint8Array, start: number, end: number): boolean {
    return watcher !== NO_WATCHER && this.#table.has(watcher, mask, path, start, end);
  }

  remove({ watcher }: Watcher, mask: number, path: Uint8Array, start: number, end: number): boolean {
    return watcher !== NO_WATCHER && this.#table.remove(watcher, mask, path, start, end);
  }

  /** The connection is closed: nobody hears on it. */
  forget(connection: Watcher): void {
    if (connection.watcher === NO_WATCHER) return;
    this.#watchers[connection.watcher] = undefined;
    this.#table.removeWatcher(connection.watcher);
    connection.watcher = NO_WATCHER;
  }

  /**
   * Tells whoever watches what a command changed: of its changes from `from` on, as many as `steps` allow, and one at least. Returns the first of
   * which nobody has heard yet.
   */
  changed({ changes, zxid }: Applied, from: number, steps: Steps): number {
    if (changes === undefined) return from;
    const { changeCount } = changes;
    if (this.#table.size === 0) return changeCount;
    const heard = this.#heard;
    const table = this.#table;
    let i = from;
    for (; i < changeCount; i++) {
      if (steps.areSpent && i > from) break;
      const kind = changes.changeKind(i);
      const start = changes.changeStart(i);
      const end = changes.changeEnd(i);
      const lookedBefore = table.looked;
      table.match(kind, changes.pathBytes, start, end, heard);
      steps.spend(heard.length + (table.looked - lookedBefore) / LOOKS_PER_STEP);
      if (heard.length === 0) continue;
      this.#frame.clear();
      writeWatchEvent(this.#frame, zxid, kind, changes.pathBytes, start, end);
      this.#tell(changes.changeAcl(i));
    }
    return i;
  }

  /** Tells whoever watches a node that its data changed, though no command did it. */
  dataChanged(path: Uint8Array, zxid: number, acl: AclList): void {
    this.#table.match(ChangeKind.data, path, 0, path.length, this.#heard);
    this.#frame.clear();
    writeWatchEvent(this.#frame, zxid, ChangeKind.data, path, 0, path.length);
    this.#tell(acl);
  }

  /** Tells one client what it missed. */
  missed(connection: Watcher, type: number, path: Uint8Array, start: number, end: number): void {
    this.#frame.clear();
    writeWatchEvent(this.#frame, NO_EVENT_ZXID, type, path, start, end);
    this.events++;
    connection.event(this.#frame.bytes, this.#frame.length);
  }

  /** An event goes only to who may read the node. */
  #tell(acl: AclList): void {
    const heard = this.#heard;
    const watchers = this.#watchers;
    const frame = this.#frame;
    for (let i = 0; i < heard.length; i++) {
      const watcher = watchers[heard[i]!];
      // Closed by an event before this one.
      if (watcher === undefined || !permits(acl, Permission.read, watcher.identities)) continue;
      this.events++;
      watcher.event(frame.bytes, frame.length);
    }
    heard.length = 0;
  }
}
