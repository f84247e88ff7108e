/**
 * Bundles the server into one file that the launcher prefers over the sources: it starts in half the time and takes some 40 MB less
 * memory (no type stripping, no module graph). Run by `npm ci` and `make`.
 */
import { join, resolve } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

const server = resolve(import.meta.dirname, '..');
// As deep below the root as server/src/http, so that import.meta.url finds the same neighbours from both.
await bundle(join(server, 'src', 'main.ts'), join(server, 'dist', 'bin', 'rookery-server.mjs'));
