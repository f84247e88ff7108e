import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { billOfMaterials } from './sbom.ts';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.ts';

const root = resolve(import.meta.dirname, '..');

/** Beside a bundle: what it is made of. */
export const SBOM = 'sbom.cdx.json';

/** One file for Node 26, with all that it imports, in memory. */
export const BUNDLED = {
  absWorkingDir: root,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  // Some CommonJS dependencies ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module';\nconst require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Puts each of the sources of `workspace` that `entries` names, with all that it imports, into one file for Node 26, in dist/bin; beside them lie the
 * licences of all of it, and a list of what it is made of.
 */
export async function bundle(workspace: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(root, workspace, 'dist', 'bin');
  const { metafile, outputFiles } = await build({
    metafile: true,
    entryPoints: Object.entries(entries).map(([name, entry]) => ({
      in: join(root, workspace, 'src', entry),
      out: name,
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    ...BUNDLED,
  });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const packages = bundledPackages(metafile);
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES'), thirdPartyNotices(root, packages));
  writeFileSync(join(folder, SBOM), billOfMaterials(root, workspace, packages));
  for (const { path, contents } of outputFiles) {
    // Replaced whole: a process that starts right now finds the old one or the new one.
    writeFileSync(`${path}.new`, contents);
    renameSync(`${path}.new`, path);
  }
}
