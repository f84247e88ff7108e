/** Runs kazoo's own test suite against three real processes; exits with 1 where a test fails that is not listed in expected.ts. */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { newWorkFolder } from '../../../testkit/src/cache.ts';
import { Complaint } from '../../../testkit/src/scenarios/complaint.ts';
import { exitCodeOf } from '../../../testkit/src/scenarios/exit-code.ts';
import { printLine } from '../../../testkit/src/scenarios/print-line.ts';
import type { Counts } from '../../../testkit/src/scenarios/runner.ts';
import { stopBySignal } from '../../../testkit/src/stop-by-signal.ts';
import { rookery } from '../../../testkit/src/systems/rookery.ts';
import { installPython, missingForPython } from '../python-venv.ts';
import { stopGroups } from '../suites/process-group.ts';
import { judge, type Verdict } from '../suites/verdict.ts';
import { LEAST_PASSED, mayFail } from './expected.ts';
import { runFiles, suiteFiles, suiteRequirements } from './suite.ts';

const DEFAULT_WORKERS = 2;

const usage = `kazoo's own test suite against three members of Rookery, started by kazoo's harness.

  node e2e/clients/kazoo/run.ts [options]

  --only <names>     comma-separated beginnings of test files without test_: lock,client
  --runs <n>         so many times, each of which has to pass (default 1)
  --workers <n>      test files at a time, each with an ensemble of its own (default ${DEFAULT_WORKERS})
`;

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Complaint(`--${option} takes a whole number from 1`);
  return value;
}

async function runOnce(only: readonly string[] | undefined, workers: number): Promise<Verdict> {
  const startMs = performance.now();
  const python = installPython(printLine, suiteRequirements);
  const { packages, files } = suiteFiles(python);
  const chosen = files.filter(
    (file) => only === undefined || only.some((name) => basename(file).startsWith(`test_${name}`)),
  );
  if (chosen.length === 0) throw new Complaint('no test file has such a name');
  const folder = newWorkFolder('kazoo-suite');
  const results = await runFiles({ python, folder }, packages, chosen, workers, (file, those, seconds) => {
    const passed = those.filter(({ outcome }) => outcome === 'passed').length;
    printLine(
      `${`${seconds.toFixed(1)} s`.padStart(8)}  ${basename(file)}: ${passed} of ${those.length} passed`,
    );
  });
  const verdict = judge(results, mayFail, only === undefined ? LEAST_PASSED : undefined);
  for (const name of verdict.expectedFailures) printLine(`failed, as expected: ${name}: ${mayFail[name]}`);
  for (const complaint of verdict.complaints) printLine(`FAILED ${complaint}`);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  printLine(
    `kazoo.tests: ${verdict.passed} passed, ${verdict.skipped} skipped, ${verdict.expectedFailures.length} failed as expected, ${verdict.complaints.length} otherwise, in ${seconds} s`,
  );
  if (verdict.complaints.length === 0) rmSync(folder, { recursive: true, force: true });
  else printLine(`reports and the members' logs are kept in ${folder}`);
  return verdict;
}

async function main(): Promise<Counts | undefined> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string' },
      runs: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(DEFAULT_WORKERS) },
    },
  });
  if (values.help) {
    printLine(usage.trimEnd());
    return undefined;
  }
  const runs = wholeNumber('runs', values.runs);
  const workers = wholeNumber('workers', values.workers);
  const missing = missingForPython() ?? rookery.missing();
  if (missing !== undefined) throw new Complaint(missing);
  rookery.prepare(printLine);
  let passed = 0;
  let failed = 0;
  for (let run = 1; run <= runs; run++) {
    if (runs > 1) printLine(`run ${run} of ${runs}`);
    const verdict = await runOnce(values.only?.split(','), workers);
    passed += verdict.passed;
    failed += verdict.complaints.length;
  }
  return { passed, failed };
}

stopBySignal(stopGroups);
process.exitCode = await exitCodeOf(main);
// Where it broke off, some still run.
stopGroups();
