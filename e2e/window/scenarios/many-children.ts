import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { type FrameTimes, tell } from '../looks/frame-times.ts';
import { workOf } from '../looks/page-work.ts';
import { treePlace } from '../looks/places.ts';
import { idleFrames, scrollThrough } from '../looks/scroll.ts';
import { childName, fill } from '../nodes/fill.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario, Stage } from '../scenario.ts';

const CHILDREN = 100_000;
const ELSEWHERE = 1_000_000;
const STEP_PIXELS = 2_000;
const MOST_FRAMES = 3_000;
const MOST_ROWS = 200;
/** Of 95 in a hundred frames, in milliseconds: what a person notices begins at about twice as much. */
const MOST_MS = 50;
/** Of the page's own thread, for each frame: half of what there is at 60 frames a second. */
const MOST_WORK_MS = 8;
/** On a machine that draws nothing smoothly: how much longer frames may take that have something to draw. */
const MOST_TIMES_IDLE = 2;

export const manyChildren: Scenario = {
  name: 'many-children',
  proves: `${CHILDREN.toLocaleString('en')} children scroll fluidly, whatever else there is`,
  isHeavy: true,
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await client.create('/many');
    await fill(client, '/many', CHILDREN);
    await client.create('/elsewhere');
    await fill(client, '/elsewhere', ELSEWHERE);
    stage.note(`${CHILDREN + ELSEWHERE} nodes`);
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/many') });
    const { page } = window;
    const tree = page.getByRole('tree');
    await window.see(page.locator('[role=treeitem].active', { hasText: 'many' }), 'the row of the node');
    const idle = await idleFrames(tree);
    stage.note(`with nothing to do: ${tell(idle)}`);
    await tree.focus();
    await page.keyboard.press('ArrowRight');
    await window.see(rowOf(window, 0), 'its children');
    await expectFluid(stage, window, 'as they come', idle);
    await window.see(rowOf(window, CHILDREN - 1), 'the last child');
    await page.keyboard.press('Home');
    const account = await expectFluid(stage, window, 'once they are there', idle);
    const rows = await page.getByRole('treeitem').count();
    assert.ok(rows < MOST_ROWS, `${rows} rows are in the document`);
    window.expectClean();
    return `${account}, ${rows} rows in the document`;
  },
};

function rowOf({ page }: OpenedWindow, number: number): Locator {
  return page.getByRole('treeitem').filter({ hasText: childName('node', number) });
}

async function expectFluid(
  { note }: Stage,
  window: OpenedWindow,
  when: string,
  idle: FrameTimes,
): Promise<string> {
  const tree = window.page.getByRole('tree');
  let times: FrameTimes | undefined;
  const { processorMs, heapBytes } = await workOf(window, async () => {
    times = await scrollThrough(tree, STEP_PIXELS, MOST_FRAMES);
  });
  assert.ok(times);
  const workMs = processorMs / times.frames;
  const account = `${tell(times)}; ${workMs.toFixed(1)} ms of work each, ${Math.round(heapBytes / 2 ** 20)} MiB`;
  note(`${when}: ${account}`);
  const most = Math.max(MOST_MS, MOST_TIMES_IDLE * idle.most);
  assert.ok(times.most < most, `${when}, of frames of up to ${most.toFixed(1)} ms: ${account}`);
  assert.ok(workMs < MOST_WORK_MS, `${when}, of up to ${MOST_WORK_MS} ms of work: ${account}`);
  return account;
}
