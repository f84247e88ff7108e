import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MemberCommand, MemberFiles, Peer } from './peer.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const launcher = join(root, 'node_modules/.bin/rookery-server');
const BUILD_TIMEOUT_MS = 60_000;

/** This repository's server, started as its users start it. */
export const rookery: Peer = {
  name: 'rookery',
  title: 'Rookery',
  missing: () => (existsSync(launcher) ? undefined : 'rookery-server is not installed: run npm ci'),
  // Users run the bundle; the launcher falls back to the sources, which cost some 40 MB more, when it is out of date.
  prepare: () => {
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: root,
      stdio: 'inherit',
      timeout: BUILD_TIMEOUT_MS,
    });
  },
  configLines: (adminPort) => [`admin.serverPort=${adminPort}`],
  memberCommand: ({ config, profileFolder }: MemberFiles): MemberCommand => {
    const env: Record<string, string> = {};
    if (profileFolder !== undefined) env.ROOKERY_NODE_FLAGS = `--cpu-prof --cpu-prof-dir=${profileFolder}`;
    return { command: launcher, args: [config], env };
  },
};
