import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.ts';

const TOKEN = 'only-those-on-call-know-it';

export const token: Scenario = {
  name: 'token',
  proves: 'a member with a token shows nothing without it, asks for it once, and keeps it in the tab alone',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble({ environment: { ROOKERY_HTTP_TOKEN: TOKEN } });
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { asksFirst: true });
    const { page } = window;
    const dialog = page.getByRole('dialog', { name: 'Token' });
    await window.see(dialog, 'that it needs a token');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await window.see(dialog, 'the question for the token after Escape');
    await dialog.getByLabel('Token').fill('a guess');
    await page.keyboard.press('Enter');
    await window.seeText('That is not the token of this member.');
    await dialog.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await window.seeText(`as member ${member.serverId} sees it`);
    await page.reload();
    await window.see(page.locator('#live[data-state=live]'), 'that it is live after a reload');
    const kept = await page.evaluate(() =>
      JSON.stringify([location.href, document.cookie, { ...localStorage }]),
    );
    assert.ok(!kept.includes(TOKEN), 'the token is kept where another tab finds it');
    window.expectClean();
    return 'asked once, refused a guess, kept over a reload';
  },
};
