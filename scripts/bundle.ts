import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.ts';

const root = resolve(import.meta.dirname, '..');

/** Puts a program, with all that it imports, into one file for Node 26; the licences of all of it lie beside that. */
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
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, bundledPackages(metafile)));
  // Replaced whole: a process that starts right now finds the old one or the new one.
  renameSync(`${target}.new`, target);
}
