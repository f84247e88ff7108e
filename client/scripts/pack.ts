/**
 * Packs the compiled package: `node client/scripts/pack.ts FOLDER` leaves rookery-client-VERSION.tgz there. The protocol's code, and for tests the
 * server's, are in it: it depends on nothing.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { compiled, packed } from '../../scripts/npm-package.ts';

const packageFolder = resolve(import.meta.dirname, '..');
/** The oldest Node that it is for. */
const TARGET = 'node22';
/** What is imported by a name of its own, from a folder of that name. */
const PARTS = ['layouts', 'subtree', 'testing'] as const;

/** Returns the path of the tarball. */
export function pack(destination: string): Promise<string> {
  return packed('client', destination, async (stage, own) => {
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
    return {
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
  });
}

/** Those of the client, and of all that they name: the protocol's package is found by its path, since nobody has it. */
function declareTypes(folder: string): void {
  compiled('client', folder);
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
