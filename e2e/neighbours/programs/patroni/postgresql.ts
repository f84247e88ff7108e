import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages } from '../../../../testkit/src/installs/debian-packages.ts';

export const POSTGRESQL_PACKAGE = 'postgresql-15';

/** Patroni needs both in one folder. */
const PROGRAMS = ['postgres', 'pg_basebackup'];

export interface Postgresql {
  readonly programs: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Debian's PostgreSQL: unpacked into the cache, or the one that is installed here already. */
export function findPostgresql(log: (line: string) => void): Postgresql {
  const unpacked = debianPackages('postgresql', [POSTGRESQL_PACKAGE], log);
  for (const root of [unpacked, '/']) {
    const programs = programsIn(join(root, 'usr/lib/postgresql'));
    if (programs === undefined) continue;
    // The libraries that came with it; the machine's own are found without being told.
    const libraries = join(unpacked, 'usr/lib', `${machineOf(process.arch)}-linux-gnu`);
    return { programs, environment: root === '/' ? {} : { LD_LIBRARY_PATH: libraries } };
  }
  throw new Error(
    `neither ${unpacked} nor this machine has ${PROGRAMS.join(' and ')} of Debian's ${POSTGRESQL_PACKAGE} in one folder: ` +
      'where a part of it is installed on the machine, install all of it or none',
  );
}

/** @param folder of all versions */
function programsIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((version) => join(folder, version, 'bin'))
    .find((programs) => PROGRAMS.every((program) => existsSync(join(programs, program))));
}

function machineOf(arch: string): string {
  return { x64: 'x86_64', arm64: 'aarch64' }[arch] ?? arch;
}
