import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { billOfMaterials } from './sbom.ts';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.ts';

const root = resolve(import.meta.dirname, '..');

/** Beside a bundle: what it is made of. */
export const SBOM = 'sbom.cdx.json';

/** Puts a program, with all that it imports, into one file for Node 26; beside that lie the licences of all of it, and a list of what it is made of. */
export async function bundle(entry: string, target: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [entry],
    outfile: `${target}.new`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    // Some CommonJS dependencies ask for Node's own modules by require.
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';\nconst require = createBundleRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const folder = dirname(target);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const packages = bundledPackages(metafile);
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, packages));
  writeFileSync(join(folder, SBOM), billOfMaterials(root, relative(root, entry).split('/')[0]!, packages));
  // Replaced whole: a process that starts right now finds the old one or the new one.
  renameSync(`${target}.new`, target);
}
