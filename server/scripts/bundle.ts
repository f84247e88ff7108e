/**
 * Bundles the server into one file that the launcher prefers over the sources: it starts in half the time and takes some 40 MB less
 * memory (no type stripping, no module graph). Run by `npm ci` and `make`.
 */
import { renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const server = resolve(import.meta.dirname, '..');
// As deep below the root as server/src/http, so that import.meta.url finds the same neighbours from both.
const target = join(server, 'dist', 'bin', 'rookery-server.mjs');

await build({
  entryPoints: [join(server, 'src', 'main.ts')],
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
// Replaced whole: a member that starts right now finds the old one or the new one.
renameSync(`${target}.new`, target);
