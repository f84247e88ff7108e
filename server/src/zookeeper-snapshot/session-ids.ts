import type { SessionId } from '../model/ids.ts';

/** A session's id of ZooKeeper's: 64 bits, as two signed halves. */
export interface ForeignSessionId {
  readonly high: number;
  readonly low: number;
}

/** Which session of ours is which one of ZooKeeper's. */
export class SessionIds {
  readonly #ours = new Map<string, SessionId>();
  readonly #theirs = new Map<SessionId, ForeignSessionId>();

  /** undefined: none is known. */
  ours(high: number, low: number): SessionId | undefined {
    return this.#ours.get(keyOf(high, low));
  }

  theirs(id: SessionId): ForeignSessionId | undefined {
    return this.#theirs.get(id);
  }

  /** Neither may be known yet. */
  add(high: number, low: number, id: SessionId): void {
    this.#ours.set(keyOf(high, low), id);
    this.#theirs.set(id, { high, low });
  }

  remove(id: SessionId): void {
    const theirs = this.#theirs.get(id);
    if (theirs === undefined) return;
    this.#theirs.delete(id);
    this.#ours.delete(keyOf(theirs.high, theirs.low));
  }

  entries(): IterableIterator<[SessionId, ForeignSessionId]> {
    return this.#theirs.entries();
  }
}

function keyOf(high: number, low: number): string {
  return `${high}:${low}`;
}
