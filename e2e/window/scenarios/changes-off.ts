import assert from 'node:assert/strict';
import { turnChangesOn } from '../looks/changes.ts';
import { treePlace } from '../looks/places.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario, Stage } from '../scenario.ts';

const CHANGING = /^(edit|new child|delete|delete all|import|end|make leader|hand over|drain)/i;

export const changesOff: Scenario = {
  name: 'changes-off',
  proves:
    'nothing can be changed until somebody says so in the tab; in the mode read nothing ever, and in the mode ensemble there is no tree',
  run: async (stage) => {
    await offAtFirst(stage);
    await inMode(stage, 'read');
    await inMode(stage, 'ensemble');
    return 'off at first, by http.window: read, and by http.window: ensemble';
  },
};

async function offAtFirst(stage: Stage): Promise<void> {
  const ensemble = await stage.startEnsemble();
  await (await stage.connect(ensemble)).create('/node', 'value');
  const [member] = ensemble.members;
  assert.ok(member);
  const window = await stage.open(member, { place: treePlace('/node') });
  await seeNode(window);
  assert.deepEqual(await changing(window), []);
  await turnChangesOn(window);
  await seeTools(window);
  assert.ok((await changing(window)).length >= 3, `with changes on there are only ${await changing(window)}`);
  await window.page.reload();
  await seeNode(window);
  await seeTools(window);
  assert.ok((await changing(window)).length >= 3, 'changes are off after a reload');
  const other = await stage.open(member, { place: treePlace('/node') });
  await seeNode(other);
  assert.deepEqual(await changing(other), [], 'another tab has them on');
  await window.page.getByRole('switch', { name: /changes/i }).press('Enter');
  assert.deepEqual(await changing(window), []);
  window.expectClean();
}

async function inMode(stage: Stage, mode: 'read' | 'ensemble'): Promise<void> {
  const ensemble = await stage.startEnsemble({ environment: { ROOKERY_HTTP_WINDOW: mode } });
  await (await stage.connect(ensemble)).create('/node', 'value');
  const [member] = ensemble.members;
  assert.ok(member);
  const window = await stage.open(member, { place: treePlace('/node') });
  if (mode === 'read') await seeNode(window);
  else await window.seeText('http.window: ensemble');
  assert.equal(
    await window.page.getByRole('switch', { name: /changes/i }).count(),
    0,
    `a switch in mode ${mode}`,
  );
  assert.deepEqual(await changing(window), []);
  const { status } = await fetch(`${window.origin}/window/v1/nodes/node`, {
    method: 'PUT',
    body: 'x',
    headers: { 'content-type': 'application/octet-stream' },
  });
  assert.equal(status, 403, `a write in mode ${mode}`);
  window.expectClean();
}

async function seeNode(window: OpenedWindow): Promise<void> {
  await window.see(window.page.locator('#node-value', { hasText: 'value' }), 'the node');
}

/** They come with the node. */
async function seeTools(window: OpenedWindow): Promise<void> {
  await window.see(window.page.locator('#edit-value-button'), 'the button that edits the value');
}

/** Buttons that can be seen and that change something. */
async function changing({ page }: OpenedWindow): Promise<string[]> {
  const names = await page.getByRole('main').getByRole('button').allTextContents();
  return names.map((name) => name.trim()).filter((name) => CHANGING.test(name));
}
