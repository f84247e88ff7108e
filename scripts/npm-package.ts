import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** A package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/**
 * Packs what is published of a workspace, and returns the path of the tarball, NAME-VERSION.tgz in `destination`. Beside what `fill` puts into the folder that
 * is packed there are the workspace's README and the licence.
 *
 * @param fill is given that folder and the workspace's own package.json, and returns the one that is published: within the workspace a package is imported
 * from its sources, and npm's publishConfig cannot change `exports`
 */
export async function packed(
  workspace: string,
  destination: string,
  fill: (stage: string, own: Manifest) => Manifest | Promise<Manifest>,
): Promise<string> {
  const own = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as Manifest;
  const stage = mkdtempSync(join(tmpdir(), `${fileName(own.name)}-`));
  try {
    const published = await fill(stage, own);
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
    cpSync(join(root, workspace, 'README.md'), join(stage, 'README.md'));
    cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    mkdirSync(destination, { recursive: true });
    execFileSync('npm', ['pack', stage, '--pack-destination', destination, '--silent'], { stdio: 'pipe' });
    return join(resolve(destination), `${fileName(published.name)}-${published.version}.tgz`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** As npm calls the tarball: of `@scope/name` it is scope-name. */
function fileName(name: string): string {
  return name.replace('@', '').replace('/', '-');
}

/** Compiles by the workspace's tsconfig.build.json. */
export function compiled(workspace: string, outDir: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, workspace, 'tsconfig.build.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', outDir]);
}
