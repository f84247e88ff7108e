import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../built-folder.ts';

const TIMEOUT_MS = 10 * 60_000;

/** The folder into which the packages are unpacked, with all that they need and this machine lacks; nothing is installed. Fetched unless the cache has it. */
export function debianPackages(
  name: string,
  packages: readonly string[],
  log: (line: string) => void,
): string {
  const folder = builtFolder(name, packages);
  buildOnce(folder, (unfinished) => {
    log(`fetching Debian's ${packages.join(', ')}`);
    const archives = join(unfinished, 'archives');
    mkdirSync(join(archives, 'partial'), { recursive: true });
    download(archives, packages);
    for (const file of readdirSync(archives).filter((each) => each.endsWith('.deb')))
      run('dpkg', ['-x', join(archives, file), unfinished]);
    rmSync(archives, { recursive: true });
  });
  return folder;
}

/** A machine whose lists of packages were never fetched, or are old, fetches them first. */
function download(archives: string, packages: readonly string[]): void {
  const args = [
    'install',
    '-q',
    '-y',
    '--no-install-recommends',
    '--download-only',
    '-o',
    `Dir::Cache::archives=${archives}`,
    // Nothing of the machine's own is written, so that nobody else has to wait.
    '-o',
    'Debug::NoLocking=true',
    '-o',
    'APT::Sandbox::User=',
    ...packages,
  ];
  try {
    run('apt-get', args);
  } catch {
    run('apt-get', ['update', '-q']);
    run('apt-get', args);
  }
}

/** Its output is shown where it fails. */
function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
