/** What is known of this member's standing with its leader. */
export interface Standing {
  readonly hasLeader: boolean;
  /** Has applied what the leader had committed a heartbeat ago. */
  readonly caughtUp: boolean;
  readonly lagEntries: number;
}

/**
 * Whether this member serves clients, and whether it may be recommended to new ones.
 *
 *   not serving ──caught up with a leader──► serving ──no leader for limitMs──► not serving
 *                                               │ ▲
 *                                 behind for limitMs │ caught up
 *                                               ▼ │
 *                                            lagging (serves on: its clients have nothing better yet)
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
  private readonly limitMs: number;
  private readonly catchUpMs: number;
  /** Since when it has been catching up. */
  private followingMs = Number.POSITIVE_INFINITY;
  private leaderSeenMs = 0;
  private caughtUpMs = 0;

  /**
   * @param limitMs without a leader, or behind it, before that counts
   * @param catchUpMs that catching up for the first time may take before it is said to be late: it goes on all the same
   */
  constructor(limitMs: number, catchUpMs: number) {
    this.limitMs = limitMs;
    this.catchUpMs = catchUpMs;
  }

  get ready(): boolean {
    return this.serving && !this.lagging;
  }

  /** Takes in what holds at `nowMs` (monotonic). */
  review({ hasLeader, caughtUp, lagEntries }: Standing, nowMs: number): void {
    if (hasLeader) this.leaderSeenMs = nowMs;
    if (!hasLeader || caughtUp) this.followingMs = Number.POSITIVE_INFINITY;
    if (hasLeader && caughtUp) {
      this.caughtUpMs = nowMs;
      this.serving = true;
      this.lagging = false;
      this.overdue = false;
      this.reason = '';
    } else if (!this.serving) {
      this.reason = hasLeader ? this.catchingUp(lagEntries, nowMs) : 'no leader is known yet';
    } else if (nowMs - this.leaderSeenMs > this.limitMs) {
      this.serving = false;
      this.reason = `no leader for ${Math.round(nowMs - this.leaderSeenMs)} ms: is a majority of the members up and reachable?`;
    } else if (nowMs - this.caughtUpMs > this.limitMs) {
      this.lagging = true;
      this.reason = `${lagEntries} entries behind the leader, for more than ${this.limitMs} ms`;
    }
  }

  private catchingUp(lagEntries: number, nowMs: number): string {
    this.followingMs = Math.min(this.followingMs, nowMs);
    this.overdue = nowMs - this.followingMs > this.catchUpMs;
    if (!this.overdue) return 'catching up with the leader';
    return `catching up with the leader for more than ${this.catchUpMs} ms (initLimit), ${lagEntries} entries behind: are its disk and its link fast enough for what clients write?`;
  }
}
