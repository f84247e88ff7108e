import type { Configuration } from 'raft-ts-lite';
import { decodeContext } from './membership.ts';

/**
 * Who says that this member's id was removed. Its data are set aside only once a majority of the other voters, as its own log names
 * them, say so over links that are up: neither one that was deposed and does not know yet, nor a stranger in one member's name, can make it
 * give up data that the cluster may need.
 */
export class OutdatedVoices {
  readonly #serverIds = new Set<number>();

  /** Whether these are enough, with the one of `serverId`. */
  hear(serverId: number, selfId: number, { voters, contexts }: Configuration): boolean {
    this.#serverIds.add(serverId);
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
