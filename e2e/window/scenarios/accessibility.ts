import { expectAccessible, expectNoSidewaysScroll } from '../looks/accessibility.ts';
import { expectReachableByTab } from '../looks/keyboard.ts';
import { treePlace } from '../looks/places.ts';
import { moveIn } from '../nodes/company.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { PLACES, type Place } from './places.ts';

const LOOKS = [
  { colours: 'light', width: 360 },
  { colours: 'light', width: 1280 },
  { colours: 'dark', width: 360 },
  { colours: 'dark', width: 1280 },
] as const;
const DIALOGS = [
  { opener: '#keys-button', name: 'Keys' },
  { opener: '#identity-button', name: 'Act as a user' },
] as const;

/** At a node, with changes on. */
const FORMS = [
  'edit-value-button',
  'edit-acl-button',
  'create-child-button',
  'delete-node-button',
  'export-button',
  'import-button',
] as const;

export const accessibility: Scenario = {
  name: 'accessibility',
  proves:
    'axe finds nothing serious in any view, light or dark, wide or narrow; Tab comes to everything, and nothing is wider than a telephone',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    await moveIn(() => stage.connect(ensemble));
    const [member] = ensemble.members;
    if (member === undefined) throw new Error('there are three members');
    const counts = { looks: 0, rules: 0, stops: 0 };
    for (const look of LOOKS) {
      const window = await stage.open(member, { ...look, withChanges: true });
      for (const { opener, name } of DIALOGS) {
        await window.page.locator(opener).click();
        await window.see(window.page.getByRole('dialog', { name }), name);
        counts.rules += await expectAccessible(window, `${name}, ${look.colours}, ${look.width} pixels`);
        await window.page.keyboard.press('Escape');
      }
      for (const place of PLACES) {
        const what = `${place.name}, ${look.colours}, ${look.width} pixels`;
        await show(window, place);
        counts.rules += await expectAccessible(window, what);
        await expectNoSidewaysScroll(window, what);
        counts.looks += 1;
        if (look.colours === 'light') counts.stops += await expectReachableByTab(window, what);
      }
      counts.rules += await lookAtForms(window, `${look.colours}, ${look.width} pixels`);
      window.expectClean();
      await window.close();
    }
    return account(stage, counts);
  },
};

async function show(window: OpenedWindow, { place, shows }: Place): Promise<void> {
  await window.go(place);
  for (const text of shows) await window.seeText(text);
}

/** Each dialog that changes a node. */
async function lookAtForms(window: OpenedWindow, look: string): Promise<number> {
  const { page } = window;
  await window.go(treePlace('/config/checkout/banner'));
  await window.seeText('Free delivery until Sunday');
  let rules = 0;
  for (const opener of FORMS) {
    await window.activate(page.locator(`#${opener}`));
    const dialog = page.locator('dialog[open]');
    await window.see(dialog, `the dialog of ${opener}`);
    rules += await expectAccessible(window, `the dialog of ${opener}, ${look}`);
    await expectNoSidewaysScroll(window, `the dialog of ${opener}, ${look}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  return rules;
}

function account(
  { note }: Stage,
  { looks, rules, stops }: Readonly<Record<'looks' | 'rules' | 'stops', number>>,
): string {
  note(`${PLACES.length} places`);
  return `${looks} looks, ${rules} rules of axe passed, ${stops} stops of Tab`;
}
