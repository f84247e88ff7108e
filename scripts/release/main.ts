/**
 * Writes the version of a release everywhere it stands, and the date of today into the changelog:
 *
 *   make release VERSION=0.2.0
 *
 * or, once that is committed, the version that comes next, which is not released yet:
 *
 *   make next-version VERSION=0.3.0
 *
 * Changes files only; docs/releasing.md says what comes before and after. Exit 1 where the working copy is not clean, or a place of the
 * version was not found: then no file was changed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkVersions, NEXT_PLACES, ReleaseError, VERSION_PLACES } from './versions.ts';

const root = resolve(import.meta.dirname, '..', '..');

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8' });
}

function write(places: typeof VERSION_PLACES, to: string): void {
  const { version: from } = JSON.parse(readFileSync(join(root, 'server/package.json'), 'utf8')) as {
    version: string;
  };
  checkVersions(from, to);
  if (run('git', 'status', '--porcelain') !== '') {
    throw new ReleaseError('there are changes that are not committed: commit them or put them away first');
  }
  const date = new Date().toISOString().slice(0, 10);
  const written = places.map(({ file, rewrite }) => {
    const path = join(root, file);
    try {
      return { path, text: rewrite(readFileSync(path, 'utf8'), { from, to, date }) };
    } catch (error) {
      throw new ReleaseError(`${file}: ${(error as Error).message}`);
    }
  });
  for (const { path, text } of written) writeFileSync(path, text);
  run('npm', 'install', '--package-lock-only', '--ignore-scripts', '--offline', '--loglevel=error');
  process.stdout.write(`${written.length} files say ${to}; docs/releasing.md says how it goes on\n`);
}

const PLACES = { release: VERSION_PLACES, next: NEXT_PLACES };
const [what = '', version, ...rest] = process.argv.slice(2);
if (!(what === 'release' || what === 'next') || version === undefined || rest.length > 0) {
  process.stderr.write('usage: make release VERSION=x.y.z, make next-version VERSION=x.y.z\n');
  process.exit(2);
}
try {
  write(PLACES[what], version);
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
