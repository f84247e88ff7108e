import { AcknowledgementClock } from '../../../bench/src/workloads/writers.ts';

/** What all clients of a run together have seen. */
export class Tally {
  readonly clock = new AcknowledgementClock();
  acknowledged = 0;
  acknowledgedBytes = 0;
  reads = 0;
  events = 0;
  /** Answered with an error that means "not now": what was asked for was not done. */
  refused = 0;
  /** Their connection ended before the reply. */
  inDoubt = 0;
  inDoubtDone = 0;
  /** Due by the rate while every client had all that it may have under way. */
  notOffered = 0;
  sessionsLost = 0;
  readonly #problems: string[] = [];

  /** What must not be: acknowledged and gone, done twice, values that nobody wrote. */
  problem(what: string): void {
    this.#problems.push(`${new Date().toISOString()} ${what}`);
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  acknowledge(bytes: number): void {
    this.acknowledged += 1;
    this.acknowledgedBytes += bytes;
    this.clock.acknowledged();
  }
}
