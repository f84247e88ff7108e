import { bytesOf, type Value } from '../calls/value.ts';
import type { Client, SessionView } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { parentOf } from '../paths.ts';
import { awaitChange } from './change.ts';
import { removeOwnNode } from './own-node.ts';
import { ensureParents } from './parents.ts';
import { insist, persist } from './retry.ts';

/**
 * An ephemeral node that is there for as long as its maker wants: made again in each new session, and where somebody removed it. Shared with whoever
 * reads it; Curator calls it PersistentNode.
 */
export class Presence implements AsyncDisposable {
  readonly path: string;
  readonly #zk: Client;
  readonly #left = new AbortController();
  #value: Uint8Array;
  #keeping: Promise<void> | undefined;

  /** Made by `announce`. */
  constructor(zk: Client, path: string, value: Value) {
    this.#zk = zk;
    this.path = path;
    this.#value = bytesOf(value);
  }

  /** Resolves once the node is there for the first time. */
  static async announce(zk: Client, path: string, value: Value): Promise<Presence> {
    const presence = new Presence(zk, path, value);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    presence.#keeping = presence.#keep(resolve);
    presence.#keeping.catch(reject);
    await promise;
    return presence;
  }

  /** What stands in it, now and in each session that follows. */
  async set(value: Value): Promise<void> {
    this.#value = bytesOf(value);
    try {
      await insist(this.#zk, () => this.#zk.set(this.path, this.#value));
    } catch (error) {
      // It is made again with the new value.
      if (!isCoordinationError(error, 'NO_NODE') && !isCoordinationError(error, 'SESSION_LOST')) throw error;
    }
  }

  /** Removes it for good. Rejects with what ended it before, if anything did. */
  async leave(): Promise<void> {
    this.#left.abort();
    await this.#keeping;
    await removeOwnNode(this.#zk, this.path);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #keep(made: () => void): Promise<void> {
    const { signal } = this.#left;
    while (!signal.aborted && !this.#zk.session.signal.aborted) {
      const { session } = this.#zk;
      try {
        await this.#make(session);
        made();
        await this.#untilGone(session);
      } catch (error) {
        if (signal.aborted) return;
        if (!isCoordinationError(error, 'SESSION_LOST')) throw error;
      }
    }
  }

  /** A node of a former session, or of somebody else with the same name, is waited for. */
  async #make(session: SessionView): Promise<void> {
    const { signal } = this.#left;
    for (;;) {
      await ensureParents(this.#zk, parentOf(this.path), signal);
      try {
        await insist(this.#zk, () => this.#zk.create(this.path, this.#value, { kind: 'ephemeral' }), signal);
        return;
      } catch (error) {
        if (isCoordinationError(error, 'NO_NODE')) continue;
        if (!isCoordinationError(error, 'NODE_EXISTS')) throw error;
      }
      const stat = await persist(this.#zk, () => this.#zk.exists(this.path), signal);
      if (stat?.ephemeralOwner === session.id) return;
      await this.#untilGone(session);
    }
  }

  async #untilGone(session: SessionView): Promise<void> {
    while (await awaitChange(this.#zk, this.path, session.signal, this.#left.signal));
  }
}
