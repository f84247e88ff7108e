import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.ts';

export const sessionsView: Scenario = {
  name: 'sessions-view',
  proves:
    'sessions of all members are listed with address, identity and ephemerals, found, and ended from whichever member serves the page',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const [client, victim] = [
      await stage.connect(ensemble),
      await stage.connect(ensemble, {
        auth: [{ scheme: 'digest', auth: 'ann:apple' }],
        endsWithSession: true,
      }),
    ];
    await client.create('/workers');
    await victim.create('/workers/ann', 'here', { kind: 'ephemeral' });
    const id = `0x${victim.session.id.toString(16)}`;
    const [follower] = await ensemble.followersFirst();
    assert.ok(follower);
    const window = await stage.open(follower, { place: '#/sessions', withChanges: true });
    const { page } = window;
    const row = page.locator(`#sessions tr[data-session="${id}"]`);
    await window.see(row, 'the session');
    await window.see(row.locator('.identity', { hasText: /digest:ann/ }), 'its identity');
    await window.see(row.locator('.address', { hasText: /127\.0\.0\.1:\d+/ }), 'its address');
    await page.locator('#skip').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('/');
    await page.keyboard.type('digest:ann');
    await window.see(page.locator('#sessions-told', { hasText: /of 1 / }), 'the one that is looked for');
    await row.getByRole('link').press('Enter');
    await window.see(page.locator('#ephemeral-paths', { hasText: '/workers/ann' }), 'its ephemeral node');
    await window.activate(page.locator('#end-session'));
    await window.see(
      page.locator('#confirm-text', { hasText: /ephemeral node is deleted/i }),
      'what goes with it',
    );
    const lost = new Promise<void>((resolve) =>
      victim.session.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await page.getByRole('button', { name: 'End session' }).last().press('Enter');
    await lost;
    assert.equal(await client.exists('/workers/ann'), undefined, 'its ephemeral node');
    await window.go('#/sessions');
    await window.see(page.locator('#sessions tr'), 'the other sessions');
    await row.waitFor({ state: 'detached' });
    window.expectClean();
    return `session ${id}, ended from member ${follower.serverId}`;
  },
};
