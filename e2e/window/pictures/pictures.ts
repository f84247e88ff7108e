import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from '@rookery/client';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { treePlace } from '../looks/places.ts';
import { moveIn } from '../nodes/company.ts';
import { plant } from '../nodes/fill.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario, Stage } from '../scenario.ts';

const FOLDER = resolve(import.meta.dirname, '..', '..', '..', 'docs', 'images');
/** So that a page of documents loads at once. */
const MOST_BYTES = 200 * 1024;

/** For so long the page gathers what it draws. */
const WATCHED_MS = 40_000;
const ROUND_MS = 50;
const COUNTER = '/counters/visits';

interface View {
  readonly name: string;
  readonly place: string;
  readonly shows: string;
  /** What the picture begins at; the top of the page where it is not said. */
  readonly from?: string;
}

/** Each is `docs/images/window-<name>-<light or dark>.png`. */
const VIEWS: readonly View[] = [
  { name: 'ensemble', place: '#/ensemble', shows: '#heat-map tr[data-row^="request create"]' },
  { name: 'elections', place: '#/ensemble', shows: '#timeline .gap', from: '#timeline' },
  { name: 'tree', place: treePlace('/config/checkout/limits'), shows: '#node-value .json' },
  { name: 'lock', place: treePlace('/locks/nightly-report'), shows: '#node-recipe .waiters' },
  { name: 'sessions', place: '#/sessions', shows: '#sessions tr' },
];

export const pictures: readonly Scenario[] = [
  {
    name: 'pictures',
    proves: 'the window can be shown',
    run: async (stage) => {
      const ensemble = await stage.startEnsemble();
      await changeLeader(ensemble);
      await moveIn(() => stage.connect(ensemble));
      const [member] = ensemble.members;
      if (member === undefined) throw new Error('there are three members');
      mkdirSync(FOLDER, { recursive: true });
      const work = new AbortController();
      const working = keepBusy(await stage.connect(ensemble), work.signal);
      for (const colours of ['light', 'dark'] as const) {
        const window = await stage.open(member, { colours, place: '#/ensemble' });
        await window.page.waitForTimeout(WATCHED_MS);
        for (const view of VIEWS) await take(stage, window, view, colours);
        await window.close();
      }
      work.abort();
      await working;
      return `${2 * VIEWS.length} in docs/images`;
    },
  },
];

/** So that there is an election to be seen. */
async function changeLeader(ensemble: Ensemble): Promise<void> {
  const leader = await ensemble.leader();
  await leader.kill();
  await ensemble.leader();
  leader.start();
  await ensemble.serving();
}

/** Reads and writes that come and go as those of people do. */
async function keepBusy(client: Client, signal: AbortSignal): Promise<void> {
  await plant(client, COUNTER, '0');
  for (let round = 0; !signal.aborted; round++) {
    const many = Math.round(12 + 8 * Math.sin(round / 25) + 4 * Math.sin(round / 7));
    const calls = Array.from({ length: many }, (_, at) =>
      at % 4 === 0 ? client.set(COUNTER, String(round)) : client.get(COUNTER),
    );
    await Promise.all(calls);
    await client.delay(ROUND_MS);
  }
}

async function take(
  { note }: Stage,
  window: OpenedWindow,
  { name, place, shows, from }: View,
  colours: string,
): Promise<void> {
  await window.go(place);
  await window.see(window.page.locator(shows), name);
  const path = join(FOLDER, `window-${name}-${colours}.png`);
  if (from !== undefined)
    await window.page.locator(from).evaluate((element) => {
      element.closest('.card')?.scrollIntoView({ block: 'start' });
    });
  await window.page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes`);
  note(`window-${name}-${colours}.png: ${Math.round(size / 1024)} KiB`);
}
