/** Writes crds/coordinationclusters.yaml from the schema: `npm run crds`. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crdYaml } from '../src/cluster/crd-yaml.ts';

const path = join(resolve(import.meta.dirname, '..'), 'coordinationclusters.yaml');
writeFileSync(path, crdYaml());
console.log(`wrote ${path}`);
