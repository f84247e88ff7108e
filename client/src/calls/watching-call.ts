import type { OneShotWatches, Watcher, WatchList } from '../watches/one-shot.ts';
import { Call } from './call.ts';

/** A read that may leave a watch, which is told of the first change after what it read, and of no other. */
export abstract class WatchingCall<T> extends Call<T> {
  override readonly isRepeatable = true;
  readonly serverPath: string;
  #watches: OneShotWatches | undefined;
  #watcher: Watcher | undefined;

  constructor(operation: string, path: string, serverPath: string) {
    super(operation, path);
    this.serverPath = serverPath;
  }

  get isWatching(): boolean {
    return this.#watcher !== undefined;
  }

  /** `watcher` is told once, through `watches`. */
  leaveWatch(watches: OneShotWatches, watcher: Watcher): this {
    this.#watches = watches;
    this.#watcher = watcher;
    return this;
  }

  /** Which of the server's watches an answer has set; undefined for none. */
  abstract watchedList(err: number): WatchList | undefined;

  /** Before what comes behind the answer is read: it may be the event. */
  override answered(err: number): void {
    if (this.#watches === undefined || this.#watcher === undefined) return;
    const list = this.watchedList(err);
    if (list !== undefined) this.#watches.add(list, this.serverPath, this.#watcher);
  }
}
