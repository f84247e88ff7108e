import type { Bounds } from '../bounds/bounds.ts';

/** Has something to send. */
export interface Sender {
  /** Sends what was written since the last call. */
  flush(): void;
}

/** A connection that cannot go on. */
export interface Waiter {
  /** Looks again whether more may be done for it; true where it waits for nothing any more. */
  reconsider(): boolean;
}

/**
 * What one turn of the loop may spend on clients. Long work is cut into slices: beyond them a connection waits for a later turn,
 * the longest waiting first, and ticks and the other members' frames come between. So however much clients ask for at once, no
 * heartbeat is late for it.
 *
 *   a turn: entries applied, replies leave ──► next(): those who waited ──► ticks, frames, what sockets brought ──► the next turn
 *
 * A single reply is never cut: a turn takes what it may and one more request.
 */
export class ClientTurns {
  readonly #bounds: Pick<Bounds, 'turnBytes' | 'turnRequestBytes' | 'turnSends'>;
  /** No request is answered for now, whatever was spent. */
  isHeld = false;
  #spentBytes = 0;
  #sends = 0;
  /** They have something to send, from `firstUnsent` on. */
  #unsent: Sender[] = [];
  #firstUnsent = 0;
  readonly #waiting = new Set<Waiter>();
  readonly #wake: () => void;

  /** `wake` asks for a turn. */
  constructor(bounds: Pick<Bounds, 'turnBytes' | 'turnRequestBytes' | 'turnSends'>, wake: () => void) {
    this.#bounds = bounds;
    this.#wake = wake;
  }

  /** No more requests are answered in this turn. */
  get isSpent(): boolean {
    return this.isHeld || this.#spentBytes >= this.#bounds.turnBytes;
  }

  /** Whether a turn has to follow though nothing comes. */
  get isBusy(): boolean {
    return this.#unsent.length > 0 || (this.isSpent && this.#waiting.size > 0);
  }

  /** A request was taken or answered: `bytes` of it, its reply, or what it looked at. */
  spend(bytes: number): void {
    this.#spentBytes += this.#bounds.turnRequestBytes + bytes;
  }

  /** So many nodes or watches were looked at that no reply shows. */
  spendLooks(count: number): void {
    this.#spentBytes += count * LOOK_BYTES;
  }

  /** It cannot go on now, whatever the reason: each turn looks again. */
  wait(connection: Waiter): void {
    this.#waiting.add(connection);
    this.#wake();
  }

  isWaiting(connection: Waiter): boolean {
    return this.#waiting.has(connection);
  }

  forget(connection: Waiter): void {
    this.#waiting.delete(connection);
  }

  /** Called once until it is flushed: this turn's flush does it. */
  send(sender: Sender): void {
    this.#unsent.push(sender);
    this.#wake();
  }

  /** Sends as much as this turn may: a call of the system each, in the order in which they asked for it. */
  flush(): void {
    const unsent = this.#unsent;
    const bounds = this.#bounds;
    while (this.#firstUnsent < unsent.length && this.#sends < bounds.turnSends) {
      this.#sends++;
      unsent[this.#firstUnsent++]!.flush();
    }
    if (this.#firstUnsent < unsent.length || unsent.length === 0) return;
    this.#unsent = [];
    this.#firstUnsent = 0;
  }

  /** The next turn begins, with those who waited for it. */
  next(): void {
    this.#spentBytes = 0;
    this.#sends = 0;
    const waiting = this.#waiting;
    let left = waiting.size;
    for (const connection of waiting) {
      // Those behind have had their share of this turn already.
      if (left-- === 0 || this.isSpent) return;
      const before = this.#spentBytes;
      if (connection.reconsider()) waiting.delete(connection);
      else if (this.#spentBytes > before) {
        waiting.delete(connection);
        waiting.add(connection);
      }
    }
  }
}

/** A look at a node or a watch takes as long as so many bytes of a reply. */
export const LOOK_BYTES = 8;
