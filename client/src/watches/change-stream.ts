import type { NodeValue } from '../calls/get.ts';
import { EventType } from './events.ts';
import type { Follower } from './persistent.ts';

/** What a stream of changes tells. Paths are the client's, without its chroot. */
export type Change =
  /** The first one: how the node was at `zxid` or just after it. Whatever is written after `zxid` is told. */
  | {
      readonly type: 'start';
      readonly path: string;
      readonly zxid: number;
      /** undefined where there is no such node. */
      readonly node: NodeValue | undefined;
    }
  /** A node was made, removed, or has another value. */
  | { readonly type: 'created' | 'deleted' | 'changed'; readonly path: string; readonly zxid: number }
  /** A child was made or removed; told of the watched node itself, and only where its subtree is not watched. */
  | { readonly type: 'children'; readonly path: string; readonly zxid: number }
  /** What was written after `fromZxid` up to `toZxid` may not have been told: look at the tree anew. */
  | { readonly type: 'missed'; readonly path: string; readonly fromZxid: number; readonly toZxid: number };

const typeNames: Readonly<Record<EventType, 'created' | 'deleted' | 'changed' | 'children'>> = {
  [EventType.created]: 'created',
  [EventType.deleted]: 'deleted',
  [EventType.changed]: 'changed',
  [EventType.childrenChanged]: 'children',
};

/**
 * The changes that wait to be taken, at most `limit` of them: where nobody takes them, all that wait become one that says what was missed. So a slow reader costs
 * no memory, and is never told half of the truth.
 */
export class ChangeStream implements Follower, AsyncIterableIterator<Change> {
  readonly #path: string;
  readonly #limit: number;
  readonly #chrootLength: number;
  readonly #stop: () => void;
  #changes: Change[] = [];
  #waiting: PromiseWithResolvers<IteratorResult<Change>> | undefined;
  /** The zxid of what was put into the stream last. */
  #zxid = 0;
  #started = false;
  #end: { readonly error: Error | undefined } | undefined;

  /** @param stop called once, when nobody reads any more */
  constructor(path: string, limit: number, chrootLength: number, stop: () => void) {
    this.#path = path;
    this.#limit = limit;
    this.#chrootLength = chrootLength;
    this.#stop = stop;
  }

  /** Nothing comes out before it: what was told since `zxid` comes behind. */
  start(zxid: number, node: NodeValue | undefined): void {
    this.#started = true;
    this.#changes.unshift({ type: 'start', path: this.#path, zxid, node });
    this.#zxid = Math.max(this.#zxid, zxid);
    this.#hand();
  }

  told(type: EventType, serverPath: string, zxid: number): void {
    const path = serverPath.slice(this.#chrootLength);
    this.#put({ type: typeNames[type], path: path === '' ? '/' : path, zxid });
    if (zxid > this.#zxid) this.#zxid = zxid;
  }

  missed(fromZxid: number, toZxid: number): void {
    this.#put({ type: 'missed', path: this.#path, fromZxid, toZxid });
    this.#zxid = toZxid;
  }

  /** Nothing comes any more: what is there is still handed out, then `error`, if there is one. */
  end(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#started = true;
    this.#stop();
    this.#hand();
  }

  next(): Promise<IteratorResult<Change>> {
    if (this.#waiting !== undefined) {
      return Promise.reject(new TypeError('the changes of one stream are taken one after the other'));
    }
    this.#waiting = Promise.withResolvers();
    const { promise } = this.#waiting;
    this.#hand();
    return promise;
  }

  return(): Promise<IteratorResult<Change>> {
    this.#changes = [];
    this.end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #put(change: Change): void {
    if (this.#end !== undefined) return;
    if (this.#changes.length >= this.#limit) this.#forget(change);
    else this.#changes.push(change);
    this.#hand();
  }

  /** All that waits, and `change`, become one. */
  #forget(change: Change): void {
    const [first] = this.#changes;
    const fromZxid = first === undefined ? this.#zxid : beforeOf(first);
    const toZxid = change.type === 'missed' ? change.toZxid : change.zxid;
    const start = first?.type === 'start' ? [first] : [];
    this.#changes = [
      ...start,
      { type: 'missed', path: this.#path, fromZxid, toZxid: Math.max(toZxid, this.#zxid) },
    ];
  }

  #hand(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || !this.#started) return;
    const change = this.#changes.shift();
    if (change !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: change });
    } else if (this.#end !== undefined) {
      const { error } = this.#end;
      this.#end = { error: undefined };
      this.#waiting = undefined;
      if (error === undefined) waiting.resolve({ done: true, value: undefined });
      else waiting.reject(error);
    }
  }
}

/** A zxid after which `change` was written. */
function beforeOf(change: Change): number {
  if (change.type === 'missed') return change.fromZxid;
  return change.type === 'start' ? change.zxid : change.zxid - 1;
}
