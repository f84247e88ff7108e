import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';
import { debianPackages } from '../../../testkit/src/installs/debian-packages.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/** ZooKeeper's C client as Debian has it, and its headers: without TLS. */
const PACKAGES = ['libzookeeper-mt2', 'libzookeeper-mt-dev'] as const;

const programs = join(import.meta.dirname, '..', 'c');

/** What is missing on this machine to build with Debian's packages, in one line; undefined when nothing is. */
export function missingForDebianC(): string | undefined {
  for (const tool of ['cc', 'apt-get', 'dpkg']) {
    if (!runsHere(tool, '--version'))
      return `${tool} is not installed: ${PACKAGES[0]} is a package of Debian`;
  }
  return undefined;
}

/** Returns the path of the program that is made from the files of `c/<name>` and Debian's library. */
export function buildDebianCProgram(name: string, log: (line: string) => void): string {
  const library = debianPackages('debian-c-library', PACKAGES, log);
  const sources = join(programs, name);
  const files = readdirSync(sources).map((file) => join(sources, file));
  const folder = builtFolder('c-clients', [library, ...files.map((file) => readFileSync(file, 'utf8'))]);
  buildOnce(folder, (unfinished) => {
    log(`building the C client ${name}`);
    const architecture = run('cc', ['-print-multiarch'], sources).trim();
    const flags = [
      '-std=gnu11',
      '-O1',
      '-Wall',
      '-Wextra',
      '-DTHREADED',
      `-I${join(library, 'usr/include')}`,
    ];
    const archive = join(library, 'usr/lib', architecture, 'libzookeeper_mt.a');
    const sourceFiles = files.filter((file) => file.endsWith('.c'));
    run('cc', [...flags, '-o', join(unfinished, name), ...sourceFiles, archive, '-lpthread', '-lm'], sources);
  });
  return join(folder, name);
}

/** Its output is shown where it fails. */
function run(command: string, args: readonly string[], cwd: string): string {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio, timeout: BUILD_TIMEOUT_MS });
}
