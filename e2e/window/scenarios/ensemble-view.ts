import assert from 'node:assert/strict';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { OpenedWindow } from '../opened-window.ts';
import type { Scenario } from '../scenario.ts';

export const ensembleView: Scenario = {
  name: 'ensemble-view',
  proves:
    'one page shows all members, one that is killed, who leads and who led; leadership is handed over by the keyboard alone',
  run: async (stage) => {
    const ensemble = await stage.startEnsemble();
    const client = await stage.connect(ensemble);
    await client.create('/written');
    const [leader, ...followers] = [...(await ensemble.followersFirst())].reverse();
    const [killed, next] = followers;
    assert.ok(leader && killed && next);
    // The one that shows the page outlives the others.
    const window = await stage.open(leader, { withChanges: true });
    await seeThree(window, leader);
    await killFollower(window, killed);
    killed.start();
    await window.see(
      window.page.locator('#headline', { hasText: /all members are in step/i }),
      'that all are well again',
    );
    await handOver(window, next);
    assert.equal((await ensemble.leader()).serverId, next.serverId);
    const after = await killLeader(window, ensemble, next);
    window.expectClean();
    return `member ${killed.serverId} killed and back, member ${next.serverId} made leader from the keyboard and killed, member ${after} led then`;
  },
};

async function seeThree(window: OpenedWindow, leader: Member): Promise<void> {
  const { page } = window;
  await window.see(
    page.locator('#headline', { hasText: /one voter may fail/i }),
    'the margin of three members',
  );
  await window.see(page.locator(`#member-${leader.serverId} .badge.leader`), 'who leads');
  assert.equal(await page.locator('#members tr').count(), 3);
  assert.equal(
    await page.locator('#members .readiness', { hasText: /^ready$/ }).count(),
    3,
    'members that are ready',
  );
  await window.see(page.locator('#heat-map tr[data-row^="request create"]'), 'how long creates take');
  await window.see(page.locator('#limits .limit').first(), 'the limits');
  await window.see(page.locator('#timeline .reign.on'), 'the reign that goes on');
}

async function killFollower(window: OpenedWindow, member: Member): Promise<void> {
  const { page } = window;
  await member.kill();
  await window.see(
    page.locator(`#member-${member.serverId} .badge.down`, { hasText: 'not connected' }),
    `member ${member.serverId} as not connected`,
  );
  await window.see(
    page.locator('#headline', { hasText: /one more failure and writes stop/i }),
    'that there is no margin',
  );
}

async function handOver(window: OpenedWindow, member: Member): Promise<void> {
  const { page } = window;
  const action = page.getByRole('button', { name: `Make member ${member.serverId} leader` });
  await window.see(action, 'the button that makes it leader');
  // As somebody would who has no mouse: to the button by Tab, and no further than the page goes.
  await page.locator('#skip').focus();
  await page.keyboard.press('Enter');
  for (let pressed = 0; pressed < 60; pressed++) {
    if (await action.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await window.see(page.getByRole('dialog', { name: /make member/i }), 'what will happen');
  await page.keyboard.press('Enter');
  await window.see(
    page.locator(`#member-${member.serverId} .badge.leader`),
    `member ${member.serverId} as the leader`,
  );
}

/** Resolves with the server id of who leads after it. */
async function killLeader(window: OpenedWindow, ensemble: Ensemble, leader: Member): Promise<number> {
  const { page } = window;
  const reigns = page.locator('#timeline .reign');
  const before = await reigns.count();
  await leader.kill();
  const successor = await ensemble.leader();
  await window.see(page.locator(`#member-${successor.serverId} .badge.leader`), 'who leads after it');
  await window.see(page.locator('#timeline .gap'), 'for how long nobody led');
  assert.ok((await reigns.count()) > before, 'the timeline has a reign more');
  return successor.serverId;
}
