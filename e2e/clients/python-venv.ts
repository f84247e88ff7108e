import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../testkit/src/cache.ts';

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
 * The Python of a virtual environment with the packages that the file `requirements` pins, made unless the cache has it. It
 * is filled under another name and renamed, and its name carries a hash of the pins and of Python's version: a half-filled
 * or outdated one is never used. Only its `python` may be run: the scripts beside it know the name that it had before.
 */
export function installPython(log: (line: string) => void, requirements = programsNeed): string {
  const hash = createHash('sha256').update(readFileSync(requirements)).update(pythonVersion());
  const folder = cacheFolder('python-venv', hash.digest('hex').slice(0, 12));
  const python = join('bin', 'python');
  if (!existsSync(folder)) {
    log('making a Python environment with kazoo');
    mkdirSync(dirname(folder), { recursive: true });
    const unfinished = mkdtempSync(`${folder}.unfinished-`);
    try {
      run(PYTHON, ['-m', 'venv', unfinished]);
      const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
      run(join(unfinished, python), install);
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // Another process may have finished first: a rename onto its folder fails, and its folder is as good.
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, python);
}

function pythonVersion(): string {
  return execFileSync(PYTHON, ['--version'], { encoding: 'utf8' });
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: INSTALL_TIMEOUT_MS });
}
