import assert from 'node:assert/strict';
import { residentBytes } from '../../../testkit/src/systems/process-figures.ts';
import { tell } from '../looks/frame-times.ts';
import { treePlace } from '../looks/places.ts';
import { scrollThrough } from '../looks/scroll.ts';
import { childName, fill } from '../nodes/fill.ts';
import type { Scenario } from '../scenario.ts';

const CHILDREN = 100_000;
const ELSEWHERE = 1_000_000;
const STEP_PIXELS = 2_000;
const MOST_FRAMES = 3_000;
/** Of 95 in a hundred frames, in milliseconds: what a person notices begins at about twice as much. */
const MOST_MS = 50;

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
    await window.see(
      page
        .getByRole('treeitem')
        .filter({ hasText: childName('node', 0) })
        .or(page.locator('[role=treeitem].active')),
      'the node',
    );
    await tree.focus();
    await page.keyboard.press('ArrowRight');
    await window.see(page.getByRole('treeitem').filter({ hasText: childName('node', 0) }), 'its children');
    const coming = await scrollThrough(tree, STEP_PIXELS, MOST_FRAMES);
    stage.note(`as they come: ${tell(coming)}`);
    await window.see(
      page.getByRole('treeitem').filter({ hasText: childName('node', CHILDREN - 1) }),
      'the last child',
    );
    await page.keyboard.press('Home');
    const there = await scrollThrough(tree, STEP_PIXELS, MOST_FRAMES);
    stage.note(`once they are there: ${tell(there)}`);
    const rows = await page.getByRole('treeitem').count();
    assert.ok(rows < 200, `${rows} rows are in the document`);
    assert.ok(coming.most < MOST_MS, `as they come: ${tell(coming)}`);
    assert.ok(there.most < MOST_MS, `once they are there: ${tell(there)}`);
    window.expectClean();
    const { peak } = residentBytes(member.pid ?? 0);
    return `${tell(there)}; ${rows} rows drawn; the member had ${Math.round(peak / 2 ** 20)} MiB`;
  },
};
