import type { Step } from '../calls/transaction.ts';
import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { join } from '../paths.ts';
import { nextChange } from './change.ts';
import { Hold } from './hold.ts';
import { removeOwnNode } from './own-node.ts';
import { ensureParents } from './parents.ts';
import { type PutOptions, putEntry } from './queue.ts';
import { acrossSessions, isInDoubt, persist, type WaitOptions } from './retry.ts';

/** An entry that nobody else works on. */
export interface TakenEntry {
  readonly value: Buffer;
  /** Aborted when somebody else may take it from then on. */
  readonly hold: Hold;
  /** It is done: it leaves the queue. Rejects with SESSION_LOST where it may be somebody else's by now; it stays then. */
  consume(): Promise<void>;
  /** It is not done: somebody else may take it. */
  release(): Promise<void>;
}

/** The node that says whose an entry is, and how its maker knows it again. */
interface Mark {
  readonly path: string;
  readonly id: string;
}

/**
 * As a Queue, but an entry stays until it is consumed: whoever took it and is gone leaves it to somebody else. So each is worked on at least once. Shared
 * with kazoo's LockingQueue.
 */
export class LockingQueue {
  readonly path: string;
  readonly #zk: Client;
  readonly #entries: string;
  readonly #taken: string;

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
    this.#entries = join(path, 'entries');
    this.#taken = join(path, 'taken');
  }

  /** Rejects where it is in doubt: it may be in the queue. */
  put(value: Value, options: PutOptions = {}): Promise<void> {
    return putEntry(this.#zk, this.#entries, value, options);
  }

  /** Waits for an entry that nobody has. */
  take({ signal }: WaitOptions = {}): Promise<TakenEntry> {
    return acrossSessions(this.#zk, () => this.#takeInSession(signal), signal);
  }

  async #takeInSession(signal: AbortSignal | undefined): Promise<TakenEntry> {
    await ensureParents(this.#zk, this.#entries, signal);
    await ensureParents(this.#zk, this.#taken, signal);
    for (;;) {
      const { session } = this.#zk;
      const [entries, taken] = [this.#entries, this.#taken].map((path) =>
        nextChange(this.#zk, path, session.signal),
      );
      try {
        const entry = await this.#takeFirst(
          await this.#names(this.#entries, entries!.watcher, signal),
          await this.#names(this.#taken, taken!.watcher, signal),
          signal,
        );
        if (entry !== undefined) return entry;
        await Promise.race([entries!.orAborted(signal), taken!.orAborted(signal)]);
      } finally {
        entries!.forget();
        taken!.forget();
      }
    }
  }

  /** How many entries there are, those that are taken included. */
  async size(): Promise<number> {
    const stat = await persist(this.#zk, () => this.#zk.exists(this.#entries));
    return stat?.numChildren ?? 0;
  }

  async #names(
    path: string,
    watcher: Parameters<Client['forgetWatcher']>[1],
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    const { names } = await persist(this.#zk, () => this.#zk.children(path, { watcher }), signal);
    return names;
  }

  async #takeFirst(
    entries: readonly string[],
    taken: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<TakenEntry | undefined> {
    const others = new Set(taken);
    for (const name of [...entries].sort()) {
      if (others.has(name)) continue;
      const entry = await this.#take(name, signal);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  async #take(name: string, signal: AbortSignal | undefined): Promise<TakenEntry | undefined> {
    const { session } = this.#zk;
    const entryPath = join(this.#entries, name);
    const mark = { path: join(this.#taken, name), id: this.#zk.uniqueId() };
    try {
      if (!(await this.#mark(mark, entryPath, signal))) return undefined;
      const stat = await persist(this.#zk, () => this.#zk.exists(mark.path), signal);
      if (stat === undefined || stat.ephemeralOwner !== session.id) return undefined;
      const { data } = await persist(this.#zk, () => this.#zk.get(entryPath), signal);
      const hold = await Hold.of(this.#zk, { path: mark.path, name, czxid: stat.czxid, session });
      return {
        value: data,
        hold,
        consume: () => this.#consume(hold, entryPath),
        release: () => hold.release(),
      };
    } catch (error) {
      this.#unmark(mark).catch(() => undefined);
      throw error;
    }
  }

  /** Whether it is this one's now. It cannot be taken that somebody has consumed meanwhile. */
  async #mark(mark: Mark, entryPath: string, signal: AbortSignal | undefined): Promise<boolean> {
    const steps: readonly Step[] = [
      { do: 'check', path: entryPath },
      { do: 'create', path: mark.path, data: mark.id, kind: 'ephemeral' },
    ];
    for (;;) {
      try {
        await persist(this.#zk, () => this.#zk.transaction(steps), signal);
        return true;
      } catch (error) {
        // An answer that was lost may have been a yes.
        if (isCoordinationError(error, 'NODE_EXISTS')) return this.#isOwn(mark, signal);
        if (isCoordinationError(error, 'NO_NODE')) return false;
        if (!isInDoubt(error)) throw error;
      }
    }
  }

  async #isOwn({ path, id }: Mark, signal?: AbortSignal | undefined): Promise<boolean> {
    try {
      const { data, stat } = await persist(this.#zk, () => this.#zk.get(path), signal);
      return data.toString() === id && stat.ephemeralOwner === this.#zk.session.id;
    } catch (error) {
      if (isCoordinationError(error, 'NO_NODE')) return false;
      throw error;
    }
  }

  /** Whoever gave it up leaves the entry to others, also where it is not known whether it was marked. */
  async #unmark(mark: Mark): Promise<void> {
    await persist(this.#zk, () => this.#zk.sync(mark.path));
    if (await this.#isOwn(mark)) await removeOwnNode(this.#zk, mark.path);
  }

  async #consume(hold: Hold, entryPath: string): Promise<void> {
    for (;;) {
      hold.signal.throwIfAborted();
      try {
        await persist(this.#zk, () =>
          this.#zk.transaction([
            { do: 'delete', path: entryPath },
            { do: 'delete', path: hold.path },
          ]),
        );
        break;
      } catch (error) {
        // As long as it is held nobody else removes it.
        if (isCoordinationError(error, 'NO_NODE')) break;
        if (!isInDoubt(error)) throw error;
      }
    }
    await hold.release();
  }
}
