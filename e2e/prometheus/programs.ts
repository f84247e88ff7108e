import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce } from '../../testkit/src/built-folder.ts';
import { cacheFolder } from '../../testkit/src/cache.ts';
import { runsHere } from '../../testkit/src/runs-here.ts';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';

export interface Programs {
  readonly prometheus: string;
  readonly promtool: string;
}

const TIMEOUT_MS = 5 * 60_000;

/**
 * Prometheus and promtool: those of this machine, or else out of Debian's package, which is kept in the cache and not installed. Throws where
 * there is neither.
 */
export function findPrograms(log: (line: string) => void): Programs {
  if (runsHere('promtool', '--version') && runsHere('prometheus', '--version'))
    return { prometheus: 'prometheus', promtool: 'promtool' };
  const folder = cacheFolder('prometheus');
  buildOnce(folder, (unfinished) => unpackFromDebian(unfinished, log));
  const programs = join(folder, 'usr', 'bin');
  return { prometheus: join(programs, 'prometheus'), promtool: join(programs, 'promtool') };
}

function unpackFromDebian(folder: string, log: (line: string) => void): void {
  if (!runsHere('apt-get', '--version') || !runsHere('dpkg', '--version'))
    throw new Complaint(
      'prometheus and promtool are not installed, and only for Debian and Ubuntu they are fetched',
    );
  log('fetching Prometheus from Debian (once)');
  download(folder);
  const [archive] = readdirSync(folder);
  if (archive === undefined) throw new Complaint('apt-get download prometheus has left nothing');
  run('dpkg', ['-x', archive, '.'], folder);
  rmSync(join(folder, archive));
}

/** A machine whose lists of packages were never fetched, or are old, fetches them first. */
function download(folder: string): void {
  try {
    run('apt-get', ['download', '-q', 'prometheus'], folder);
  } catch {
    run('apt-get', ['update', '-q'], folder);
    run('apt-get', ['download', '-q', 'prometheus'], folder);
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT_MS });
}
