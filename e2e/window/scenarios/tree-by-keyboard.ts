import assert from 'node:assert/strict';
import { treePlace } from '../looks/places.ts';
import { fill, plant } from '../nodes/fill.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const DEEP = '/shop/orders/2026/paid';
const SIBLINGS = 40;

export const treeByKeyboard: Scenario = {
  name: 'tree-by-keyboard',
  proves:
    'a node is found and opened by the keyboard alone, level by level, no level is asked for before it is opened, and changes of others come by themselves',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await plant(client, DEEP, 'the one that is looked for');
    await fill(client, '/shop', SIBLINGS, 'basket');
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member);
    const { page } = window;
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (searchParams.has('children')) asked.push(pathname.replace('/window/v1/nodes', '') || '/');
    });
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await window.see(row(window, 'shop'), 'the first level');
    assert.ok(!asked.includes('/shop'), 'a level is asked for before it is opened');
    await page.getByRole('tree').focus();
    await walkTo(window, DEEP);
    await window.see(
      page.locator('#node-value', { hasText: 'the one that is looked for' }),
      'the value of the node',
    );
    assert.equal(new URL(page.url()).hash, treePlace(DEEP));
    await page.getByRole('tree').press('Home');
    await page.getByRole('tree').press('End');
    await page.reload();
    await window.see(
      page.locator('#node-value', { hasText: 'the one that is looked for' }),
      'the node after a reload',
    );
    await window.see(row(window, 'paid'), 'its row after a reload');
    await seeOthersChanges(window, async () => {
      await client.set(DEEP, 'another value');
      await client.create('/shop/orders/2026/returned');
    });
    window.expectClean();
    return `${DEEP.split('/').length - 1} levels down, ${new Set(asked).size} levels asked for`;
  },
};

/** With the arrow keys and the beginnings of names. */
async function walkTo(window: OpenedWindow, path: string): Promise<void> {
  const { page } = window;
  for (const name of path.split('/').slice(1)) {
    await page.keyboard.type(name.slice(0, 3));
    await window.see(
      page.locator('[role=treeitem].active', { hasText: name }),
      `${name} as the row that the keys are at`,
    );
    if (path.endsWith(`/${name}`)) await page.keyboard.press('Enter');
    else await page.keyboard.press('ArrowRight');
    // Signs typed one after the other are one beginning of a name.
    await page.waitForTimeout(800);
  }
}

async function seeOthersChanges(window: OpenedWindow, change: () => Promise<void>): Promise<void> {
  const before = window.loads;
  await change();
  await window.see(
    window.page.locator('#node-value', { hasText: 'another value' }),
    'the value that somebody else has written',
  );
  await window.see(row(window, 'returned'), 'the node that somebody else has created');
  assert.equal(window.loads, before, 'the page was loaded anew');
}

function row({ page }: OpenedWindow, name: string): ReturnType<typeof page.locator> {
  return page
    .getByRole('treeitem')
    .filter({ has: page.locator('.row-name', { hasText: new RegExp(`^${name}$`) }) });
}
