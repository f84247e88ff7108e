/**
 * Bundles the server into one file that the launcher prefers over the sources: it starts in half the time and takes some 40 MB less
 * memory (no type stripping, no module graph). Run by `npm ci` and `make`. A thread, or a process, that is to take less than the member has a file of its own.
 */
import { bundle } from '../../scripts/bundle.ts';

// As deep below the root as server/src/http, so that import.meta.url finds the same neighbours from both.
await bundle('server', {
  'rookery-server': 'main.ts',
  'credentials-worker': 'tls/credentials-worker.ts',
  'history-child': 'history-child.ts',
});
