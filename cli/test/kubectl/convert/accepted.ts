import { applyDefaults } from '../../../../crds/test/api-server-defaults.ts';
import { brokenRules } from '../../../../crds/test/cel-rules.ts';
import { rootSchema, specSchema } from '../../../../crds/test/committed-crd.ts';
import { problemsOf } from '../../../../crds/test/openapi-validator.ts';
import type { Converted } from '../../../src/kubectl/convert/convert.ts';

/** What the API server would have against a CoordinationCluster, by the keywords and the rules of the committed CRD. */
export function refusals(cluster: unknown): readonly string[] {
  const { metadata, spec } = cluster as Converted['cluster'];
  const document = structuredClone(spec) as Record<string, unknown>;
  applyDefaults(specSchema, document);
  return [
    // Before the defaults, too: what the API server prunes or takes for nothing would not be seen behind them.
    ...problemsOf(specSchema, document, 'spec'),
    ...problemsOf(specSchema, spec, 'spec'),
    ...brokenRules(rootSchema, { metadata, spec: document }),
  ].map(({ path, problem }) => `${path} ${problem}`);
}
