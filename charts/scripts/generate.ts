/** Writes what the charts take over from the custom resource, and the dashboard: `npm run charts`, after `npm run crds`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clusterValuesSchema, crdTemplate } from './from-crd.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';

const root = resolve(import.meta.dirname, '..', '..');
const crd = readFileSync(join(root, 'crds', 'coordinationclusters.yaml'), 'utf8');

for (const [path, text] of [
  ['charts/rookery/templates/coordinationclusters.yaml', crdTemplate(crd)],
  ['charts/coordination-cluster/values.schema.json', clusterValuesSchema(crd)],
  ['charts/rookery/monitoring/dashboard.json', grafanaDashboard()],
] as const) {
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}
