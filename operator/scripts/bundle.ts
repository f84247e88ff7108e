/** Bundles the operator into the one file that its image carries. Run by `npm ci` and `make`, as the server's. */
import { join, resolve } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

const operator = resolve(import.meta.dirname, '..');
await bundle(join(operator, 'src', 'main.ts'), join(operator, 'dist', 'bin', 'rookery-operator.mjs'));
