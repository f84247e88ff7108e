import type { OpenedWindow } from '../opened-window.ts';

/** As a person does it: the switch in the header, and its question. */
export async function turnChangesOn(window: OpenedWindow): Promise<void> {
  const { page } = window;
  const toggle = page.getByRole('switch', { name: /changes/i });
  await window.see(toggle, 'the switch for changes');
  await toggle.click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /turn|switch|allow/i })
    .click();
}
