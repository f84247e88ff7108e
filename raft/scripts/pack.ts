/**
 * Packs the compiled package: `node raft/scripts/pack.ts FOLDER` leaves raft-ts-lite-VERSION.tgz there. Within the workspace
 * the package is imported from its sources, so what is published gets a package.json of its own: npm's publishConfig cannot
 * change `exports`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../', import.meta.url));
const root = join(packageFolder, '..');

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** The package.json of what is published: the compiled files in place of the sources. */
function publishedPackage(): PackageJson {
  const own = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as PackageJson;
  return {
    ...own,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    engines: { node: '>=20' },
  };
}

/** Returns the path of the tarball. */
export function pack(destination: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'raft-ts-lite-'));
  try {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const outDir = join(stage, 'dist');
    execFileSync(process.execPath, [
      tsc,
      '-p',
      join(packageFolder, 'tsconfig.build.json'),
      '--outDir',
      outDir,
    ]);
    const published = publishedPackage();
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
    cpSync(join(packageFolder, 'README.md'), join(stage, 'README.md'));
    cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    mkdirSync(destination, { recursive: true });
    execFileSync('npm', ['pack', stage, '--pack-destination', destination, '--silent'], { stdio: 'pipe' });
    return join(resolve(destination), `${published.name}-${published.version}.tgz`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

if (import.meta.main) process.stdout.write(`${pack(process.argv[2] ?? '.')}\n`);
