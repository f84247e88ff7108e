/** Tries one core against the rules and the simulation, outside the test runner's own module loader. */
import { parentPort, workerData } from 'node:worker_threads';
import { allRules } from '../rules/all-rules.ts';
import type { Core } from '../simulation/environment.ts';
import { runSeed } from '../simulation/run-seed.ts';
import type { Trial, Verdict } from './trial.ts';

const { coreUrl, seeds } = workerData as Trial;
const core = (await import(coreUrl)) as Core;
const verdict: Verdict = { brokenRules: [], failure: undefined };
for (const { name, check } of Object.values(allRules).flat()) {
  try {
    check(core);
  } catch {
    verdict.brokenRules.push(name);
  }
}
for (let seed = 1; seed <= seeds && verdict.failure === undefined; seed += 1) {
  try {
    runSeed(seed, { core });
  } catch (error) {
    verdict.failure = { seed, error: String(error) };
  }
}
parentPort?.postMessage(verdict);
