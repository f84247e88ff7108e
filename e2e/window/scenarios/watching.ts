import assert from 'node:assert/strict';
import { watchPlace } from '../looks/places.ts';
import type { Scenario } from '../scenario.ts';

const MANY = 3_000;

export const watching: Scenario = {
  name: 'watching',
  proves:
    'a watch shows each event as it comes, stands still while it is paused, keeps no more than it says, and goes on after its member was away',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await client.create('/seen');
    const [member] = await ensemble.followersFirst();
    assert.ok(member);
    const window = await stage.open(member, { place: watchPlace('/seen') });
    const { page } = window;
    const event = (what: string, path: string) =>
      page.locator(`#watch-events .event.${what}`, { hasText: path });
    await window.see(page.locator('#watch-state[data-state=watching]'), 'that it watches');
    await client.create('/seen/one', 'a');
    await window.see(event('created', '/seen/one'), 'what was created');
    await client.set('/seen/one', 'b');
    await window.see(event('changed', '/seen/one'), 'what was changed');
    await client.delete('/seen/one');
    await window.see(event('deleted', '/seen/one'), 'what was deleted');
    await window.activate(page.locator('#watch-pause'));
    await client.create('/seen/while-paused');
    await window.see(
      page.locator('#watch-total', { hasText: /more since it was paused/ }),
      'that there is more',
    );
    assert.equal(await event('created', '/seen/while-paused').count(), 0, 'it goes on while it is paused');
    await window.activate(page.locator('#watch-pause'));
    await window.see(event('created', '/seen/while-paused'), 'what came while it was paused');
    await Promise.all(Array.from({ length: MANY }, (_, at) => client.set('/seen', String(at))));
    await client.create('/seen/last');
    await window.see(
      event('created', '/seen/last').or(page.locator('.event.missed')),
      'what came after many',
    );
    await member.kill();
    await window.see(page.locator('#watch-state[data-state=broken-off]'), 'that it is broken off');
    member.start();
    await window.see(page.locator('#watch-state[data-state=watching]'), 'that it goes on');
    await client.create('/seen/after');
    await window.see(event('created', '/seen/after'), 'what came after its member was away');
    const rows = await page.locator('#watch-events .event').count();
    assert.ok(rows <= 100, `${rows} rows are in the document`);
    window.expectClean();
    return `${MANY} events at once, ${rows} rows drawn`;
  },
};
