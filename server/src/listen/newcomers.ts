import type { Clock } from '../ports/clock.ts';

export interface NewcomerBounds {
  readonly total: number;
  readonly perAddress: number;
  /** Who came more recently does not give way to another one of its own address: that one is turned away. 0: the oldest always gives way. */
  readonly patienceMs: number;
}

interface Newcomer {
  readonly address: string;
  readonly sinceMs: number;
  /** It does not give way to others of its address. */
  isKept: boolean;
}

/**
 * Connections, of whatever kind, that have not shown yet what they are. Whoever reaches a port can open them; so that they neither take all file descriptors and
 * memory nor keep anybody out, somebody gives way for each that comes beyond the bounds:
 *
 *   its address has its share   the oldest of that address, or else the newcomer itself
 *   there is no room for more   the oldest of the address that has the most: who comes alone is not pushed out by a crowd
 */
export class Newcomers<T extends object> {
  readonly #bounds: NewcomerBounds;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Oldest first. */
  readonly #all = new Map<T, Newcomer>();
  /** The same by address, oldest first. */
  readonly #ofAddress = new Map<string, Set<T>>();

  constructor(bounds: NewcomerBounds, clock: Pick<Clock, 'monotonicMs'>) {
    this.#bounds = bounds;
    this.#clock = clock;
  }

  get size(): number {
    return this.#all.size;
  }

  /** @returns who has to be closed for it, which may be itself; that one has left */
  enter(connection: T, address: string): T | undefined {
    const nowMs = this.#clock.monotonicMs();
    const own = this.#ofAddress.get(address);
    let leaving: T | undefined;
    if (own !== undefined && own.size >= this.#bounds.perAddress) {
      leaving = this.#oldest(own, nowMs - this.#bounds.patienceMs);
      if (leaving === undefined) return connection;
    } else if (this.#all.size >= this.#bounds.total) {
      leaving =
        this.#ofTheGreediest() ?? this.#oldest(this.#all.keys(), nowMs) ?? this.#all.keys().next().value;
    }
    if (leaving !== undefined) this.leave(leaving);
    this.#all.set(connection, { address, sinceMs: nowMs, isKept: false });
    const ofAddress = this.#ofAddress.get(address);
    if (ofAddress === undefined) this.#ofAddress.set(address, new Set([connection]));
    else ofAddress.add(connection);
    return leaving;
  }

  /** It is made to wait: others of its address do not push it out meanwhile. */
  keep(connection: T): void {
    const newcomer = this.#all.get(connection);
    if (newcomer !== undefined) newcomer.isKept = true;
  }

  /** It is closed, or has shown what it is. */
  leave(connection: T): void {
    const newcomer = this.#all.get(connection);
    if (newcomer === undefined) return;
    this.#all.delete(connection);
    const ofAddress = this.#ofAddress.get(newcomer.address);
    ofAddress?.delete(connection);
    if (ofAddress?.size === 0) this.#ofAddress.delete(newcomer.address);
  }

  #ofTheGreediest(): T | undefined {
    let most = 0;
    for (const { size } of this.#ofAddress.values()) most = Math.max(most, size);
    for (const [connection, { address, isKept }] of this.#all) {
      if (!isKept && this.#ofAddress.get(address)?.size === most) return connection;
    }
    return undefined;
  }

  #oldest(connections: Iterable<T>, untilMs: number): T | undefined {
    for (const connection of connections) {
      const { isKept, sinceMs } = this.#all.get(connection)!;
      if (sinceMs > untilMs) return undefined;
      if (!isKept) return connection;
    }
    return undefined;
  }
}
