/** Bundles the operator into the one file that its image carries. Run by `npm ci` and `make`, as the server's. */
import { bundle } from '../../scripts/bundle.ts';

await bundle('operator', { 'rookery-operator': 'main.ts' });
