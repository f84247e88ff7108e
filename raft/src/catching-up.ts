/**
 * Whether a follower keeps up with its leader, told in rounds as for new servers (dissertation, 4.2.1): a round is over once all has been
 * applied that was committed when it began, and the next one begins at the heartbeat after. Who takes less than an election timeout
 * for a round keeps up, however full of work both are: behind an overloaded leader nobody is ever closer than that.
 *
 *   first contact ──► round ──► heartbeat ──► round ──► heartbeat ──► …
 */
export class CatchUpRounds {
  /** Newest commit index heard of; 0: none yet. */
  #heardCommit = 0;
  /** What it was when the present round began, at which tick; and when the round before did. */
  #commit = 0;
  #began = 0;
  #formerCommit = 0;
  /** The round before was over in time. */
  #keptUp = false;

  /** An append has told what is committed. */
  hear(commit: number, now: number): void {
    if (this.#heardCommit === 0) this.#begin(commit, now);
    if (commit > this.#heardCommit) this.#heardCommit = commit;
  }

  /** At a heartbeat, behind the appends before it. */
  atHeartbeat(applied: number, now: number, electionTicks: number): void {
    if (this.#heardCommit === 0) return;
    const isInTime = this.#isInTime(now, electionTicks);
    if (applied < this.#commit) {
      if (!isInTime) this.#keptUp = false;
      return;
    }
    this.#keptUp = isInTime;
    this.#formerCommit = this.#commit;
    this.#begin(this.#heardCommit, now);
  }

  /** The present round has not taken too long yet. */
  #isInTime(now: number, electionTicks: number): boolean {
    return now - this.#began < electionTicks;
  }

  #begin(commit: number, now: number): void {
    this.#commit = commit;
    this.#began = now;
  }

  /** @param applied how far the state is, which may be behind what Raft has handed over, and so behind the former round, too */
  keepsUp(applied: number, now: number, electionTicks: number): boolean {
    // By a snapshot alone it has not heard yet what is committed beyond it.
    if (this.#heardCommit === 0) return false;
    const isInTime = this.#isInTime(now, electionTicks);
    const isOver = applied >= this.#commit;
    if (!this.#keptUp) return isOver && isInTime;
    return isOver || (isInTime && applied >= this.#formerCommit);
  }
}
