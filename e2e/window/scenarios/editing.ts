import assert from 'node:assert/strict';
import type { Client } from '@rookery/client';
import { treePlace } from '../looks/places.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

export const editing: Scenario = {
  name: 'editing',
  proves:
    'a value is written after its difference was shown, and never over what somebody else wrote meanwhile; children are created',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await client.create('/settings', 'one\ntwo\nthree\n');
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/settings'), withChanges: true });
    await write(window);
    assert.equal(await settingOf(client), 'one\n2\nthree\n');
    await meetConflict(window, client);
    await createChildren(window, client);
    window.expectClean();
    return 'written, refused over another one, written again; two children';
  },
};

async function settingOf(client: Client): Promise<string> {
  await client.sync('/settings');
  return (await client.get('/settings')).data.toString();
}

async function openEditor(window: OpenedWindow, text: string): Promise<void> {
  const { page } = window;
  await window.activate(page.locator('#edit-value-button'));
  await page.locator('#edit-value-text').fill(text);
  await window.activate(page.locator('#edit-value-action'));
}

async function write(window: OpenedWindow): Promise<void> {
  const { page } = window;
  await openEditor(window, 'one\n2\nthree\n');
  await window.see(page.locator('.diff-line.removed', { hasText: 'two' }), 'the line that goes');
  await window.see(page.locator('.diff-line.added', { hasText: '2' }), 'the line that comes');
  await window.activate(page.locator('#edit-value-action'));
  await page.locator('#edit-value').waitFor({ state: 'detached' });
  await window.see(page.locator('#node-value', { hasText: /one\s*2\s*three/ }), 'the value that was written');
}

async function meetConflict(window: OpenedWindow, client: Client): Promise<void> {
  const { page } = window;
  await openEditor(window, 'mine\n');
  await window.see(page.locator('.diff-line.added', { hasText: 'mine' }), 'the difference');
  await client.set('/settings', 'theirs\n');
  await window.activate(page.locator('#edit-value-action'));
  const conflict = page.locator('#edit-value .conflict');
  await conflict
    .filter({ hasText: /somebody else/i })
    .waitFor()
    .catch(() => undefined);
  assert.equal(await settingOf(client), 'theirs\n', 'what somebody else wrote');
  await window.see(
    conflict.filter({ hasText: 'theirs' }),
    'what is there now, beside what was to be written',
  );
  await window.activate(page.locator('#edit-value-action'));
  await page.locator('#edit-value').waitFor({ state: 'detached' });
  assert.equal(await settingOf(client), 'mine\n');
}

async function createChildren(window: OpenedWindow, client: Client): Promise<void> {
  const { page } = window;
  await window.activate(page.locator('#create-child-button'));
  await page.locator('#create-name').fill('no/slash');
  await window.activate(page.locator('#create-child-action'));
  await window.see(
    page.locator('#create-child-problem', { hasText: /slash/ }),
    'what is wrong with the name',
  );
  await page.locator('#create-name').fill('theme');
  await page.locator('#create-value').fill('dark');
  await window.activate(page.locator('#create-child-action'));
  await window.see(page.locator('#node-title', { hasText: 'theme' }), 'the page of the child');
  assert.equal((await client.get('/settings/theme')).data.toString(), 'dark');
  await window.go(treePlace('/settings'));
  await window.see(page.locator('#node-title', { hasText: 'settings' }), 'the node above');
  await window.activate(page.locator('#create-child-button'));
  await page.locator('#create-name').fill('job-');
  await page.locator('#create-kind').selectOption('sequential');
  await window.activate(page.locator('#create-child-action'));
  await window.see(
    page.locator('#node-title', { hasText: 'job-0000000001' }),
    'the page of the child with a number',
  );
}
