import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, builtFolder } from '../../testkit/src/built-folder.ts';

const PYTHON = 'python3';
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** What the scenarios' own Python programs need. */
const programsNeed = join(dirname(fileURLToPath(import.meta.url)), 'requirements.txt');

/** What is missing on this machine to run kazoo, in one line; undefined when nothing is. */
export function missingForPython(): string | undefined {
  try {
    pythonVersion();
    return undefined;
  } catch {
    return `${PYTHON} is not installed`;
  }
}

/**
 * The Python of a virtual environment with the packages that the file `requirements` pins, made unless the cache has it. Only its `python` may be
 * run: the scripts beside it know the name that it had before.
 */
export function installPython(log: (line: string) => void, requirements = programsNeed): string {
  const folder = builtFolder('python-venv', [readFileSync(requirements, 'utf8'), pythonVersion()]);
  const python = join('bin', 'python');
  buildOnce(folder, (unfinished) => {
    log(`making a Python environment of ${requirements}`);
    run(PYTHON, ['-m', 'venv', unfinished]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    run(join(unfinished, python), install);
  });
  return join(folder, python);
}

function pythonVersion(): string {
  return execFileSync(PYTHON, ['--version'], { encoding: 'utf8' });
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: INSTALL_TIMEOUT_MS });
}
