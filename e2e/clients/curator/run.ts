/** Runs Curator's own test suites against real processes; exits with 1 where a test fails that is not listed in expected.ts. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../../testkit/src/cache.ts';
import { Complaint } from '../../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import type { Counts } from '../../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../../testkit/src/stop-by-signal.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import type { TestResult } from '../suites/junit.ts';
import { stopGroups } from '../suites/process-group.ts';
import { FAST, least, MOST_RUN_AGAIN, mayFail, RUNS_AGAIN, SUITE_NAMES, unsteady } from './expected.ts';
import { classpathOf, installJars, missingForCurator } from './install.ts';
import { classesOf, type Ground, runAgain, runClasses, simpleName, type TestClass } from './suite.ts';
import { judgeSuites } from './verdict.ts';

const DEFAULT_WORKERS = 4;

const usage = `Curator's own test suites (${SUITE_NAMES.join(', ')}) against members of Rookery, started by Curator's harness.

  node e2e/clients/curator/run.ts [options]

  --only <names>     comma-separated beginnings of names of classes, without their package: TestFramework,TestTtl
  --fast             a dozen classes that take seconds each
  --workers <n>      classes at a time, most of which wait (default ${DEFAULT_WORKERS})
`;

/** Returns the results with those of the last run of each test, and how many tests passed only when they were run again. */
async function withRunsAgain(
  ground: Ground,
  results: ReadonlyMap<TestClass, readonly TestResult[]>,
): Promise<{ last: ReadonlyMap<TestClass, readonly TestResult[]>; saved: number }> {
  const last = new Map<TestClass, readonly TestResult[]>();
  let saved = 0;
  for (const [testClass, those] of results) {
    const settled: TestResult[] = [];
    for (const first of those) {
      let result = first;
      const isListed = first.name in mayFail || first.name in unsteady;
      for (let run = 1; run <= RUNS_AGAIN && result.outcome === 'failed' && !isListed; run++) {
        printLine(`again, for it failed: ${result.name}: ${result.message}`);
        result = await runAgain(ground, result, run);
        if (result.outcome === 'passed') saved += 1;
      }
      settled.push(result);
    }
    last.set(testClass, settled);
  }
  return { last, saved };
}

async function runSuites(only: readonly string[] | undefined, workers: number): Promise<Counts> {
  const startMs = performance.now();
  const jars = installJars(printLine);
  const found = SUITE_NAMES.flatMap((suite) => classesOf(jars, suite));
  const chosen = found.filter(
    ({ name }) => only?.some((begin) => simpleName(name).startsWith(begin)) ?? true,
  );
  if (chosen.length === 0) throw new Complaint('no class has such a name');
  const folder = newWorkFolder('curator-suites');
  const server = join(import.meta.dirname, '../../../node_modules/.bin/rookery-server');
  const ground = { classpath: classpathOf(jars, printLine), server, folder };
  const results = await runClasses(ground, chosen, workers, ({ name }, those, seconds) => {
    const passed = those.filter(({ outcome }) => outcome === 'passed').length;
    printLine(
      `${`${seconds.toFixed(1)} s`.padStart(8)}  ${simpleName(name)}: ${passed} of ${those.length} passed`,
    );
  });
  const { last, saved } = await withRunsAgain(ground, results);
  const judged = judgeSuites(last, { mayFail, unsteady, least: only === undefined ? least : undefined });
  const tooMany = saved > MOST_RUN_AGAIN ? [`${saved} tests passed only when they were run again`] : [];
  const verdict = { ...judged, complaints: [...judged.complaints, ...tooMany] };
  for (const name of verdict.expectedFailures)
    printLine(`failed, as it may: ${name}: ${mayFail[name] ?? unsteady[name]}`);
  for (const complaint of verdict.complaints) printLine(`FAILED ${complaint}`);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  printLine(
    `Curator's suites: ${verdict.passed} passed, ${saved} of them when they were run again, ${verdict.skipped} skipped, ${verdict.expectedFailures.length} failed as they may, ${verdict.complaints.length} complaints, in ${seconds} s`,
  );
  if (verdict.complaints.length === 0) rmSync(folder, { recursive: true, force: true });
  else printLine(`reports and the members' logs are kept in ${folder}`);
  return { passed: verdict.passed, failed: verdict.complaints.length };
}

async function main(): Promise<Counts | undefined> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string' },
      fast: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(DEFAULT_WORKERS) },
    },
  });
  if (values.help) {
    printLine(usage.trimEnd());
    return undefined;
  }
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1) throw new Complaint('--workers takes a whole number from 1');
  const missing = missingForCurator() ?? rookery.missing();
  if (missing !== undefined) throw new Complaint(missing);
  rookery.prepare(printLine);
  return runSuites(values.fast ? FAST : values.only?.split(','), workers);
}

stopBySignal(stopGroups);
process.exitCode = await exitCodeOf(main);
// Where it broke off, some still run.
stopGroups();
