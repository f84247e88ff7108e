/** A connection, as far as memory goes. */
export interface MemoryHolder {
  /** What the member holds for it now: parts of messages, requests that wait, replies that were not read. */
  readonly memoryBytes: number;
  /** As it was counted last; kept by `ClientMemory`. */
  countedBytes: number;
  /** Whether it has a session: who has none has shown nothing yet. */
  readonly hasSession: boolean;
  /** Closes it. */
  evict(): void;
}

/**
 * What all connections of a member hold together. Each has bounds of its own, but thousands of them at theirs would be more than a
 * process has.
 *
 *   0 ─── all are read ─── half ─── who is owed something is not read ─── whole ─── nobody is read, and the greediest go
 */
export class ClientMemory {
  totalBytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether those must wait for whom something is under way. Not those of whom half a message is here: waiting, they would keep it for ever. */
  get isTight(): boolean {
    return this.totalBytes > this.#maxBytes / 2;
  }

  get isOver(): boolean {
    return this.totalBytes > this.#maxBytes;
  }

  /** What it holds may have changed. */
  count(holder: MemoryHolder): void {
    const { memoryBytes } = holder;
    this.totalBytes += memoryBytes - holder.countedBytes;
    holder.countedBytes = memoryBytes;
  }

  /** It is closed, and holds nothing any more. */
  forget(holder: MemoryHolder): void {
    this.totalBytes -= holder.countedBytes;
    holder.countedBytes = 0;
  }

  /**
   * Once more than may be is held: closes those without a session first, and then those that hold most, until seven eighths are left.
   * What the system took meanwhile, unnoticed, is counted before.
   */
  evict(connections: Iterable<MemoryHolder>): void {
    if (!this.isOver) return;
    const greedy: MemoryHolder[] = [];
    for (const connection of connections) {
      this.count(connection);
      if (connection.countedBytes > 0) greedy.push(connection);
    }
    if (!this.isOver) return;
    greedy.sort((a, b) => Number(a.hasSession) - Number(b.hasSession) || b.countedBytes - a.countedBytes);
    for (const holder of greedy) {
      if (this.totalBytes <= (this.#maxBytes * 7) / 8) return;
      holder.evict();
    }
  }
}
