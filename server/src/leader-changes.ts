import { type Raft, Role } from 'raft-ts-lite';
import { Histogram } from './model/histogram.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';

/** One change, as the window's timeline of elections shows it. */
export interface LeaderChange {
  /** Since 1970. */
  readonly atMs: number;
  readonly term: number;
  /** Server id; null: nobody leads from then on, as far as it knows. */
  readonly leader: number | null;
  /** For how long it had known no leader; 0 where it had known one all the time. */
  readonly leaderlessMs: number;
}

/** Older ones are forgotten. */
const REMEMBERED = 64;

/** Whom this member follows, for people: said in the log, counted, timed, and the last changes remembered. */
export class LeaderChanges {
  /** Times that it learned of another leader. */
  count = 0;
  /** From when it knew no leader until it knew one, in milliseconds. */
  readonly elections = new Histogram();
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Monotonic; undefined: it knows a leader. */
  #leaderlessSinceMs: number | undefined;
  #last: readonly LeaderChange[] = [];

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The last 64, the oldest first. */
  get last(): readonly LeaderChange[] {
    return this.#last;
  }

  /** Leader, term or role changed. `serverId`: of the leader. */
  observe(
    { role, term, leader }: Pick<Raft, 'role' | 'term' | 'leader'>,
    serverId: number | undefined,
  ): void {
    const nowMs = this.#clock.monotonicMs();
    if (leader === 0) {
      // Of the terms in which nobody is elected, the timeline shows one gap.
      if (this.#leaderlessSinceMs === undefined) this.#remember(term, null, 0);
      this.#leaderlessSinceMs ??= nowMs;
      this.#log.info({ term, role }, 'no leader');
      return;
    }
    this.count++;
    const leaderlessMs = this.#leaderlessSinceMs === undefined ? 0 : nowMs - this.#leaderlessSinceMs;
    if (this.#leaderlessSinceMs !== undefined) this.elections.observe(leaderlessMs);
    this.#leaderlessSinceMs = undefined;
    // Who joins hears of a leader before it knows whose id that is.
    if (serverId !== undefined) this.#remember(term, serverId, leaderlessMs);
    if (role === Role.leader) this.#log.info({ term }, 'became leader');
    else this.#log.info({ term, leader: serverId }, 'following leader');
  }

  #remember(term: number, leader: number | null, leaderlessMs: number): void {
    const change = { atMs: this.#clock.wallMs(), term, leader, leaderlessMs: Math.round(leaderlessMs) };
    this.#last = [...this.#last.slice(1 - REMEMBERED), change];
  }
}
