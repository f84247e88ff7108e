import { stringify } from 'yaml';
import { customResourceDefinition } from './crd.ts';

const HEADER = '# Generated from crds/src by `npm run crds`. Change the schema there, not here.\n';

/** The text of crds/coordinationclusters.yaml. */
export function crdYaml(): string {
  return HEADER + stringify(customResourceDefinition, { lineWidth: 0, aliasDuplicateObjects: false });
}
