import assert from 'node:assert/strict';
import { Permission } from '@rookery/client';
import { treePlace } from '../looks/places.ts';
import { digestId } from '../nodes/digest-id.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

const USER = 'ops';
const PASSWORD = 'ops-password';

export const accessLists: Scenario = {
  name: 'access-lists',
  proves:
    'a value that may not be read is not shown, who acts as its user sees it, and an access list is read in words and changed',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    const acl = [{ perms: Permission.all, scheme: 'digest', id: digestId(USER, PASSWORD) }];
    await client.create('/vault', 'the combination', { acl });
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace('/vault'), withChanges: true });
    const { page } = window;
    const unreadable = page.locator('#node-page', { hasText: /does not (let|allow)/i });
    await window.see(unreadable, 'that the value may not be read');
    await window.activate(page.locator('#node-page').getByRole('button', { name: /act as/i }));
    await actAs(window, 'wrong');
    await window.see(unreadable, 'that another password does not help');
    await window.activate(page.locator('#identity-button'));
    await actAs(window, PASSWORD);
    await window.see(page.locator('#node-value', { hasText: 'the combination' }), 'the value');
    await window.see(
      page.locator('#node-acl', { hasText: /ops.*may do everything/ }),
      'the access list in words',
    );
    await window.see(page.locator('#identity-name', { hasText: USER }), 'as whom the page acts');
    await window.activate(page.locator('#edit-acl-button'));
    await window.activate(page.locator('#edit-acl-open'));
    await window.activate(page.locator('#edit-acl-action'));
    await window.see(
      page.locator('#node-acl', { hasText: /Anyone may do everything/ }),
      'the new access list',
    );
    await client.sync('/vault');
    assert.equal((await client.get('/vault')).data.toString(), 'the combination');
    const kept = await page.evaluate(() =>
      JSON.stringify([location.href, document.cookie, { ...localStorage }]),
    );
    assert.ok(!kept.includes(PASSWORD), 'the password is kept where another tab finds it');
    window.expectClean();
    return `as anyone, as ${USER} with another password, as ${USER}`;
  },
};

async function actAs({ page }: OpenedWindow, password: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Act as a user' });
  await dialog.getByLabel('User').fill(USER);
  await dialog.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}
