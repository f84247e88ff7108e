import type { Configuration, Raft } from 'raft-ts-lite';
import { decodeContext } from './membership.ts';

/** How a member stands that is told that its id was removed. */
export interface Standing {
  readonly selfId: number;
  readonly configuration: Configuration;
  /** Its leader was heard of within an election timeout; or it leads, and a majority was. */
  readonly isLed: boolean;
  /** Of the last entry of its log. */
  readonly lastTerm: number;
}

export function standingOf(raft: Raft, electionTicks: number): Standing {
  return {
    selfId: raft.id,
    configuration: raft.configuration,
    isLed: raft.silentTicks <= electionTicks,
    lastTerm: raft.termAt(raft.lastIndex),
  };
}

/**
 * Who says that this member's id was removed. Its data are set aside only once a majority of the other voters, as its own log names
 * them, say so over links that are up: neither one that was deposed and does not know yet, nor a stranger in one member's name, can make it
 * give up data that the cluster may need. And never while a leader counts it in: whoever says otherwise then does not speak for the cluster. So
 * where there is a leader, its quorum cannot be talked out of its data, whoever talks.
 */
export class OutdatedVoices {
  readonly #serverIds = new Set<number>();

  /** Whether these are enough, with the one of `serverId`, whose leader has this term. */
  hear(serverId: number, term: number, { selfId, configuration, isLed, lastTerm }: Standing): boolean {
    if (isLed) {
      this.#serverIds.clear();
      return false;
    }
    // A leader of an earlier term than that of this log does not know all that was decided.
    if (term < lastTerm) return false;
    this.#serverIds.add(serverId);
    const { voters, contexts } = configuration;
    const others = voters
      .filter((id) => id !== selfId)
      .map((id) => decodeContext(contexts.get(id)!).serverId);
    const voices = others.filter((other) => this.#serverIds.has(other));
    return voices.length > Math.floor(others.length / 2);
  }

  /** The link is gone, and with it what was said over it. */
  parted(serverId: number): void {
    this.#serverIds.delete(serverId);
  }
}
