/** The window in a real Chromium against three members as processes; exits with 1 where something is not as it is said to be. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { newWorkFolder } from '../../testkit/src/cache.ts';
import { choiceOptions, choose, onlyOption } from '../../testkit/src/scenarios/choose.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../testkit/src/scenarios/print-line.ts';
import { type Attempt, type Counts, Runner } from '../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../testkit/src/stop-by-signal.ts';
import { rookery } from '../../testkit/src/systems/rookery.ts';
import { launch } from './chromium/browser.ts';
import { findChromium } from './chromium/find.ts';
import type { Lie } from './lies/lie.ts';
import { lies } from './lies/lies.ts';
import { pictures } from './pictures/pictures.ts';
import { type Scenario, TIERS, type TierName } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Rigged, rig } from './stage.ts';

const usage = `The window in a real Chromium against three members as processes.

  node e2e/window/run.ts [options]

  --tier <name>    ${TIERS.join(' or ')} (default nightly: all of it)
  --only <names>   comma-separated beginnings of scenario names
  --list           print the scenarios and stop
  --screenshots    take the pictures of docs/images instead

The browser is the one that CHROMIUM names, the machine's own, or Debian's.
`;

/** @param browser is asked for once something is to be run */
function attempts(browser: () => Browser, tier: TierName): readonly Attempt[] {
  const truths = scenarios.filter(({ isHeavy }) => tier === 'nightly' || isHeavy !== true);
  const all = [
    ...truths.map((scenario) => attemptOf(scenario, browser, tier)),
    ...lies.map((lie) => lieAttempt(lie, browser, tier)),
  ];
  return all.map((attempt) => ({
    ...attempt,
    again: `node e2e/window/run.ts --tier ${tier} ${onlyOption(attempt)}`,
  }));
}

function attemptOf({ name, proves, run }: Scenario, browser: () => Browser, tier: TierName): Attempt {
  let rigged: Rigged | undefined;
  return {
    name,
    proves,
    run: async () => {
      rigged = rig(browser(), name, tier, printLine);
      let account: string;
      try {
        account = await run(rigged.stage);
      } finally {
        await rigged.end();
      }
      rigged.clear();
      return account;
    },
    evidence: async () => (rigged?.folders ?? []).map((folder) => `its files are kept in ${folder}`),
  };
}

/** Passes where the scenario fails, and says why. */
function lieAttempt(lie: Lie, browser: () => Browser, tier: TierName): Attempt {
  const { name, caughtBy, noticed } = lie;
  const scenario = scenarios.find((candidate) => candidate.name === caughtBy);
  if (scenario === undefined) throw new Complaint(`no scenario is named ${caughtBy}`);
  return {
    name: `lie: ${name}`,
    proves: `${caughtBy} notices it`,
    run: async () => {
      const rigged = rig(browser(), 'lie', tier, printLine, lie);
      const why = await scenario.run(rigged.stage).then(
        () => undefined,
        (error: Error) => error.message,
      );
      await rigged.end();
      rigged.clear();
      if (why === undefined) throw new Complaint(`nobody notices that ${name}`);
      if (!noticed.test(why)) throw new Complaint(`${caughtBy} fails, but not because ${name}: ${why}`);
      return `noticed by ${caughtBy}`;
    },
  };
}

async function main(): Promise<Counts | undefined> {
  const { values } = parseArgs({
    options: {
      ...choiceOptions,
      tier: { type: 'string', default: 'nightly' },
      screenshots: { type: 'boolean' },
    },
  });
  const tier = TIERS.find((name) => name === values.tier);
  if (tier === undefined) throw new Complaint(`--tier takes ${TIERS.join(' or ')}`);
  let browser: Browser | undefined;
  const opened = (): Browser => {
    if (browser === undefined) throw new Error('the browser is launched before anything is run');
    return browser;
  };
  const offered =
    values.screenshots === true
      ? pictures.map((one) => attemptOf(one, opened, tier))
      : attempts(opened, tier);
  const chosen = choose(offered, values, usage, printLine);
  if (chosen === undefined) return undefined;
  const folder = newWorkFolder('browser');
  try {
    rookery.prepare(printLine);
    browser = await launch(findChromium(printLine), folder);
    printLine(`Chromium ${browser.version()}, tier ${tier}`);
    const runner = new Runner(printLine);
    await runner.runAll(chosen);
    return runner.counts;
  } finally {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

stopBySignal();
process.exitCode = await exitCodeOf(main);
