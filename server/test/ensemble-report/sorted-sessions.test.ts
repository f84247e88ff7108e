import { expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { mergeRuns, sortedSessions } from '../../src/ensemble-report/sorted-sessions.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { VirtualScheduler } from '../ports/virtual-scheduler.ts';

/** Where runs begin that ascend. */
function runsOf(ids: Float64Array): number[] {
  return [...ids.keys()].filter((at) => at === 0 || ids[at]! < ids[at - 1]!);
}

test('runs are merged into one, whatever they are', () => {
  const random = new Random(1);
  for (let round = 0; round < 300; round++) {
    const ids = Float64Array.from({ length: random.below(60) }, () => random.below(1_000));
    const merging = mergeRuns(Float64Array.from(ids), ids.length === 0 ? [0] : runsOf(ids));
    let step = merging.next();
    while (step.done !== true) step = merging.next();
    expect([...step.value]).toEqual([...ids].sort((a, b) => a - b));
  }
});

test('a million ids in no order are merged in pieces', () => {
  const random = new Random(2);
  const ids = Float64Array.from({ length: 1_000_000 }, () => random.below(2 ** 31));
  const merging = mergeRuns(ids, runsOf(ids));
  let pieces = 1;
  let step = merging.next();
  for (; step.done !== true; step = merging.next()) pieces++;
  const sorted = step.value;
  expect(sorted.every((id, at) => at === 0 || sorted[at - 1]! <= id)).toBe(true);
  expect(pieces).toBeGreaterThan(900);
});

async function idsOf(
  sessions: SessionTable,
  scheduler: VirtualScheduler,
  amid: () => void,
): Promise<number[]> {
  const sorted = sortedSessions(sessions, scheduler);
  amid();
  await scheduler.settle();
  return [...(await sorted)];
}

test('many sessions are walked turn by turn, while others come and go', async () => {
  const sessions = new SessionTable();
  for (let id = 1; id <= 20_000; id++) sessions.create(asSessionId(id), 1_000, id);
  const scheduler = new VirtualScheduler();
  const ids = await idsOf(sessions, scheduler, () => {
    sessions.close(asSessionId(15_000));
    for (let id = 20_001; id <= 24_000; id++) sessions.create(asSessionId(id), 1_000, id);
  });
  expect(scheduler.turns).toBeGreaterThanOrEqual(20);
  const expected = Array.from({ length: 24_000 }, (_, at) => at + 1).filter((id) => id !== 15_000);
  expect(ids).toEqual(expected);
});

test('sessions of a restored table, in whatever order it has them, are in the order of their ids', async () => {
  const sessions = new SessionTable();
  for (const id of [7, 3, 9, 1, 8, 2]) sessions.create(asSessionId(id), 1_000, id);
  expect(await idsOf(sessions, new VirtualScheduler(), () => {})).toEqual([1, 2, 3, 7, 8, 9]);
  expect(await idsOf(new SessionTable(), new VirtualScheduler(), () => {})).toEqual([]);
});
