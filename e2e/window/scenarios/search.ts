import assert from 'node:assert/strict';
import { fill, plant } from '../nodes/fill.ts';
import type { Scenario } from '../scenario.ts';

const OTHERS = 3_000;

export const search: Scenario = {
  name: 'search',
  proves:
    'names are found, and values with what stands around them, among thousands, from the keyboard; a result leads to its node',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await plant(client, '/haystack/deep/Needle-7', 'nothing special');
    await plant(client, '/haystack/deep/other', 'a straw, then a NEEDLE in a value, then a straw');
    await fill(client, '/haystack', OTHERS, 'straw', 'straw');
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: '#/tree' });
    const { page } = window;
    const found = page.locator('#search-results li');
    const progress = page.locator('#search-progress');
    await window.see(page.getByRole('treeitem').filter({ hasText: 'haystack' }), 'the tree');
    await page.locator('#copy-path').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('needle');
    await page.keyboard.press('Enter');
    await window.see(progress.filter({ hasText: /^1 match/ }), 'one match by name');
    assert.match((await found.first().textContent()) ?? '', /Needle-7/);
    await page.locator('#tree-search-values').focus();
    await page.keyboard.press('Space');
    await window.activate(page.locator('#tree-search'));
    await window.see(progress.filter({ hasText: /^2 matches/ }), 'two matches with values');
    const excerpt = found.filter({ hasText: 'other' }).locator('.excerpt');
    assert.match((await excerpt.textContent()) ?? '', /NEEDLE in a value/);
    await found.filter({ hasText: 'other' }).getByRole('link').press('Enter');
    await window.see(page.locator('#node-value', { hasText: 'a straw, then' }), 'the node that was found');
    window.expectClean();
    return `2 of ${OTHERS + 4} nodes`;
  },
};
