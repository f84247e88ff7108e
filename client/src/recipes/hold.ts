import type { Client } from '../client.ts';
import { CoordinationError } from '../errors.ts';
import { EventType } from '../watches/events.ts';
import type { Watcher } from '../watches/one-shot.ts';
import { type OwnNode, removeOwnNode } from './own-node.ts';
import { persist } from './retry.ts';

/**
 * Something that is held until it is released, or may be lost. Hand `token` to whatever is protected: who has the thing later has the greater one, so
 * that a write of a former holder that comes late can be told.
 */
export class Hold implements AsyncDisposable {
  /** The zxid of the write that lined it up. */
  readonly token: number;
  readonly path: string;
  readonly #zk: Client;
  readonly #node: OwnNode;
  readonly #ended = new AbortController();
  readonly #watcher: Watcher;

  /** Made by `of`. */
  constructor(zk: Client, node: OwnNode) {
    this.#zk = zk;
    this.#node = node;
    this.token = node.czxid;
    this.path = node.path;
    this.#watcher = {
      changed: (type) => {
        if (type === EventType.deleted) this.#end(`${node.path} was removed by somebody else`);
        else void this.#watch();
      },
      lost: () => this.#end(`the session that held ${node.path} is lost`),
    };
    const { signal } = node.session;
    if (signal.aborted) this.#ended.abort(signal.reason);
    else signal.addEventListener('abort', this.#sessionOver, { once: true });
  }

  /** Held from when it resolves on. Rejects with SESSION_LOST where it is not to be had any more; the node is removed then. */
  static async of(zk: Client, node: OwnNode): Promise<Hold> {
    const hold = new Hold(zk, node);
    await hold.#watch();
    if (!hold.signal.aborted) return hold;
    removeOwnNode(zk, node.path).catch(() => undefined);
    throw hold.signal.reason;
  }

  /** Aborted when it is released, or when somebody else may have it from then on. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** By the clock, at the moment of asking. Ask it right before what two must not do. */
  get isHeld(): boolean {
    return !this.signal.aborted && this.#node.session.isHeld;
  }

  /** Gives it up. Resolves when the next one may have it. */
  async release(): Promise<void> {
    this.#end('it was released');
    this.#zk.forgetWatcher(this.path, this.#watcher);
    await removeOwnNode(this.#zk, this.path);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #watch(): Promise<void> {
    try {
      const stat = await persist(
        this.#zk,
        () => this.#zk.exists(this.path, { watcher: this.#watcher }),
        this.signal,
      );
      if (stat?.ephemeralOwner !== this.#node.session.id) this.#end(`${this.path} is gone`);
    } catch (error) {
      this.#end(`${this.path} cannot be watched any more`, error);
    }
  }

  readonly #sessionOver = (): void => {
    this.#ended.abort(this.#node.session.signal.reason);
  };

  #end(why: string, cause?: unknown): void {
    if (this.signal.aborted) return;
    this.#node.session.signal.removeEventListener('abort', this.#sessionOver);
    this.#ended.abort(
      new CoordinationError('SESSION_LOST', why, {
        operation: 'hold',
        path: this.path,
        retry: 'safe',
        cause,
      }),
    );
  }
}
