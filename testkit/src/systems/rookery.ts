import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MemberCommand, MemberFiles, System } from './system.ts';

const BUILD_TIMEOUT_MS = 60_000;

/** The server of a checkout of this repository, started as its users start it. */
export function rookeryOf(checkout: string, title: string): System {
  const launcher = join(checkout, 'node_modules/.bin/rookery-server');
  return {
    name: 'rookery',
    title,
    missing: () =>
      existsSync(launcher) ? undefined : `rookery-server is not installed in ${checkout}: run npm ci there`,
    // Users run the bundle; the launcher falls back to the sources, which cost some 40 MB more, when it is out of date.
    prepare: () => {
      execFileSync('npm', ['run', '--silent', 'build'], {
        cwd: checkout,
        stdio: 'inherit',
        timeout: BUILD_TIMEOUT_MS,
      });
    },
    configLines: (adminPort) => [`admin.serverPort=${adminPort}`],
    tlsLines: [],
    memberCommand: ({ config, jaasFile, jvmFlags = [], profileFolder }: MemberFiles): MemberCommand => {
      const env: Record<string, string> = {};
      // As those say it who come from ZooKeeper's zkServer.sh.
      const jaas = jaasFile === undefined ? [] : [`-Djava.security.auth.login.config=${jaasFile}`];
      if (jaas.length + jvmFlags.length > 0) env.SERVER_JVMFLAGS = [...jaas, ...jvmFlags].join(' ');
      if (profileFolder !== undefined) env.ROOKERY_NODE_FLAGS = `--cpu-prof --cpu-prof-dir=${profileFolder}`;
      return { command: launcher, args: [config], env };
    },
  };
}

export const rookery = rookeryOf(fileURLToPath(new URL('../../..', import.meta.url)), 'Rookery');
