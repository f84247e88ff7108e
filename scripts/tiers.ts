/**
 * The tiers of tests. Stages that only count what is right run side by side; those that measure time run alone:
 *
 *   node scripts/tiers.ts test      types, lint, every test that needs only Node and Python    (make test)
 *   node scripts/tiers.ts clients   real clients, Java among them, and rounds of kill -9       (make test-clients)
 *   node scripts/tiers.ts weight    mixed load and faults on small machines, four minutes      (needs Linux and root)
 *   node scripts/tiers.ts neighbours  programs that people run beside ZooKeeper                (make neighbours)
 *   node scripts/tiers.ts e2e       the operator on a real Kubernetes                          (make e2e)
 *   node scripts/tiers.ts ci        all of these, the last one in part, and kazoo's own tests  (.ci/run)
 *   node scripts/tiers.ts nightly   all of it at length, the benchmark last                    (make nightly)
 *
 * `--only operator,kazoo` after it runs the stages alone whose names have one of these words: a night that was cut off is gone on with.
 *
 * Prints a table, what failed and why, and, as the last line, `N passed, N failed`. Exit 1 where anything failed or a stage ran nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'rookery-tiers-'));
const vitestReport = join(scratch, 'vitest.json');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What failed and why, a line each: whoever sees the end of a long output alone knows where to look. */
  readonly failures?: readonly string[];
}

/** The part of vitest's report that is read. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What the stage ran, from all that it printed; without it the stage counts as one check. */
  readonly count?: (output: string, exitCode: number) => Counts;
  /** What it said stands beneath the table, too. */
  readonly isRepeated?: true;
}

const node = process.execPath;

const types: Stage = { name: 'types', command: ['npm', 'run', '--silent', 'typecheck'] };
/** Warns, and says so where nobody answers; what it says is repeated at the end. */
const vulnerabilities: Stage = {
  name: 'known vulnerabilities of dependencies',
  command: [node, 'scripts/known-vulnerabilities.ts'],
  isRepeated: true,
};
const lint: Stage = { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] };

function vitest(environment: Readonly<Record<string, string>> = {}): Stage {
  return {
    name: 'unit, property and component tests, planted bugs, simulations',
    // What runs beside it talks to real clients, who do not wait for ever.
    command: [
      'nice',
      '-n',
      '10',
      'npx',
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
    environment,
    count: () => {
      const report = JSON.parse(readFileSync(vitestReport, 'utf8')) as VitestReport;
      const failed = report.numFailedTests > 0 ? report.numFailedTests : report.numFailedTestSuites;
      return { passed: report.numPassedTests, failed, failures: failuresOf(report) };
    },
  };
}

function failuresOf({ testResults }: VitestReport): string[] {
  const firstLine = (text = ''): string => text.split('\n', 1)[0] ?? '';
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.replace(`${root}/`, '');
    const failed = assertionResults.filter((result) => result.status === 'failed');
    // A file that could not be run at all has no tests.
    if (failed.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`,
    );
  });
}

function clients(name: string, ...options: string[]): Stage {
  return {
    name,
    command: [node, 'e2e/clients/run.ts', ...options],
    count: scenarioCounts,
  };
}

/** ClickHouse is a quarter of a gigabyte to fetch, and a server of S3 takes minutes to be built: for the night alone. */
const realClients = clients(
  'real clients and kill -9',
  '--tier',
  'ci',
  '--without',
  'machines,clickhouse,s3',
);

/** Mixed load and faults on small machines of the kernel's making: for root alone. */
function weight(tier: 'ci' | 'nightly'): Stage[] {
  if (process.getuid?.() !== 0) return [];
  const name = `mixed load and faults on small machines${tier === 'nightly' ? ', for an hour' : ''}`;
  return [clients(name, '--tier', tier, '--only', 'long-run')];
}

/** kazoo's own tests, `runs` times. */
function kazooSuite(runs: number): Stage {
  return {
    name: "kazoo's own test suite",
    command: [node, 'e2e/clients/kazoo/run.ts', '--runs', String(runs)],
    count: scenarioCounts,
  };
}

/** Curator's own tests of client, framework and recipes. */
const curatorSuites: Stage = {
  name: "Curator's own test suites",
  command: [node, 'e2e/clients/curator/run.ts'],
  count: scenarioCounts,
};

/** Classes of them that take seconds each. */
const curatorFast: Stage = {
  name: "a dozen classes of Curator's own tests",
  command: [node, 'e2e/clients/curator/run.ts', '--fast'],
  count: scenarioCounts,
};

/** Kafka, HBase and the like, each with members of its own. */
const neighbours: Stage = {
  name: 'programs that people run beside ZooKeeper',
  command: [node, 'e2e/neighbours/run.ts'],
  count: scenarioCounts,
};

/** Of runners that end with `N passed, N failed`. */
function scenarioCounts(output: string, exitCode: number): Counts {
  const line = output.match(/^(\d+) passed, (\d+) failed$/m);
  if (line === null) return { passed: 0, failed: 1 };
  const failed = Number(line[2]);
  const failures = output.match(/^FAILED .*\n.*$/gm)?.map((lines) => lines.replace('\n', ': ')) ?? [];
  return { passed: Number(line[1]), failed: failed === 0 && exitCode !== 0 ? 1 : failed, failures };
}

function compatibility(...options: string[]): Stage {
  return {
    name: 'every reply beside that of Apache ZooKeeper',
    command: [node, 'e2e/compatibility/run.ts', ...options],
    count: scenarioCounts,
  };
}

const prometheus: Stage = {
  name: 'alerts and metrics with Prometheus',
  command: [node, 'e2e/prometheus/run.ts'],
  count: scenarioCounts,
};

/** The page that members serve; the nightly tier measures how it scrolls, too. */
function page(tier: 'ci' | 'nightly'): Stage {
  return {
    name: 'the window in a real Chromium',
    command: [node, 'e2e/window/run.ts', '--tier', tier],
    count: scenarioCounts,
  };
}

function operator(tier: 'fast' | 'all'): Stage {
  return {
    name: 'the operator on a real Kubernetes',
    command: [node, 'e2e/operator/run.ts', '--tier', tier],
    count: scenarioCounts,
  };
}

/** Stages one after the other. */
type Lane = readonly Stage[];
/** What runs side by side; the next step begins once all of it has ended. */
type Step = readonly Lane[];

function alone(...stages: Stage[]): Step {
  return [stages];
}

const tiers: Readonly<Record<string, readonly Step[]>> = {
  test: [
    [[types], [lint]],
    alone(
      vitest(),
      clients(
        'kazoo',
        '--tier',
        'fast',
        '--only',
        'kazoo-basics,four-letter-words,reconnect,readme-python',
        '--without',
        'java',
      ),
    ),
  ],
  clients: [alone(realClients)],
  weight: [alone(...weight('ci'))],
  neighbours: [alone(neighbours)],
  e2e: [alone(operator('all'))],
  ci: [
    [[types], [lint], [vulnerabilities]],
    [[vitest()], [compatibility(), kazooSuite(1), curatorFast, prometheus, page('ci'), operator('fast')]],
    alone(realClients, ...weight('ci')),
  ],
  nightly: [
    [[types], [lint], [vulnerabilities]],
    [
      [
        vitest({
          RAFT_SEEDS: '10000',
          SIM_SEEDS: '2000',
          RECIPE_SEEDS: '500',
          WALK: 'whole',
          CRASH_POINTS: 'all',
        }),
      ],
      [compatibility('--seeds', '200'), kazooSuite(3), prometheus, operator('all')],
    ],
    alone(
      // Its tests have waits of their own, made for a machine that does little else.
      curatorSuites,
      neighbours,
      clients(
        'real clients, kill -9, ten minutes of full load',
        '--tier',
        'nightly',
        '--without',
        'machines',
      ),
      page('nightly'),
      ...weight('nightly'),
      { name: 'side by side with Apache ZooKeeper', command: [node, 'bench/src/main.ts'] },
      { name: 'clients side by side', command: [node, 'e2e/clients/ceilings/run.ts'] },
    ),
  ],
};

/** Everything without `words`. */
function onlyNamed(all: readonly Step[], words: readonly string[] | undefined): readonly Step[] {
  if (words === undefined) return all;
  const isMeant = ({ name }: Stage): boolean => words.some((word) => name.includes(word));
  return all.map((step) => step.map((lane) => lane.filter(isMeant)).filter((lane) => lane.length > 0));
}

function namesOf(all: readonly Step[]): string[] {
  return all.flat(2).map(({ name }) => name);
}

/** `print` takes what it says as it comes. */
function run(stage: Stage, print: (text: string) => void): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolveRun) => {
    const [file, ...args] = stage.command;
    const child = spawn(file!, args, {
      cwd: root,
      env: { ...process.env, ...stage.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: string): void => {
      output += chunk;
      print(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => take(`${error.message}\n`));
    child.on('close', (code) => resolveRun({ exitCode: code ?? 1, output }));
  });
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const whole = tiers[positionals[0] ?? ''];
if (whole === undefined) {
  console.error(`which tier? ${Object.keys(tiers).join(', ')}`);
  process.exit(2);
}
const steps = onlyNamed(whole, values.only?.split(','));
if (steps.flat(2).length === 0) {
  console.error(`no stage is named so: ${values.only}. There are: ${namesOf(whole).join('; ')}`);
  process.exit(2);
}

const rows: string[] = [];
const failures: string[] = [];
const repeated: string[] = [];
let passed = 0;
let failed = 0;
for (const step of steps) {
  await Promise.all(step.map((lane, number) => runLane(lane, number === 0)));
}
rmSync(scratch, { recursive: true, force: true });
const told = failures.length === 0 ? [] : ['', ...failures];
console.log(`\n${[...rows, ...told, ...repeated].join('\n')}\n\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Only one lane prints as it goes: what a stage of another one says is printed whole when it ends. */
async function runLane(lane: Lane, isLive: boolean): Promise<void> {
  for (const stage of lane) {
    const title = `\n━━ ${stage.name}: ${stage.command.join(' ').replaceAll(`${root}/`, '')}`;
    if (isLive) console.log(title);
    const began = performance.now();
    const { exitCode, output } = await run(stage, (text) => isLive && process.stdout.write(text));
    if (!isLive) console.log(`${title}\n${output}`);
    if (stage.isRepeated === true) repeated.push(`\n${output.trim()}`);
    const counts = countOf(stage, output, exitCode);
    passed += counts.passed;
    failed += counts.failed;
    failures.push(...(counts.failures ?? []));
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(7);
    const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
    rows.push(
      `${verdict} ${seconds} s  ${String(counts.passed).padStart(6)} passed ${String(counts.failed).padStart(4)} failed  ${stage.name}`,
    );
  }
}

/** A stage that ends well having run nothing has failed. */
function countOf(stage: Stage, output: string, exitCode: number): Counts {
  if (stage.count === undefined) return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  try {
    const counts = stage.count(output, exitCode);
    const nothing = counts.passed + counts.failed === 0 || (exitCode !== 0 && counts.failed === 0);
    return nothing ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    console.error(
      `what ${stage.name} ran cannot be counted: ${error instanceof Error ? error.message : error}`,
    );
    return { passed: 0, failed: 1 };
  }
}
