import { describe, expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { RequestPipeline } from '../../src/connections/request-pipeline.ts';
import { PIPELINE_BUGS } from './pipeline-bugs.ts';
import { complaintAbout, PipelineWorld } from './pipeline-world.ts';

function firstComplaint(subject: typeof RequestPipeline, seeds: number): string | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    const world = new PipelineWorld(seed, subject);
    try {
      world.run(120);
    } catch (error) {
      return `pipeline, seed ${seed}: ${(error as Error).message}`;
    }
    const complaint = complaintAbout(world);
    if (complaint !== undefined) return `pipeline, seed ${seed}: ${complaint}`;
  }
  return undefined;
}

describe("one client's requests", () => {
  test('are answered in order, each from the state that those before it left, syncs not before their round', () => {
    expect(firstComplaint(RequestPipeline, 2_000)).toBeUndefined();
  });

  test('are answered at once where nothing is owed', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    world.ask('read');
    world.ask('refusal');
    expect(world.answered.map(({ kind }) => kind)).toEqual(['read', 'refusal']);
    expect(world.waiting).toBe(0);
  });

  test('behind a write wait for it, and then go in one sweep', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    for (const kind of ['write', 'read', 'read', 'refusal'] as const) world.ask(kind);
    expect(world.answered).toEqual([]);
    world.apply();
    expect(world.answered.map(({ kind, own }) => [kind, own])).toEqual([
      ['write', 1],
      ['read', 1],
      ['read', 1],
      ['refusal', 1],
    ]);
  });

  test('go into the log at once while no sync stands before them: writes are pipelined', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    for (const kind of ['write', 'read', 'write', 'write'] as const) world.ask(kind);
    world.apply();
    world.apply();
    world.apply();
    expect(world.answered.map(({ kind, own }) => [kind, own])).toEqual([
      ['write', 1],
      ['read', 1],
      ['write', 2],
      ['write', 3],
    ]);
  });

  test('that are put off ask for a turn once, and not in each turn: one client that does not read would keep its member busy', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    for (const kind of ['sync', 'read', 'read'] as const) world.ask(kind);
    world.mustWait = true;
    world.confirm(0);
    for (let turn = 0; turn < 10; turn++) world.resume();
    expect(world.timesPutOff).toBe(1);
    world.mustWait = false;
    world.resume();
    expect(world.waiting).toBe(0);
  });

  test('that could be answered are put off while their owner can take no more, and writes wait behind them', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    for (const kind of ['write', 'read', 'read'] as const) world.ask(kind);
    world.mustWait = true;
    world.apply();
    world.ask('write');
    world.apply();
    expect(world.answered.map(({ kind, own }) => [kind, own])).toEqual([['write', 1]]);
    world.mustWait = false;
    world.resume();
    world.apply();
    expect(world.answered.map(({ kind, own }) => [kind, own])).toEqual([
      ['write', 1],
      ['read', 1],
      ['read', 1],
      ['write', 2],
    ]);
  });

  test('are forgotten when the connection is gone, and nothing of it is answered later', () => {
    const world = new PipelineWorld(1, RequestPipeline);
    for (const kind of ['write', 'sync', 'read', 'write'] as const) world.ask(kind);
    world.close();
    world.apply();
    world.confirm(0);
    expect(world.answered).toEqual([]);
    expect(world.waiting).toBe(0);
  });
});

function complaint(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) =>
    firstComplaint(
      (await load<{ RequestPipeline: typeof RequestPipeline }>('server/src/connections/request-pipeline.ts'))
        .RequestPipeline,
      500,
    ),
  );
}

test('the copied sources pass without a bug', async () => {
  expect(await complaint(undefined)).toBeUndefined();
});

test.each(PIPELINE_BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaint(bug)).toMatch(/pipeline, seed \d+:/);
});
