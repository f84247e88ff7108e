/**
 * Packs the command: `node cli/scripts/pack.ts FOLDER` leaves rookery-cli-VERSION.tgz there, which `npx` runs and `npm install -g` puts on the PATH. The
 * client and the parser of arguments are in its one file: it depends on nothing. Within the workspace the command runs from its sources, so what is
 * published has a launcher of its own.
 */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { BUNDLED, SBOM } from '../../scripts/bundle.ts';
import { packed } from '../../scripts/npm-package.ts';
import { billOfMaterials } from '../../scripts/sbom.ts';
import { bundledPackages, thirdPartyNotices } from '../../scripts/third-party-notices.ts';

const packageFolder = resolve(import.meta.dirname, '..');
const root = resolve(packageFolder, '..');
/** The oldest Node that it is for; the launcher refuses older ones. */
const TARGET = 'node22';
const LAUNCHER = 'bin/rookery.cjs';

/** Returns the path of the tarball. */
export function pack(destination: string): Promise<string> {
  return packed('cli', destination, async (stage, own) => {
    const { metafile } = await build({
      ...BUNDLED,
      target: TARGET,
      metafile: true,
      write: true,
      entryPoints: { rookery: join(packageFolder, 'src', 'main.ts') },
      outdir: join(stage, 'dist'),
      outExtension: { '.js': '.mjs' },
    });
    const packages = bundledPackages(metafile);
    writeFileSync(join(stage, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, packages));
    writeFileSync(join(stage, SBOM), billOfMaterials(root, 'cli', packages));
    mkdirSync(join(stage, 'bin'));
    cpSync(join(import.meta.dirname, 'npm-launcher.cjs'), join(stage, LAUNCHER));
    chmodSync(join(stage, LAUNCHER), 0o755);
    return {
      ...own,
      // All of them one file: npx runs a package of several commands only where they are the same one.
      bin: Object.fromEntries(Object.keys(own.bin as object).map((command) => [command, LAUNCHER])),
      files: ['bin', 'dist', 'THIRD-PARTY-NOTICES', SBOM],
      dependencies: undefined,
    };
  });
}

if (import.meta.main) process.stdout.write(`${await pack(process.argv[2] ?? '.')}\n`);
