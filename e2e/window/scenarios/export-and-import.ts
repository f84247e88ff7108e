import assert from 'node:assert/strict';
import { join } from 'node:path';
import { treePlace } from '../looks/places.ts';
import { plant } from '../nodes/fill.ts';
import type { Scenario } from '../scenario.ts';

const BYTES = Buffer.from([0x00, 0xff, 0x80]);

export const exportAndImport: Scenario = {
  name: 'export-and-import',
  proves:
    'a subtree that was exported to a file comes back by it, elsewhere, and nothing that is there is written over unasked',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await plant(client, '/from/a/b', BYTES);
    await plant(client, '/from/text', 'ä text');
    await plant(client, '/to');
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/from'), withChanges: true });
    const { page } = window;
    const coming = page.waitForEvent('download');
    await window.activate(page.locator('#export-button'));
    await window.activate(page.locator('#export-subtree-action'));
    const download = await coming;
    const file = join(stage.folder, 'export.jsonl');
    await download.saveAs(file);
    const importAt = async (path: string): Promise<void> => {
      await window.go(treePlace(path));
      await window.see(page.locator('#node-title', { hasText: path.slice(1) }), path);
      await window.activate(page.locator('#import-button'));
      await page.locator('#import-file').setInputFiles(file);
      await window.activate(page.locator('#import-subtree-action'));
    };
    await importAt('/to');
    await page.locator('#import-subtree').waitFor({ state: 'detached' });
    assert.deepEqual((await client.get('/to/from/a/b')).data, BYTES);
    assert.equal((await client.get('/to/from/text')).data.toString(), 'ä text');
    await client.set('/from/text', 'written since');
    await importAt('/from');
    await window.see(page.locator('#import-subtree-problem', { hasText: /./ }), 'that it is there already');
    assert.equal((await client.get('/from/text')).data.toString(), 'written since');
    await page.locator('#import-over').check();
    await window.activate(page.locator('#import-subtree-action'));
    await page.locator('#import-subtree').waitFor({ state: 'detached' });
    assert.equal((await client.get('/from/text')).data.toString(), 'ä text');
    window.expectClean();
    return download.suggestedFilename();
  },
};
