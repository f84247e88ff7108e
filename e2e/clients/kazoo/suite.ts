import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { reservePortRange } from '../../../testkit/src/systems/ports.ts';
import { readJunit, type TestResult } from '../suites/junit.ts';
import { runGroup } from '../suites/process-group.ts';

/** Says that it is the release that it is compared with: some tests are skipped for older ones. */
const ZOOKEEPER_VERSION = '3.9.5';
const MEMBERS = 3;
/** kazoo's harness gives each member ten ports in a row, of which it uses five. */
const PORTS = MEMBERS * 10;
/** The longest test takes some 25 s; one that waits for what never comes takes all of this. */
const TEST_TIMEOUT_SECONDS = 90;
const FILE_TIMEOUT_MS = 10 * 60_000;

/** What the Python of the suite has to have, for pip. */
export const suiteRequirements = join(import.meta.dirname, 'requirements.txt');

/** Where the suite is run, and with what. */
export interface Ground {
  /** The Python that has kazoo and pytest. */
  readonly python: string;
  /** An empty folder, for reports and for the members' data. */
  readonly folder: string;
}

/** The test files of the kazoo that `python` has, the longest ones first: those take longest. */
export function suiteFiles(python: string): { readonly packages: string; readonly files: readonly string[] } {
  const program = 'import kazoo, os; print(os.path.dirname(os.path.dirname(kazoo.__file__)))';
  const packages = execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
  const tests = join(packages, 'kazoo', 'tests');
  const files = readdirSync(tests)
    .filter((name) => /^test_\w+\.py$/.test(name))
    .map((name) => join(tests, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  return { packages, files };
}

/**
 * Runs test files, `workers` at a time, each with an ensemble of its own, which kazoo's harness starts through our `java`.
 * `done` hears of each file as it ends. Resolves with the results of all.
 */
export async function runFiles(
  ground: Ground,
  packages: string,
  files: readonly string[],
  workers: number,
  done: (file: string, results: readonly TestResult[], seconds: number) => void,
): Promise<TestResult[]> {
  const waiting = [...files];
  const all: TestResult[] = [];
  const work = async (firstPort: number): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const startMs = performance.now();
      const results = await runFile(ground, packages, file, firstPort);
      done(file, results, (performance.now() - startMs) / 1_000);
      all.push(...results);
    }
  };
  const firstPort = await reservePortRange(PORTS * workers);
  const workersPorts = Array.from({ length: workers }, (_, worker) => firstPort + worker * PORTS);
  await Promise.all(workersPorts.map(work));
  return all;
}

/** Rejects where pytest itself, rather than a test, went wrong. */
async function runFile(
  { python, folder }: Ground,
  packages: string,
  file: string,
  firstPort: number,
): Promise<TestResult[]> {
  const name = file.replace(/^.*\/|\.py$/g, '');
  const report = join(folder, `${name}.xml`);
  const work = join(folder, name);
  const logs = join(folder, `${name}-members`);
  for (const path of [work, logs]) mkdirSync(path, { recursive: true });
  const args = [
    '-m',
    'pytest',
    '-p',
    'no:cacheprovider',
    '--quiet',
    '-c',
    '/dev/null',
    '--rootdir',
    packages,
  ];
  args.push('--timeout', String(TEST_TIMEOUT_SECONDS), '--junitxml', report, file);
  const env = {
    ...process.env,
    PATH: `${import.meta.dirname}${delimiter}${process.env.PATH ?? ''}`,
    TMPDIR: work,
    KAZOO_MEMBER_LOGS: logs,
    ZOOKEEPER_VERSION,
    ZOOKEEPER_CLASSPATH: 'any',
    ZOOKEEPER_CLUSTER_SIZE: String(MEMBERS),
    ZOOKEEPER_PORT_OFFSET: String(firstPort),
    // Where these are set, tests change their waits or want Kerberos.
    CI: '',
    KRB5_TEST_ENV: '',
  };
  const output = await runGroup(python, args, { cwd: work, env, timeoutMs: FILE_TIMEOUT_MS });
  try {
    return readJunit(readFileSync(report, 'utf8'));
  } catch (cause) {
    throw new Error(`pytest left no report of ${file}:\n${output}`, { cause });
  }
}
