import { Fitness, type Raft } from 'raft-ts-lite';
import type { Storage } from './storage/storage.ts';

/**
 * Ticks of shortage before it is one: two looks at the disk. On a small disk the reserve is short for a moment whenever a segment is full, until
 * the snapshot and the purge that are under way then have ended; were leadership handed over for that, it would go round under load.
 */
const lastingShortageTicks = 200;

/** What a member tells of itself: leadership goes to one that stays, and has room on its disk. */
export class FitnessToLead {
  private shortSinceTick: number | undefined;

  /** Of now; `tick` never goes back. */
  review(
    isDraining: boolean,
    tick: number,
    storage: Pick<Storage, 'spaceLow'> | undefined,
  ): Parameters<Raft['declareFitness']>[0] {
    if (storage?.spaceLow() !== true) this.shortSinceTick = undefined;
    else this.shortSinceTick ??= tick;
    if (isDraining) return Fitness.leaving;
    const isShort = this.shortSinceTick !== undefined && tick - this.shortSinceTick >= lastingShortageTicks;
    return isShort ? Fitness.short : Fitness.able;
  }
}
