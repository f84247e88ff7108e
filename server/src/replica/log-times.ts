import { Histogram } from '../model/histogram.ts';

/** Batches whose commit is awaited; more are not timed: where so many wait nobody needs another figure. */
const MAX_AWAITED = 4_096;

/** How long the log takes, in milliseconds: from a leader's proposal until it is committed, and a turn of applying. */
export class LogTimes {
  readonly commit = new Histogram();
  readonly apply = new Histogram();
  /** Of each batch that was proposed and is not committed: its last index, and when it was proposed. */
  readonly #indices: number[] = [];
  readonly #times: number[] = [];

  /** As a leader: everything up to `index` has been proposed. */
  proposed(index: number, nowMs: number): void {
    const indices = this.#indices;
    const times = this.#times;
    if (indices.length >= MAX_AWAITED || index <= (indices.at(-1) ?? 0)) return;
    indices.push(index);
    times.push(nowMs);
  }

  /** Everything up to `index` is committed. */
  committed(index: number, nowMs: number): void {
    const indices = this.#indices;
    const times = this.#times;
    let done = 0;
    while (done < indices.length && indices[done]! <= index) this.commit.observe(nowMs - times[done++]!);
    if (done === 0) return;
    indices.splice(0, done);
    times.splice(0, done);
  }

  /** It does not lead (any more): what becomes of its proposals is not its own doing. */
  ceased(): void {
    this.#indices.length = 0;
    this.#times.length = 0;
  }
}
