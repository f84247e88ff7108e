import assert from 'node:assert/strict';
import { treePlace } from '../looks/places.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const MARKUP = '<img src=x id=planted onerror=planted()><b id=planted>bold<b>';
const SCRIPT = '<script id=planted>document.title="planted"<script>';
/** Turns what follows round, so that one name looks like another. */
const TURNED = 'gepj.exe\u202egpj.';
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
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: '#/tree/hostile', withChanges: true });
    await window.see(window.page.getByRole('treeitem').filter({ hasText: MARKUP }), 'the markup as a name');
    await expectNothingPlanted(window, 'the tree');
    for (const name of names) {
      const path = `/hostile/${name}`;
      await window.go(treePlace(path));
      await window.see(window.page.locator('#node-title', { hasText: /\S/ }), `the title of ${name}`);
      await window.see(window.page.locator('#node-stat'), `the page of ${name}`);
      await expectNothingPlanted(window, `the page of ${name}`);
    }
    window.expectClean();
    return `${names.length} nodes`;
  },
};

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
