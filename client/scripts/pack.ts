/**
 * Packs the compiled package: `node client/scripts/pack.ts FOLDER` leaves rookery-client-VERSION.tgz there. The protocol's code, and for tests the
 * server's, are in it: it depends on nothing. Within the workspace the package is imported from its sources, so what is published gets a package.json of its own.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const packageFolder = resolve(import.meta.dirname, '..');
const root = resolve(packageFolder, '..');
/** The oldest Node that it is for. */
const TARGET = 'node22';
/** What is imported by a name of its own, from a folder of that name. */
const PARTS = ['layouts', 'subtree', 'testing'] as const;

/** Returns the path of the tarball. */
export async function pack(destination: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'rookery-client-'));
  try {
    await build({
      absWorkingDir: packageFolder,
      entryPoints: {
        index: 'src/index.ts',
        ...Object.fromEntries(PARTS.map((name) => [name, `src/${name}/index.ts`])),
      },
      outdir: join(stage, 'dist'),
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: TARGET,
      logLevel: 'warning',
    });
    declareTypes(join(stage, 'types'));
    const { name, version, ...own } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
    const published = {
      name,
      version,
      ...own,
      exports: {
        '.': { types: './types/client/src/index.d.ts', default: './dist/index.js' },
        ...Object.fromEntries(
          PARTS.map((name) => [
            `./${name}`,
            { types: `./types/client/src/${name}/index.d.ts`, default: `./dist/${name}.js` },
          ]),
        ),
      },
      files: ['dist', 'types'],
      devDependencies: undefined,
    };
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
    cpSync(join(packageFolder, 'README.md'), join(stage, 'README.md'));
    cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    mkdirSync(destination, { recursive: true });
    execFileSync('npm', ['pack', stage, '--pack-destination', destination, '--silent'], { stdio: 'pipe' });
    return join(resolve(destination), `rookery-client-${version}.tgz`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Those of the client, and of all that they name: the protocol's package is found by its path, since nobody has it. */
function declareTypes(folder: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(packageFolder, 'tsconfig.build.json'), '--outDir', folder]);
  const protocol = join(folder, 'protocol', 'src', 'index.ts');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    const path = relative(dirname(file), protocol);
    writeFileSync(
      file,
      text.replaceAll("'@rookery/protocol'", `'${path.startsWith('.') ? path : `./${path}`}'`),
    );
  }
}

if (import.meta.main) process.stdout.write(`${await pack(process.argv[2] ?? '.')}\n`);
