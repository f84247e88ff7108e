import assert from 'node:assert/strict';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

export const VIEWS = [
  { key: 'e', title: 'Ensemble', place: '#/ensemble' },
  { key: 't', title: 'Tree', place: '#/tree' },
  { key: 's', title: 'Sessions', place: '#/sessions' },
  { key: 'w', title: 'Watch', place: '#/watch' },
] as const;

export const opens: Scenario = {
  name: 'opens',
  proves:
    'each member serves the page, all of it, and it breaks no policy, logs no error and asks nobody else',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    let requests = 0;
    for (const member of ensemble.members) {
      const window = await stage.open(member);
      const { page } = window;
      await window.seeText(`as member ${member.serverId} sees it`);
      for (const { key, title, place } of VIEWS) {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        await window.see(
          page.locator(`nav a[aria-current=page]`, { hasText: title }),
          `${title} as the view that is open`,
        );
        await page.waitForURL((url) => url.hash.startsWith(place));
        await window.see(page.locator('#live[data-state=live]'), 'that it is live');
      }
      await page.keyboard.press('?');
      await window.see(page.getByRole('dialog', { name: 'Keys' }), 'the keys');
      await page.keyboard.press('Escape');
      await expectPlaceKept(window);
      window.expectSpotless();
      requests += window.requests;
      await window.close();
    }
    return `${ensemble.members.length} members, ${VIEWS.length} views each, ${requests} requests, none to anybody else`;
  },
};

/** Loaded anew, it is where it was. */
async function expectPlaceKept({ page }: OpenedWindow): Promise<void> {
  const last = VIEWS.at(-1)?.title;
  await page.reload();
  const current = page.locator('nav a[aria-current=page]');
  await current.waitFor();
  assert.equal(await current.textContent(), last, 'the view after a reload');
}
