import type { Scheduler } from '../ports/scheduler.ts';
import type { SessionTable } from '../session/table.ts';
import { inPieces } from './in-pieces.ts';

/** Sessions that come while they are walked find room. */
const SPARE = 1_024;
/** Ids that are moved in a turn of the loop. */
const MOVES_PER_TURN = 20_000;

/** The ids of all sessions, ascending. Takes them turn by turn, however many there are. */
export async function sortedSessions(sessions: SessionTable, scheduler: Scheduler): Promise<Float64Array> {
  let ids = new Float64Array(sessions.size + SPARE);
  let count = 0;
  const runs: number[] = [0];
  await inPieces(sessions.values(), scheduler, ({ id }) => {
    if (count === ids.length) {
      const longer = new Float64Array(2 * count);
      longer.set(ids);
      ids = longer;
    }
    if (count > 0 && id < ids[count - 1]!) runs.push(count);
    ids[count++] = id;
    return true;
  });
  // The table has them in the order of their creation, in which ids rise; only a restored one may not.
  const sorting = mergeRuns(ids.subarray(0, count), runs);
  for (let step = sorting.next(); ; step = sorting.next()) {
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => scheduler.defer(resolve));
  }
}

/**
 * Merges runs that ascend, each beginning where `begins` says, two by two until there is one. Yields after each `MOVES_PER_TURN`. What it returns is
 * `ids`, or a copy.
 */
export function* mergeRuns(
  ids: Float64Array,
  begins: readonly number[],
): Generator<undefined, Float64Array, unknown> {
  let [from, to] = [ids, begins.length > 1 ? new Float64Array(ids.length) : ids];
  let moves = 0;
  for (let runs = begins; runs.length > 1; ) {
    const merged: number[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const begin = runs[at]!;
      const middle = runs[at + 1] ?? ids.length;
      const end = runs[at + 2] ?? ids.length;
      merged.push(begin);
      for (let low = begin, high = middle, target = begin; target < end; target++) {
        const takesLow = low < middle && (high === end || from[low]! <= from[high]!);
        to[target] = takesLow ? from[low++]! : from[high++]!;
        if (++moves % MOVES_PER_TURN === 0) yield;
      }
    }
    [from, to] = [to, from];
    runs = merged;
  }
  return from;
}
