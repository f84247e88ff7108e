import assert from 'node:assert/strict';
import { Election, Lock } from '@rookery/client';
import { treePlace } from '../looks/places.ts';
import { moveIn } from '../nodes/company.ts';
import type { Scenario } from '../scenario.ts';

const LOCK = '/locks/nightly-report';

export const recipes: Scenario = {
  name: 'recipes',
  proves:
    'a lock as kazoo lays it out and an election as Curator does are recognised, with holder, waiters and their sessions, and follow who comes and goes',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    await moveIn(() => stage.connect(ensemble));
    const watcher = await stage.connect(ensemble);
    const [holder, next] = await new Lock(watcher, LOCK, { layout: 'kazoo' }).contenders();
    const leaders = await new Election(watcher, '/elections/scheduler').contenders();
    assert.ok(holder && next);
    const [member] = ensemble.members;
    assert.ok(member);
    const window = await stage.open(member, { place: treePlace(LOCK) });
    const { page } = window;
    const recipe = page.locator('#node-recipe');
    await window.see(recipe.locator('h3', { hasText: /lock.*kazoo/i }), 'a lock of kazoo');
    await window.see(recipe.locator('.holders li', { hasText: 'report-worker-1' }), 'who holds it');
    assert.deepEqual(await recipe.locator('.waiters .says').allTextContents(), [
      'report-worker-2',
      'report-worker-3',
    ]);
    const since = await recipe.locator('.holders time').getAttribute('datetime');
    assert.equal(Date.parse(since ?? ''), holder.sinceMs, 'since when it is held');
    const session = await recipe.locator('.holders a.session').textContent();
    assert.equal(session, `0x${holder.session.toString(16)}`, 'the session of who holds it');
    await watcher.delete(holder.path);
    await window.see(recipe.locator('.holders li', { hasText: 'report-worker-2' }), 'who holds it by then');
    await window.go(treePlace('/elections/scheduler'));
    await window.see(recipe.locator('h3', { hasText: /Curator/ }), 'a layout of Curator');
    await window.see(recipe.locator('.holders li', { hasText: 'report-worker-1' }), 'who leads');
    await window.go(treePlace(next.path));
    await window.see(
      recipe.locator('.place', { hasText: LOCK }),
      'the lock that this node is a contender of',
    );
    window.expectClean();
    return `a lock with 2 waiters, an election of ${leaders.length}`;
  },
};
