import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJunit, type TestResult } from '../suites/junit.ts';
import { runGroup } from '../suites/process-group.ts';
import { NO_SUITES, type SuiteName, VERSION } from './expected.ts';

/** The longest one takes some three minutes. */
const CLASS_TIMEOUT_MS = 10 * 60_000;
const LAUNCHER = 'org.junit.platform.console.ConsoleLauncher';
const REPORT = 'TEST-junit-jupiter.xml';

/** Where the suites are run, and with what. */
export interface Ground {
  readonly classpath: string;
  /** The command that starts a member. */
  readonly server: string;
  /** An empty folder, for reports and for the members' data. */
  readonly folder: string;
}

export interface TestClass {
  readonly suite: SuiteName;
  /** With its package. */
  readonly name: string;
}

/** The classes of a suite that hold tests, the largest ones first: those take longest. */
export function classesOf(jars: string, suite: SuiteName): TestClass[] {
  const jar = join(jars, `curator-${suite}-${VERSION}-tests.jar`);
  // Size, date in six words, path.
  const lines = execFileSync('jar', ['tvf', jar], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .map(([size, ...rest]) => ({ bytes: Number(size), path: rest.at(-1) ?? '' }))
    .filter(({ path }) => /\/(\w*Test\w*)\.class$/.test(path))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ path }) => ({ suite, name: path.replace(/\.class$/, '').replaceAll('/', '.') }))
    .filter(({ name }) => !NO_SUITES.includes(simpleName(name)));
}

export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Runs classes, `workers` at a time, each in a Java of its own. `done` hears of each one as it ends. Resolves with the results of all. */
export async function runClasses(
  ground: Ground,
  classes: readonly TestClass[],
  workers: number,
  done: (testClass: TestClass, results: readonly TestResult[], seconds: number) => void,
): Promise<Map<TestClass, readonly TestResult[]>> {
  const waiting = [...classes];
  const all = new Map<TestClass, readonly TestResult[]>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startMs = performance.now();
      const results = await runClass(ground, next);
      done(next, results, (performance.now() - startMs) / 1_000);
      all.set(next, results);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return all;
}

/** Rejects where the launcher itself, rather than a test, went wrong. */
function runClass(ground: Ground, { name }: TestClass): Promise<TestResult[]> {
  return launch(ground, name, ['--select-class', name]);
}

/**
 * Runs one test once more, alone. Resolves with what came of it, or with `failed` itself where it cannot be run alone: one of those that a method with
 * parameters makes. @param attempt tells its files apart from those of other attempts
 */
export async function runAgain(ground: Ground, failed: TestResult, attempt: number): Promise<TestResult> {
  const [, testClass, method] = /^(.*)\.(\w+)\(\)$/.exec(failed.name) ?? [];
  if (testClass === undefined || method === undefined) return failed;
  const label = `${testClass}-${method}-${attempt}`;
  const results = await launch(ground, label, ['--select-method', `${testClass}#${method}`]);
  return results.find(({ name }) => name === failed.name) ?? failed;
}

async function launch(
  { classpath, server, folder }: Ground,
  label: string,
  selector: readonly string[],
): Promise<TestResult[]> {
  const [work = '', logs = '', reports = ''] = ['work', 'members', 'reports'].map((part) =>
    join(folder, label, part),
  );
  for (const path of [work, logs]) mkdirSync(path, { recursive: true });
  const flags = [
    '-Xmx384m',
    `-Djava.io.tmpdir=${work}`,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
  ];
  const args = ['execute', '--include-engine', 'junit-jupiter', ...selector];
  args.push('--reports-dir', reports, '--details', 'none', '--disable-banner');
  const output = await runGroup('java', [...flags, '-cp', classpath, LAUNCHER, ...args], {
    cwd: work,
    env: { ...process.env, ROOKERY_SERVER: server, CURATOR_MEMBER_LOGS: logs },
    timeoutMs: CLASS_TIMEOUT_MS,
  });
  try {
    return readJunit(readFileSync(join(reports, REPORT), 'utf8'));
  } catch (cause) {
    throw new Error(`JUnit left no report of ${label}:\n${output.slice(-4_000)}`, { cause });
  }
}
