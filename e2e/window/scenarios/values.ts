import assert from 'node:assert/strict';
import { treePlace } from '../looks/places.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const JSON_VALUE = JSON.stringify({ retries: 3, hosts: ['a.internal', 'b.internal'] });
const TEXT = 'zeile eins\nzweite Zeile: ä ö ü\n';
const BYTES = Buffer.from([0x00, 0xff, 0x10, 0x80, 0x41, 0x42]);
/** HBase's: a magic byte, the length of what follows, a server's name and eight bytes by chance, and protobuf behind its own magic. */
const SERVER = 'region-1:16020';
const HBASE = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, SERVER.length + 8]),
  Buffer.from(SERVER),
  Buffer.alloc(8, 7),
  Buffer.from('PBUF'),
  Buffer.from([8, 1]),
]);

export const values: Scenario = {
  name: 'values',
  proves: 'a value is shown as JSON, as text and as bytes, and as what programs are known to keep',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    for (const [name, value] of Object.entries({
      json: JSON_VALUE,
      text: TEXT,
      bytes: BYTES,
      hbase: HBASE,
      empty: '',
    }))
      await client.create(`/${name}`, value);
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/json') });
    await seeValue(window, 'JSON', /"retries"/);
    await choose(window, 'Hex');
    await seeValue(window, 'the first bytes of JSON', /7b\s*22\s*72/i);
    await choose(window, 'Text');
    await seeValue(window, 'JSON as text', JSON_VALUE);
    await window.go(treePlace('/text'));
    await seeValue(window, 'text with letters of German', /ä ö ü/);
    await window.go(treePlace('/bytes'));
    await seeValue(window, 'bytes', /00\s*ff\s*10\s*80\s*41\s*42/i);
    await window.go(treePlace('/hbase'));
    await window.see(window.page.locator('#node-format', { hasText: SERVER }), 'whose value of HBase it is');
    await window.go(treePlace('/empty'));
    await seeValue(window, 'that there is none', /empty/i);
    await window.go(treePlace('/text'));
    await seeValue(window, 'text again: the choice is remembered', /zweite/);
    window.expectClean();
    return 'JSON, text, bytes, HBase';
  },
};

async function seeValue(window: OpenedWindow, what: string, shows: string | RegExp): Promise<void> {
  await window.see(window.page.locator('#node-value', { hasText: shows }), what);
}

async function choose({ page }: OpenedWindow, form: string): Promise<void> {
  await page.getByRole('radio', { name: form }).focus();
  await page.keyboard.press('Space');
}
