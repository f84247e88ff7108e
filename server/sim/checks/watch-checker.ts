import { ErrorCode } from '@rookery/protocol';
import type { Action, Result } from '../history/operation.ts';
import { type Change, EventType, type NodeRecord, type TreeHistory } from '../oracle/tree-history.ts';
import type { WatchLists, WatchRegistry } from '../workload/watch-registry.ts';

/** A watch event as it comes over the wire. */
export interface WatchEvent {
  /** That of the change; -1 where the server makes good for what was missed. */
  readonly zxid: number;
  readonly type: number;
  readonly path: string;
}

export interface WatchCheckerTotals {
  armed: number;
  events: number;
  catchUps: number;
  caughtUpEvents: number;
}

/**
 * Compares what one client is told with what happened. For the watches that it has armed on a connection, the events that must come are
 * known exactly, and in which order:
 *
 *   armed by the reply at Z ──► every change after Z that the watch hears, each before any reply at or above the change's zxid
 *
 * After a reconnect the same holds for what setWatches finds to have happened meanwhile, before its reply.
 */
export class WatchChecker {
  readonly #tree: TreeHistory;
  readonly #watches: WatchRegistry;
  readonly #report: (rule: string, message: string) => void;
  readonly totals: WatchCheckerTotals = { armed: 0, events: 0, catchUps: 0, caughtUpEvents: 0 };
  /** The highest zxid of any reply in the life of this client. */
  lastZxid = 0;
  /** Position in the tree's changes of the first that has not been considered on this connection. */
  #next = 0;
  /** setWatches under way: what it asked for, and what has come for it. */
  #catchUp: { readonly since: number; readonly lists: WatchLists; readonly events: WatchEvent[] } | undefined;

  constructor(tree: TreeHistory, watches: WatchRegistry, report: (rule: string, message: string) => void) {
    this.#tree = tree;
    this.#watches = watches;
    this.#report = report;
  }

  /** A new connection: its member knows of no watch yet. `lists`: those that setWatches asks for first, if any. */
  connected(lists: WatchLists | undefined): void {
    this.#catchUp = lists === undefined ? undefined : { since: this.lastZxid, lists, events: [] };
    this.#next = this.#firstAfter(this.lastZxid);
  }

  event(event: WatchEvent): void {
    this.totals.events++;
    if (this.#catchUp !== undefined) {
      this.#catchUp.events.push(event);
      return;
    }
    const { changes } = this.#tree;
    for (; this.#next < changes.length; this.#next++) {
      const change = changes[this.#next] as Change;
      if (!this.#watches.hears(change.type, change.path)) continue;
      if (change.type !== event.type || change.path !== event.path || change.zxid !== event.zxid) break;
      this.#next++;
      this.#watches.fired(change.type, change.path);
      return;
    }
    const due = changes[this.#next];
    this.#report(
      'events come once each, for armed watches, in the order of the changes',
      `${tell(event)} came, ${due === undefined ? 'and no event was due' : `due was ${tell(due)}`}`,
    );
  }

  /** Any reply but that of setWatches, with its header's zxid. */
  replied(zxid: number, what: string): void {
    if (zxid < this.lastZxid) {
      this.#report('what a client is shown never goes back', `${what}: zxid ${zxid} after ${this.lastZxid}`);
    }
    this.lastZxid = Math.max(this.lastZxid, zxid);
    if (this.#catchUp === undefined) this.#expectNothingDue(zxid, what);
  }

  /** The reply of setWatches. */
  caughtUp(zxid: number): void {
    const catchUp = this.#catchUp;
    this.#catchUp = undefined;
    if (catchUp === undefined) {
      this.#report('replies answer requests', 'setWatches was answered, and nobody asked');
      return;
    }
    this.totals.catchUps++;
    this.totals.caughtUpEvents += catchUp.events.length;
    const due = this.#missed(catchUp.lists, catchUp.since, zxid);
    const came = catchUp.events.map(tellEvent).sort();
    const expected = due.map(tellEvent).sort();
    // Of two watches on one deleted node, one event or two may tell.
    const same =
      [...new Set(came)].join() === [...new Set(expected)].join() && came.length <= expected.length;
    if (!same) {
      this.#report(
        'setWatches tells of all that was missed, and of nothing else',
        `since zxid ${catchUp.since}, as of ${zxid}: came [${came.join(', ')}], due were [${expected.join(', ')}]`,
      );
    }
    for (const { type, path } of due) this.#watches.fired(type as EventType, path);
    this.#next = this.#firstAfter(zxid);
    this.replied(zxid, 'setWatches');
  }

  /** The reply to an operation: what it shows must be the tree as of its zxid. Arms what it asked to be told of. */
  answered(action: Action, result: Result): void {
    if (result.kind === 'unknown') return;
    this.replied(result.zxid, action.kind);
    if (result.kind === 'refused') return;
    const { zxid } = result;
    switch (action.kind) {
      case 'get':
      case 'exists':
        this.#compare(action.path, this.#tree.at(action.path, zxid), result, zxid);
        if (action.watch === true && result.kind === 'ok')
          this.#arm(() => this.#watches.armData(action.path));
        if (
          action.watch === true &&
          action.kind === 'exists' &&
          result.kind === 'error' &&
          result.code === ErrorCode.noNode
        ) {
          this.#arm(() => this.#watches.armExist(action.path));
        }
        return;
      case 'children':
        if (result.kind !== 'ok') return;
        this.#compareNames(action.path, result.children ?? [], zxid);
        if (action.watch === true) this.#arm(() => this.#watches.armChild(action.path));
        return;
      case 'addWatch':
        if (result.kind === 'ok') {
          this.#arm(() => this.#watches.armPersistent(action.path, action.recursive));
        }
        return;
      case 'removeWatches':
        if (result.kind === 'ok') this.#watches.remove(action.path);
        return;
      default:
    }
  }

  #firstAfter(zxid: number): number {
    return this.#tree.changes.findLastIndex((change) => change.zxid <= zxid) + 1;
  }

  #arm(arm: () => void): void {
    this.totals.armed++;
    arm();
  }

  /** Watch before data. */
  #expectNothingDue(zxid: number, what: string): void {
    const { changes } = this.#tree;
    for (; this.#next < changes.length; this.#next++) {
      const change = changes[this.#next] as Change;
      if (change.zxid > zxid) return;
      if (!this.#watches.hears(change.type, change.path)) continue;
      this.#report(
        'an event comes before any reply that shows the new state',
        `a reply to ${what} at zxid ${zxid}, and ${tell(change)} has not come`,
      );
      return;
    }
  }

  #missed(lists: WatchLists, since: number, zxid: number): WatchEvent[] {
    const due: WatchEvent[] = [];
    const add = (type: number, path: string): void => {
      due.push({ zxid: -1, type, path });
    };
    for (const path of lists.data) {
      const node = this.#tree.at(path, zxid);
      if (node === undefined) add(EventType.deleted, path);
      else if (node.mzxid > since) add(EventType.data, path);
    }
    for (const path of lists.exist) {
      if (this.#tree.at(path, zxid) !== undefined) add(EventType.created, path);
    }
    for (const path of lists.child) {
      const node = this.#tree.at(path, zxid);
      if (node === undefined) add(EventType.deleted, path);
      else if (node.pzxid > since) add(EventType.children, path);
    }
    return due;
  }

  #compare(path: string, node: NodeRecord | undefined, result: Result, zxid: number): void {
    if (result.kind === 'error' && result.code !== ErrorCode.noNode) return;
    const shown = result.kind === 'ok' ? result.stat : undefined;
    const same =
      node?.czxid === shown?.czxid && node?.mzxid === shown?.mzxid && node?.version === shown?.version;
    if (same) return;
    this.#report(
      'a reply shows the tree as of its zxid',
      `${path} at zxid ${zxid}: shown ${JSON.stringify(shown)}, was ${JSON.stringify(node)}`,
    );
  }

  #compareNames(path: string, names: readonly string[], zxid: number): void {
    const shown = [...names].sort().join();
    const were = this.#tree.childrenAt(path, zxid).join();
    if (shown === were) return;
    const message = `children of ${path} at zxid ${zxid}: shown [${shown}], were [${were}]`;
    this.#report('a reply shows the tree as of its zxid', message);
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [EventType.created]: 'created',
  [EventType.deleted]: 'deleted',
  [EventType.data]: 'data',
  [EventType.children]: 'children',
};

function tell({ zxid, type, path }: WatchEvent): string {
  return `${NAMES[type] ?? type} ${path} at zxid ${zxid}`;
}

function tellEvent({ type, path }: WatchEvent): string {
  return `${NAMES[type] ?? type} ${path}`;
}
