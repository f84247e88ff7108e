import { expect, test } from 'vitest';
import { bugs } from './bugs.ts';
import { dialectBugs } from './dialect-bugs.ts';
import { forceBugs } from './force-bugs.ts';
import { identityBugs } from './identity-bugs.ts';
import { levelBugs } from './level-bugs.ts';
import { membershipBugs } from './membership-bugs.ts';
import { runMutant } from './mutant.ts';
import { sessionBugs } from './session-bugs.ts';
import { weightBugs } from './weight-bugs.ts';

/** Seeds after which a planted bug counts as missed: the rarest one shows in about one of sixty. */
const SEEDS = { first: 1, count: 500 };

for (const bug of [
  ...bugs,
  ...sessionBugs,
  ...membershipBugs,
  ...identityBugs,
  ...weightBugs,
  ...levelBugs,
  ...forceBugs,
  ...dialectBugs,
]) {
  test(`the simulator catches it when ${bug.name}`, { timeout: 1_200_000 }, async () => {
    const { caught, output } = await runMutant(bug, SEEDS);
    expect(caught, output).toBeDefined();
    console.log(`${bug.name}: seed ${caught?.seed}, "${caught?.rule}"`);
    const sound = await runMutant(undefined, { first: caught?.seed ?? 1, count: 1 });
    expect(sound.output).toContain('simulator, seeds');
    expect(sound.caught, 'the same seed without the bug').toBeUndefined();
  });
}
