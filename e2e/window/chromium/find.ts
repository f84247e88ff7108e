import { rmSync } from 'node:fs';
import { debianPackages } from '../../../testkit/src/installs/debian-packages.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';
import { Complaint } from '../../../testkit/src/scenarios/complaint.ts';
import { DEBIAN_PACKAGES, programIn } from './debian-packages.ts';
import type { Program } from './program.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;

/**
 * The Chromium that CHROMIUM names, or one of this machine, or else Debian's package with what it needs, which is kept in the cache and not installed. Throws
 * where there is none.
 */
export function findChromium(log: (line: string) => void): Program {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '') {
    if (!runsHere(named, '--version')) throw new Complaint(`CHROMIUM=${named} does not run here`);
    return { path: named, environment: {} };
  }
  const installed = NAMES.find((name) => runsHere(name, '--version'));
  if (installed !== undefined) return { path: installed, environment: {} };
  return cachedChromium(log);
}

/** One that was unpacked beside libraries which this machine no longer has is fetched anew. */
function cachedChromium(log: (line: string) => void): Program {
  if (!runsHere('apt-get', '--version') || !runsHere('dpkg', '--version'))
    throw new Complaint(
      'no Chromium is installed, and only for Debian and Ubuntu it is fetched: set CHROMIUM to the path of one',
    );
  let folder = '';
  for (const isRetry of [false, true]) {
    folder = debianPackages('chromium', DEBIAN_PACKAGES, log);
    const program = programIn(folder);
    if (runsHere('env', ...settings(program), program.path, '--version')) return program;
    if (!isRetry) rmSync(folder, { recursive: true, force: true });
  }
  throw new Complaint(`Debian's Chromium does not run here: try ${folder}, or set CHROMIUM`);
}

function settings({ environment }: Program): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
