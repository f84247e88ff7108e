import assert from 'node:assert/strict';
import { treePlace } from '../looks/places.ts';
import { fill, plant } from '../nodes/fill.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const MANY = 150;

export const removal: Scenario = {
  name: 'removal',
  proves:
    'nodes are deleted after they were counted, many of them after their name was typed, and none where there are more by then',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await plant(client, '/old/few/a');
    await plant(client, '/old/few/b');
    await plant(client, '/old/many');
    await fill(client, '/old/many', MANY);
    await plant(client, '/old/grows');
    await fill(client, '/old/grows', 3);
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/old/few/a'), withChanges: true });
    const { page } = window;
    await window.activate(page.locator('#delete-node-button'));
    await window.activate(page.locator('#delete-node-action'));
    await window.see(page.locator('#node-title', { hasText: 'few' }), 'the node above');
    assert.equal(await client.exists('/old/few/a'), undefined);
    await deleteAll(window, '/old/few', 2);
    assert.equal(await client.exists('/old/few'), undefined);
    await deleteAll(window, '/old/many', MANY + 1, 'many');
    assert.equal(await client.exists('/old/many'), undefined);
    await openQuestion(window, '/old/grows', 4);
    await client.create('/old/grows/one-more');
    await window.activate(page.locator('#delete-subtree-action'));
    await window.see(
      page.locator('#delete-subtree-problem', { hasText: /\d/ }),
      'that there are more nodes by then',
    );
    assert.equal(await client.countDescendants('/old/grows'), 4, 'nothing was deleted');
    window.expectClean();
    return `1, 2 and ${MANY + 1} nodes, and none of 5`;
  },
};

async function openQuestion(window: OpenedWindow, path: string, nodes: number): Promise<void> {
  const { page } = window;
  await window.go(treePlace(path));
  await window.see(page.locator('#node-title', { hasText: path.split('/').at(-1) ?? '' }), path);
  await window.activate(page.locator('#delete-subtree-button'));
  const count = page.locator('#delete-subtree-count', { hasText: new RegExp(`^${nodes} nodes?`) });
  await window.see(count, `that there are ${nodes} nodes`);
}

async function deleteAll(window: OpenedWindow, path: string, nodes: number, typed?: string): Promise<void> {
  const { page } = window;
  await openQuestion(window, path, nodes);
  const action = page.locator('#delete-subtree-action');
  assert.match((await action.textContent()) ?? '', new RegExp(`${nodes} node`));
  if (typed !== undefined) {
    assert.ok(await action.isDisabled(), 'it can be done before the name was typed');
    await page.locator('#delete-subtree-name').fill(typed);
  }
  await window.activate(action);
  await page.locator('#delete-subtree').waitFor({ state: 'detached' });
  await window.see(page.locator('#node-title', { hasText: 'old' }), 'the node above');
}
