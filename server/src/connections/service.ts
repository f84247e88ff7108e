/** What is known of this member's standing with its leader. */
export interface Standing {
  readonly hasLeader: boolean;
  /** Has applied what the leader had committed, less than an election timeout ago. */
  readonly caughtUp: boolean;
  readonly lagEntries: number;
  /** Its disk takes what the leader sends, or it leads itself. One whose does not stands still before long. */
  readonly canFollow: boolean;
}

/**
 * Whether this member serves clients, and whether it may be recommended to new ones.
 *
 *   not serving ──caught up with a leader──► serving ──no leader, or no disk, for limitMs──► not serving
 *                                               │ ▲
 *              behind for limitMs, or no disk   │ │ caught up
 *                                               ▼ │
 *                                            lagging (serves on: its clients have nothing better yet)
 *
 * Where it served and has had no leader for limitMs it is cut off: others may have one, and go on without it. Who was started since, and has never
 * served, knows of nothing in its log whether it was committed.
 *
 * A change of leader is no reason to send clients away: it takes milliseconds, and their sessions stay where they are.
 */
export class Service {
  serving = false;
  lagging = false;
  /** Why it is not ready, for people; empty where it is. */
  reason = 'no leader is known yet';
  /** Whether it has taken longer to catch up for the first time than it was given. */
  overdue = false;
  /** Has served, and has had no leader for longer than the limit. */
  isCutOff = false;
  readonly #limitMs: number;
  readonly #catchUpMs: number;
  /** Since when it has been catching up. */
  #followingMs = Number.POSITIVE_INFINITY;
  /** When it last had a leader, and a disk that took what came from there. */
  #followedMs = 0;
  #caughtUpMs = 0;
  #hasServed = false;
  /** When it last had a leader. */
  #ledMs = 0;

  /**
   * @param limitMs without a leader, or behind it, before that counts
   * @param catchUpMs that catching up for the first time may take before it is said to be late: it goes on all the same
   */
  constructor(limitMs: number, catchUpMs: number) {
    this.#limitMs = limitMs;
    this.#catchUpMs = catchUpMs;
  }

  get ready(): boolean {
    return this.serving && !this.lagging;
  }

  /** Takes in what holds at `nowMs` (monotonic). */
  observe(standing: Standing, nowMs: number): void {
    this.#observe(standing, nowMs);
    this.#hasServed ||= this.serving;
    this.isCutOff = this.#hasServed && !this.serving && nowMs - this.#ledMs > this.#limitMs;
  }

  #observe({ hasLeader, caughtUp, lagEntries, canFollow }: Standing, nowMs: number): void {
    if (hasLeader && canFollow) this.#followedMs = nowMs;
    if (hasLeader) this.#ledMs = nowMs;
    if (!hasLeader || caughtUp) this.#followingMs = Number.POSITIVE_INFINITY;
    if (hasLeader && canFollow && caughtUp) {
      this.#caughtUpMs = nowMs;
      this.serving = true;
      this.lagging = false;
      this.overdue = false;
      this.reason = '';
    } else if (!this.serving) {
      if (hasLeader && !canFollow) this.reason = 'its disk takes no writes: is it full?';
      else this.reason = hasLeader ? this.#catchingUp(lagEntries, nowMs) : 'no leader is known yet';
    } else if (nowMs - this.#followedMs > this.#limitMs) {
      this.serving = false;
      const forMs = Math.round(nowMs - this.#followedMs);
      this.reason = hasLeader
        ? `its disk has taken no writes for ${forMs} ms, so it cannot follow the leader: is it full?`
        : `no leader for ${forMs} ms: is a majority of the members up and reachable?`;
    } else if (!canFollow) {
      this.lagging = true;
      this.reason = 'its disk takes no writes: is it full?';
    } else if (nowMs - this.#caughtUpMs > this.#limitMs) {
      this.lagging = true;
      this.reason = `${lagEntries} entries behind the leader, for more than ${this.#limitMs} ms`;
    }
  }

  #catchingUp(lagEntries: number, nowMs: number): string {
    this.#followingMs = Math.min(this.#followingMs, nowMs);
    this.overdue = nowMs - this.#followingMs > this.#catchUpMs;
    if (!this.overdue) return 'catching up with the leader';
    return `catching up with the leader for more than ${this.#catchUpMs} ms (initLimit), ${lagEntries} entries behind: are its disk and its link fast enough for what clients write?`;
  }
}
