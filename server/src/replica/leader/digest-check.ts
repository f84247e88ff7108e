import type { Configuration } from 'raft-ts-lite';

/** How many checkpoints are remembered: while members' digests come in, and for who asks which of them agree. */
export const MAX_CHECKPOINTS = 16;

/** A checkpoint, and who said what of it. */
export interface KnownCheckpoint {
  readonly index: number;
  /** By Raft id. */
  readonly digests: ReadonlyMap<number, string>;
}

export type DigestVerdict =
  /** Equal so far, or not enough members have spoken. */
  | { readonly kind: 'unknown' | 'equal' }
  /** A majority of the voters agrees with each other and not with this member. */
  | { readonly kind: 'diverged'; readonly index: number; readonly own: string; readonly majority: string }
  /** Members differ and no majority agrees: nobody knows who is right. */
  | { readonly kind: 'split'; readonly index: number };

/**
 * Compares the members' digests at checkpoints of the log. All members that applied the same entries must be equal; one that differs
 * from a majority has a bug, bad memory or a bad disk, and must not answer anybody any more.
 */
export class DigestCheck {
  readonly #self: number;
  /** Checkpoint's index → Raft id → digest. */
  readonly #checkpoints = new Map<number, Map<number, string>>();

  constructor(self: number) {
    this.#self = self;
  }

  /** Takes one member's digest at the checkpoint `index` and says what is known of that checkpoint now. */
  record(index: number, raftId: number, digest: string, configuration: Configuration): DigestVerdict {
    let digests = this.#checkpoints.get(index);
    if (digests === undefined) {
      digests = new Map();
      this.#checkpoints.set(index, digests);
      if (this.#checkpoints.size > MAX_CHECKPOINTS)
        this.#checkpoints.delete(Math.min(...this.#checkpoints.keys()));
    }
    digests.set(raftId, digest);
    return this.#judge(index, digests, configuration);
  }

  /** Those that are remembered, the oldest first. */
  known(): readonly KnownCheckpoint[] {
    return [...this.#checkpoints]
      .map(([index, digests]) => ({ index, digests }))
      .sort((a, b) => a.index - b.index);
  }

  #judge(index: number, digests: ReadonlyMap<number, string>, { voters }: Configuration): DigestVerdict {
    const own = digests.get(this.#self);
    if (own === undefined) return { kind: 'unknown' };
    const majority = Math.floor(voters.length / 2) + 1;
    const votes = new Map<string, number>();
    for (const voter of voters) {
      const digest = digests.get(voter);
      if (digest !== undefined) votes.set(digest, (votes.get(digest) ?? 0) + 1);
    }
    for (const [digest, count] of votes) {
      if (count < majority) continue;
      return digest === own ? { kind: 'equal' } : { kind: 'diverged', index, own, majority: digest };
    }
    const heard = [...votes.values()].reduce((sum, count) => sum + count, 0);
    return heard === voters.length ? { kind: 'split', index } : { kind: 'unknown' };
  }
}
