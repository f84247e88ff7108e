import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { treePlace } from '../looks/places.ts';
import { moveIn } from '../nodes/company.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario, Stage } from '../scenario.ts';

const FOLDER = resolve(import.meta.dirname, '..', '..', '..', 'docs', 'images');
/** So that a page of documents loads at once. */
const MOST_BYTES = 200 * 1024;

/** Each is `docs/images/window-<name>-<light or dark>.png`. */
const VIEWS = [
  { name: 'ensemble', place: '#/ensemble', shows: '#heat-map tr[data-row^="request create"]' },
  { name: 'tree', place: treePlace('/config/checkout/limits'), shows: '#node-value .json' },
  { name: 'lock', place: treePlace('/locks/nightly-report'), shows: '#node-recipe .waiters' },
  { name: 'sessions', place: '#/sessions', shows: '#sessions tr' },
] as const;

export const pictures: readonly Scenario[] = [
  {
    name: 'pictures',
    proves: 'the window can be shown',
    run: async (stage) => {
      const ensemble = await stage.startEnsemble();
      await moveIn(() => stage.connect(ensemble));
      const [member] = ensemble.members;
      if (member === undefined) throw new Error('there are three members');
      mkdirSync(FOLDER, { recursive: true });
      for (const colours of ['light', 'dark'] as const) {
        const window = await stage.open(member, { colours });
        for (const view of VIEWS) await take(stage, window, view, colours);
        await window.close();
      }
      return `${2 * VIEWS.length} in docs/images`;
    },
  },
];

async function take(
  { note }: Stage,
  window: OpenedWindow,
  { name, place, shows }: (typeof VIEWS)[number],
  colours: string,
): Promise<void> {
  await window.go(place);
  await window.see(window.page.locator(shows), name);
  const path = join(FOLDER, `window-${name}-${colours}.png`);
  await window.page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes`);
  note(`window-${name}-${colours}.png: ${Math.round(size / 1024)} KiB`);
}
