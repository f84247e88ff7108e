/** What the charts take over from crds/coordinationclusters.yaml. Pure. */
import { parse } from 'yaml';

const HEADER =
  '# Copied from crds/coordinationclusters.yaml by `npm run charts`. Change the schema in crds/src, not here.\n';

/**
 * The CRD as a template. In a chart's folder crds/ Helm would never upgrade it; as any other template it would be deleted by
 * `helm uninstall`, and every ensemble with it, but for the annotation.
 */
export function crdTemplate(crd: string): string {
  if (crd.includes('{{'))
    throw new Error('the CRD has {{ in it, which Helm would take for a template: write it otherwise');
  const body = crd.replace(/^(?:#.*\n)*/, '');
  const annotated = body.replace(
    /^metadata:\n/m,
    'metadata:\n  annotations:\n    # Uninstalling the operator leaves the ensembles.\n    helm.sh/resource-policy: keep\n',
  );
  if (annotated === body) throw new Error('the CRD has no line `metadata:` to annotate');
  return `${HEADER}{{- if .Values.crds.install }}\n${annotated}{{- end }}\n`;
}

/** JSON Schema as Helm reads it, and the part of the CRD's dialect that is turned into it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

interface Crd {
  readonly spec: {
    readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
}

const labels = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** What the chart has beside the fields of the spec. */
const own = {
  name: { type: 'string', description: "Of the CoordinationCluster; empty: the release's name." },
  labels: { ...labels, description: 'Further labels of the CoordinationCluster.' },
  annotations: { ...labels, description: 'Annotations of the CoordinationCluster.' },
  global: {
    type: 'object',
    description: 'What Helm hands down from a chart that has this one as a part; not read.',
  },
} as const;

/**
 * values.schema.json of the chart coordination-cluster: every field of the spec under its own name, so that what the API server would
 * refuse is refused before anything is sent. CEL rules are left to the API server.
 */
export function clusterValuesSchema(crd: string): string {
  const root = (parse(crd) as Crd).spec.versions[0].schema.openAPIV3Schema;
  const spec = root.properties?.spec;
  if (spec?.properties === undefined) throw new Error('the CRD has no spec with properties');
  const taken = Object.keys(own).filter((name) => Object.hasOwn(spec.properties!, name));
  if (taken.length > 0)
    throw new Error(`the spec has fields that the chart uses itself: ${taken.join(', ')}`);
  const { properties } = valuesSchema(spec);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart coordination-cluster',
    description: 'Made from crds/coordinationclusters.yaml by `npm run charts`.',
    type: 'object',
    additionalProperties: false,
    // The version is not required here: without one it is the chart's.
    properties: { ...own, ...properties },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function valuesSchema(schema: Schema): Schema {
  const { format: _format, ...rest } = schema;
  const kept = Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-kubernetes-'));
  const { properties, items, additionalProperties, ...plain } = Object.fromEntries(kept) as Schema;
  return {
    ...plain,
    ...(schema['x-kubernetes-int-or-string'] === true ? { type: ['integer', 'string'] } : {}),
    ...(properties === undefined
      ? {}
      : {
          // An unknown field is a slip of the pen, unless the CRD keeps unknown ones.
          additionalProperties: schema['x-kubernetes-preserve-unknown-fields'] === true,
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, valuesSchema(property)]),
          ),
        }),
    ...(items === undefined ? {} : { items: valuesSchema(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: valuesSchema(additionalProperties) }
      : {}),
  };
}
