import { type NodeId, ProgressState, type Raft, type SnapshotMeta } from 'raft-ts-lite';

/** A member that nothing was heard of for so long (half a minute) begins with a newer snapshot when it comes back. */
const FORGOTTEN_AFTER_TICKS = 3_000;

/**
 * Which snapshot each member that is far behind is being sent. It stays the same until the member has it, however many newer ones are taken
 * meanwhile; and what the member needs next, the log behind it, stays until it has come as far as a newer one would bring it.
 */
export class SentSnapshots {
  readonly #byMember = new Map<NodeId, SnapshotMeta>();

  /** The one to send a piece of: that under way, `index`, or where none is (0) the one begun before, or `newest`. Undefined: it is gone. */
  choose(to: NodeId, index: number, newest: SnapshotMeta): SnapshotMeta | undefined {
    const begun = this.#byMember.get(to);
    if (index !== 0) return begun?.index === index ? begun : undefined;
    const chosen = begun ?? newest;
    this.#byMember.set(to, chosen);
    return chosen;
  }

  /** It is no longer kept: the next choice is the newest. */
  lost(to: NodeId): void {
    this.#byMember.delete(to);
  }

  /**
   * Indices of those that somebody still needs once another one takes the place of `newest`. A member that has come on as far as `newest` needs
   * the log from there; only one that has come as far as `nextIndex` goes on as everybody does.
   */
  needed(
    raft: Pick<Raft, 'peers'>,
    newest: SnapshotMeta | undefined,
    nextIndex: number,
  ): ReadonlySet<number> {
    const peers = new Map(raft.peers().map((peer) => [peer.id, peer]));
    for (const id of [...this.#byMember.keys()]) {
      const peer = peers.get(id);
      const isThere = peer !== undefined && peer.silentTicks < FORGOTTEN_AFTER_TICKS;
      const followsTo = peer?.state === ProgressState.snapshot ? 0 : (peer?.match ?? 0);
      if (!isThere || followsTo >= nextIndex) this.#byMember.delete(id);
      else if (newest !== undefined && followsTo >= newest.index) this.#byMember.set(id, newest);
    }
    return new Set([...this.#byMember.values()].map(({ index }) => index));
  }
}
