import type { Client } from '../client.ts';
import type { Contender } from './contenders.ts';
import type { Hold } from './hold.ts';
import type { Purpose } from './layout.ts';
import { Line, type LockOptions } from './line.ts';

const LATCHES: readonly Purpose[] = ['latch'];

/**
 * Takes part from `start` to `close`, and leads whenever it is first: asked for by `hold`, told by `onChange`. After a lost session it lines up again by itself.
 * Shared with Curator's LeaderLatch.
 */
export class LeaderLatch implements AsyncDisposable {
  readonly path: string;
  readonly #zk: Client;
  readonly #line: Line;
  readonly #closed = new AbortController();
  readonly #listeners = new Set<(hold: Hold | undefined) => void>();
  #hold: Hold | undefined;
  #taking: Promise<void> | undefined;

  constructor(zk: Client, path: string, options: LockOptions = {}) {
    this.#zk = zk;
    this.path = path;
    this.#line = new Line(zk, path, options);
  }

  /** Its leadership; undefined while it does not lead. */
  get hold(): Hold | undefined {
    return this.#hold?.isHeld === true ? this.#hold : undefined;
  }

  /** `listener` is told when it begins to lead, and with undefined when it does not lead any more. Returns what ends that. */
  onChange(listener: (hold: Hold | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#taking ??= this.#takePart();
    // Told by `close`: a client that is closed first must not end the process.
    this.#taking.catch(() => undefined);
  }

  /** Takes part no more: the next one leads. Rejects with what ended it before, if anything did. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#taking;
  }

  /** Who takes part, the leader first. */
  contenders(): Promise<Contender[]> {
    return this.#line.contenders(LATCHES);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #takePart(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted && !this.#zk.session.signal.aborted) {
      const hold = await this.#line.wait('latch', LATCHES, signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (hold === undefined) return;
      this.#tell(hold);
      await untilAborted(AbortSignal.any([hold.signal, signal]));
      // Before the next one can be told that it leads.
      this.#tell(undefined);
      await hold.release();
    }
  }

  #tell(hold: Hold | undefined): void {
    this.#hold = hold;
    for (const listener of [...this.#listeners]) listener(hold);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
