import assert from 'node:assert/strict';
import { treePlace } from '../looks/places.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const MARKUP = '<img src=x id=planted onerror=planted()><b id=planted>bold<b>';
const SCRIPT = '<script id=planted>document.title="planted"<script>';
/** Turns what follows round, so that one name looks like another. */
const TURNED = 'gepj.exe\u202egpj.';
const SHOWN_TURNED = 'gepj.exe⟨202E⟩gpj.';
/** Just below what a client may send in one frame. */
const LONG = 1_048_000;

const VALUES: Readonly<Record<string, string | Buffer>> = {
  markup: MARKUP,
  script: SCRIPT,
  turned: TURNED,
  'json-with-markup': JSON.stringify({ [MARKUP]: SCRIPT, list: [MARKUP] }),
  long: 'x'.repeat(LONG),
  'long-line-json': JSON.stringify({ blob: 'y'.repeat(LONG / 2), deep: nested(500) }),
  zeros: Buffer.alloc(4_096),
  'no-utf-8': Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x00, 0x80]),
};

export const hostileNodes: Scenario = {
  name: 'hostile-nodes',
  proves:
    'names and values that are markup, scripts, turned round, or a megabyte long are shown as the text that they are',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await client.create('/hostile');
    for (const name of [MARKUP, SCRIPT, TURNED, ' ', '%2e%2e%2f', '"\'`', '?a#b'])
      await client.create(`/hostile/${name}`, name);
    for (const [name, value] of Object.entries(VALUES)) await client.create(`/hostile/${name}`, value);
    const { names } = await client.children('/hostile');
    for (const name of [MARKUP, TURNED])
      await client.create(`/hostile/mine-${name}`, '', { kind: 'ephemeral' });
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: '#/tree/hostile', withChanges: true });
    const { page } = window;
    await window.see(page.locator('[role=treeitem].active', { hasText: 'hostile' }), 'the row of the node');
    await page.getByRole('tree').press('ArrowRight');
    await window.see(window.page.getByRole('treeitem').filter({ hasText: MARKUP }), 'the markup as a name');
    await expectNothingPlanted(window, 'the tree');
    for (const name of names) {
      const path = `/hostile/${name}`;
      await window.go(treePlace(path));
      await window.see(window.page.locator('#node-title', { hasText: /\S/ }), `the title of ${name}`);
      await window.see(window.page.locator('#node-stat'), `the page of ${name}`);
      await expectNothingPlanted(window, `the page of ${name}`);
    }
    await seeElsewhere(window, `0x${client.session.id.toString(16)}`);
    window.expectClean();
    return `${names.length} nodes`;
  },
};

/** Names stand in other views, too. */
async function seeElsewhere(window: OpenedWindow, session: string): Promise<void> {
  const { page } = window;
  await window.go(`#/sessions/${session}`);
  const paths = page.locator('#ephemeral-paths');
  await window.see(paths.filter({ hasText: MARKUP }), 'the markup as the name of an ephemeral node');
  await window.see(paths.filter({ hasText: SHOWN_TURNED }), 'the mark that turns text in a name, as a sign');
  await expectNothingPlanted(window, 'the page of a session');
  await window.go('#/tree');
  await page.locator('#tree-search').fill('id=planted');
  await page.locator('#tree-search').press('Enter');
  await window.see(page.locator('#search-results', { hasText: MARKUP }), 'the markup as what was found');
  await expectNothingPlanted(window, 'what was found');
}

function nested(depth: number): unknown {
  let value: unknown = 'the end';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

async function expectNothingPlanted({ page }: OpenedWindow, what: string): Promise<void> {
  const found = await page.evaluate(
    () => document.querySelector('#planted, main script, main img[src=x]')?.outerHTML,
  );
  assert.equal(found, undefined, `${what} has what a node holds as HTML`);
  assert.notEqual(await page.title(), 'planted', `${what} ran a script of a node`);
}
