import { renameSync } from 'node:fs';
import { build } from 'esbuild';

/** Puts a program, with all that it imports, into one file for Node 26. */
export async function bundle(entry: string, target: string): Promise<void> {
  await build({
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
  // Replaced whole: a process that starts right now finds the old one or the new one.
  renameSync(`${target}.new`, target);
}
