import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cases } from './cases.ts';
import { charts, helm, manifest, objectsOf, type RenderedObject } from './helm.ts';

const golden = join(import.meta.dirname, 'golden');
const CRD_TEMPLATE = 'rookery/templates/coordinationclusters.yaml';
const names = Object.keys(cases);
/** All charts have the same. */
const { version } = parse(readFileSync(join(charts, 'rookery', 'Chart.yaml'), 'utf8')) as { version: string };

/** Without the CRD, which has a file of its own and a test of its own, and whatever the version: each release has another one. */
function shown(text: string): string {
  return text
    .replaceAll(version, 'VERSION')
    .split(/^---\n/m)
    .filter((document) => document !== '' && !document.startsWith(`# Source: ${CRD_TEMPLATE}`))
    .map((document) => `---\n${document}`)
    .join('');
}

function find(name: string, kind: string): RenderedObject {
  const found = objectsOf(manifest(cases[name]!)).filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('helm template', () => {
  test.each(names)('%s is as the golden file shows it (UPDATE_GOLDEN=1 writes it)', (name) => {
    const path = join(golden, `${name}.yaml`);
    const text = shown(manifest(cases[name]!));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  test('no golden file is left of a case that is gone', () => {
    expect(readdirSync(golden).sort()).toEqual(names.map((name) => `${name}.yaml`).sort());
  });

  test.each(names)(
    '%s has each object once, in the right place, with the labels that Helm asks for',
    (name) => {
      const objects = objectsOf(manifest(cases[name]!));
      const keys = objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      );
      expect(new Set(keys).size).toBe(keys.length);
      for (const { kind, metadata } of objects) {
        const isGlobal = /^(ClusterRole|ClusterRoleBinding|CustomResourceDefinition)$/.test(kind);
        expect([kind, metadata.namespace === undefined]).toEqual([kind, isGlobal]);
        if (kind === 'CustomResourceDefinition') continue;
        expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe('Helm');
        expect(metadata.labels?.['app.kubernetes.io/name']).toBe('rookery');
      }
    },
  );

  test('the pods of the operator keep to the restricted pod security standard', () => {
    const { template } = find('rookery-defaults', 'Deployment').spec as {
      template: { spec: { securityContext: object; containers: { securityContext: object }[] } };
    };
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(template.spec.containers.map(({ securityContext }) => securityContext)).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    ]);
  });

  test.each(names.filter((name) => name.startsWith('rookery')))(
    '%s: what selects the operator finds its pods',
    (name) => {
      const objects = objectsOf(manifest(cases[name]!));
      const deployment = find(name, 'Deployment').spec as {
        selector: { matchLabels: Record<string, string> };
        template: { metadata: { labels: Record<string, string> } };
      };
      const { labels } = deployment.template.metadata;
      // By these, members' NetworkPolicies let the operator in.
      expect(labels).toMatchObject({
        'app.kubernetes.io/name': 'rookery',
        'app.kubernetes.io/component': 'operator',
      });
      expect(labels).toMatchObject(deployment.selector.matchLabels);
      for (const { kind, spec } of objects) {
        const selecting = spec as {
          selector?: Record<string, string>;
          podSelector?: { matchLabels: object };
        };
        if (kind === 'Service') expect(labels).toMatchObject(selecting.selector!);
        if (kind === 'NetworkPolicy') expect(labels).toMatchObject(selecting.podSelector!.matchLabels);
      }
    },
  );

  test('long names are cut so that each object can still be named', () => {
    const release = `r${'x'.repeat(52)}`;
    const objects = objectsOf(manifest({ chart: 'rookery', release, namespace: 'ns' }));
    for (const { metadata } of objects)
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/);
  });
});

test('helm lint finds nothing, warnings included', () => {
  const { exitCode, stdout, stderr } = helm(
    'lint',
    '--strict',
    join(charts, 'rookery'),
    join(charts, 'coordination-cluster'),
  );
  expect([exitCode, stdout + stderr]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
});

test("the charts carry the product's version", () => {
  const read = (path: string): string => readFileSync(join(charts, path), 'utf8');
  const version = (path: string): unknown => (JSON.parse(read(path)) as { version: unknown }).version;
  const product = version('../server/package.json');
  expect(version('../operator/package.json')).toBe(product);
  for (const chart of ['rookery', 'coordination-cluster']) {
    expect(parse(read(`${chart}/Chart.yaml`))).toMatchObject({ version: product, appVersion: product });
  }
});
