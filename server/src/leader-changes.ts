import { type Raft, Role } from 'raft-ts-lite';
import { Histogram } from './model/histogram.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';

/** Whom this member follows, for people: said in the log, counted, and timed. */
export class LeaderChanges {
  /** Times that it learned of another leader. */
  count = 0;
  /** From when it knew no leader until it knew one, in milliseconds. */
  readonly elections = new Histogram();
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Monotonic; undefined: it knows a leader. */
  #leaderlessSinceMs: number | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Leader, term or role changed. `serverId`: of the leader. */
  observe(
    { role, term, leader }: Pick<Raft, 'role' | 'term' | 'leader'>,
    serverId: number | undefined,
  ): void {
    const nowMs = this.#clock.monotonicMs();
    if (leader === 0) {
      this.#leaderlessSinceMs ??= nowMs;
      this.#log.info({ term, role }, 'no leader');
      return;
    }
    this.count++;
    if (this.#leaderlessSinceMs !== undefined) this.elections.observe(nowMs - this.#leaderlessSinceMs);
    this.#leaderlessSinceMs = undefined;
    if (role === Role.leader) this.#log.info({ term }, 'became leader');
    else this.#log.info({ term, leader: serverId }, 'following leader');
  }
}
