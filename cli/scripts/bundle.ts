/** Bundles the command into one file, which starts in a third of the time of the sources. Run by `npm ci` and `make`. */
import { bundle } from '../../scripts/bundle.ts';

await bundle('cli', { rookery: 'main.ts' });
