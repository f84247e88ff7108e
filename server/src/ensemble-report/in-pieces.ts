import type { Scheduler } from '../ports/scheduler.ts';

/** So many are looked at in a turn of the loop: some hundred microseconds. */
const PER_TURN = 1_000;

/** Goes through all of them, turn by turn, until `look` is false. What the iterable makes of changes meanwhile is its own. */
export async function inPieces<T>(
  all: Iterable<T>,
  scheduler: Scheduler,
  look: (each: T) => boolean,
): Promise<void> {
  let left = PER_TURN;
  for (const each of all) {
    if (!look(each)) return;
    if (--left > 0) continue;
    left = PER_TURN;
    await new Promise<void>((resolve) => scheduler.defer(resolve));
  }
}
