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
  private readonly limitMs: number;
  private leaderSeenMs = 0;
  private caughtUpMs = 0;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  get ready(): boolean {
    return this.serving && !this.lagging;
  }

  /** Takes in what holds at `nowMs` (monotonic). */
  review({ hasLeader, caughtUp, lagEntries }: Standing, nowMs: number): void {
    if (hasLeader) this.leaderSeenMs = nowMs;
    if (hasLeader && caughtUp) {
      this.caughtUpMs = nowMs;
      this.serving = true;
      this.lagging = false;
      this.reason = '';
    } else if (!this.serving) {
      this.reason = hasLeader ? 'catching up with the leader' : 'no leader is known yet';
    } else if (nowMs - this.leaderSeenMs > this.limitMs) {
      this.serving = false;
      this.reason = `no leader for ${Math.round(nowMs - this.leaderSeenMs)} ms: is a majority of the members up and reachable?`;
    } else if (nowMs - this.caughtUpMs > this.limitMs) {
      this.lagging = true;
      this.reason = `${lagEntries} entries behind the leader, for more than ${this.limitMs} ms`;
    }
  }
}
