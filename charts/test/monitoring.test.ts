import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_READ_REPLICAS } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readReplicaLabels, selectorLabels } from '../../operator/src/desired/labels.ts';
import { PortName } from '../../operator/src/desired/names.ts';
import {
  CLUSTER_LABEL,
  FIRST_READ_ORDINAL,
  PROOF_SERVER_ID,
} from '../../operator/src/model/cluster-names.ts';
import { grafanaDashboard } from '../scripts/grafana-dashboard.ts';
import { cases } from './cases.ts';
import { type Exported, memberMetrics, operatorMetrics } from './exported-metrics.ts';
import { charts, manifest, objectsOf, type RenderedObject, type Rendering } from './helm.ts';
import { groupingLabelsOf, resultGroupingOf, selectorsOf } from './promql.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
  readonly panels: readonly {
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const read = (path: string): string => readFileSync(join(charts, path), 'utf8');
const groupsOf = (spec: unknown) =>
  (spec as { groups: readonly { name: string; rules: readonly Rule[] }[] }).groups;
const alerts = groupsOf(parse(read('rookery/monitoring/alerts.yaml'))).flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('rookery/monitoring/dashboard.json')) as Dashboard;

/** What the PodMonitors give each target; `up` is Prometheus' own word on it. */
const MEMBER_TARGET = ['namespace', 'pod', 'ensemble'];
const OPERATOR_TARGET = ['namespace', 'pod'];

const [ofMembers, ofOperator] = await Promise.all([memberMetrics(), operatorMetrics()]);
const ofPrometheus: Exported = new Map([['up', new Map()]]);
const exported: Exported = new Map([...ofOperator, ...ofMembers, ...ofPrometheus]);

/** Whatever an expression says that no member and no operator ever will. */
function faultsOf(expr: string): string[] {
  const selectors = selectorsOf(expr);
  const faults = selectors.length === 0 ? ['it speaks of no metric'] : [];
  const known = new Set<string>();
  for (const { metric, matchers } of selectors) {
    const labels = exported.get(metric);
    if (labels === undefined) {
      faults.push(`nobody exports ${metric}`);
      continue;
    }
    const target = metric.startsWith('rookery_operator_') ? OPERATOR_TARGET : MEMBER_TARGET;
    for (const label of [...labels.keys(), ...target]) known.add(label);
    for (const { label, operator, value } of matchers) {
      if (target.includes(label)) continue;
      const seen = [...(labels.get(label) ?? [])];
      const pattern = new RegExp(`^(?:${value})$`);
      const isSeen = (one: string): boolean => (operator.endsWith('~') ? pattern.test(one) : one === value);
      if (!seen.some((one) => isSeen(one) !== operator.startsWith('!')))
        faults.push(`${metric} never has ${label}${operator}"${value}"`);
    }
  }
  for (const label of groupingLabelsOf(expr))
    if (!known.has(label)) faults.push(`nothing in it has the label ${label}`);
  return faults;
}

/** The labels that an alert has when it fires. */
function labelsOf({ expr }: Rule): readonly string[] {
  const [first] = selectorsOf(expr);
  return resultGroupingOf(expr) ?? [...MEMBER_TARGET, ...(exported.get(first!.metric)?.keys() ?? [])];
}

/** The sources of a folder, and of those in it. */
function textsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

describe('alerts', () => {
  test.each(alerts.map((rule) => [rule.alert, rule] as const))('%s can come about', (_name, { expr }) => {
    expect(faultsOf(expr)).toEqual([]);
  });

  test.each(alerts.map((rule) => [rule.alert, rule] as const))(
    '%s says how bad it is, and what, of whom, by labels that it has',
    (_name, rule) => {
      expect(Object.keys(rule.labels)).toEqual(['severity']);
      expect(['critical', 'warning']).toContain(rule.labels.severity);
      expect(Object.keys(rule.annotations)).toEqual(['summary', 'description']);
      const said = Object.values(rule.annotations).join(' ');
      const named = [...said.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
      expect(named.filter((label) => !labelsOf(rule).includes(label))).toEqual([]);
    },
  );

  test('each has a section in docs/operations.md, and there is none for an alert that is not there', () => {
    const sections = [...read('../docs/operations.md').matchAll(/^### (Rookery\w+)$/gm)].map(
      ([, name]) => name,
    );
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(sections).toEqual(names);
  });

  test('the sections look in the logs for what the programs say', () => {
    const said = ['server', 'operator', 'kube'].flatMap((folder) =>
      textsBelow(join(charts, '..', folder, 'src')),
    );
    const [, sections = ''] = read('../docs/operations.md').split(/^## Alerts$/m);
    const patterns = [...sections.matchAll(/\| grep(?: -\w+)* (?:'([^']+)'|(\w+))/g)].flatMap(
      ([, quoted, word]) => (quoted ?? word!).split('|'),
    );
    expect(patterns.length).toBeGreaterThan(20);
    const unknown = patterns.filter((pattern) => !said.some((text) => new RegExp(pattern, 'i').test(text)));
    expect(unknown).toEqual([]);
  });

  test('a name, a label or a value that nobody exports is found', () => {
    const faults: Readonly<Record<string, string>> = {
      'rookery_redy == 0': 'nobody exports rookery_redy',
      'sum(rate(rookery_read_total[5m])) > 0': 'nobody exports rookery_read_total',
      'rookery_role{role="laeder"} == 1': 'rookery_role never has role="laeder"',
      'rookery_ready{role="leader"} == 1': 'rookery_ready never has role="leader"',
      'sum by (cluster) (rookery_ready)': 'nothing in it has the label cluster',
      'max by (ensemble) (rookery_operator_leader)': 'nothing in it has the label ensemble',
    };
    for (const [expr, fault] of Object.entries(faults)) expect(faultsOf(expr)).toEqual([fault]);
  });
});

test('read replicas and who proves a version count for no majority in any alert, and members do', () => {
  const { expr } = alerts.find(({ alert }) => alert === 'RookeryQuorumAtRisk')!;
  const excluded = selectorsOf(expr).flatMap(({ metric, matchers }) =>
    metric === 'rookery_peer_connected' ? [matchers.find(({ label }) => label === 'peer')?.value] : [],
  );
  expect(excluded).toHaveLength(3);
  for (const pattern of excluded) {
    const isExcluded = (serverId: number): boolean => new RegExp(`^(?:${pattern})$`).test(String(serverId));
    const readers = Array.from({ length: MAX_READ_REPLICAS }, (_, at) => FIRST_READ_ORDINAL + 1 + at);
    expect([...readers, PROOF_SERVER_ID].filter((serverId) => !isExcluded(serverId))).toEqual([]);
    expect([1, 2, 3, 4, 5, 6, 7].filter(isExcluded)).toEqual([]);
  }
});

describe('the dashboard', () => {
  test('is not stale: if this fails, run `npm run charts`', () => {
    expect(read('rookery/monitoring/dashboard.json')).toBe(grafanaDashboard());
  });

  test('shows nothing that nobody exports', () => {
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    expect(panels.length).toBeGreaterThanOrEqual(12);
    for (const { targets = [] } of panels) {
      expect(targets).not.toEqual([]);
      for (const { expr } of targets) expect([expr, faultsOf(expr)]).toEqual([expr, []]);
    }
  });

  test('lets choose among what Prometheus knows', () => {
    const queries = dashboard.templating.list.flatMap(({ type, query }) => (type === 'query' ? [query] : []));
    expect(queries).toHaveLength(2);
    for (const query of queries) {
      const [, expr, label] = /^label_values\((.*), (\w+)\)$/.exec(query)!;
      expect([faultsOf(expr!), MEMBER_TARGET.includes(label!)]).toEqual([[], true]);
    }
  });
});

const rendered = (values: NonNullable<Rendering['values']>): readonly RenderedObject[] =>
  objectsOf(manifest({ chart: 'rookery', release: 'rookery', namespace: 'rookery-system', values }));
const kinds = (objects: readonly RenderedObject[], kind: string): readonly RenderedObject[] =>
  objects.filter((object) => object.kind === kind);

interface PodMonitor {
  readonly namespaceSelector: object;
  readonly selector: {
    readonly matchLabels: object;
    readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
  };
  readonly podMetricsEndpoints: readonly {
    readonly port: string;
    readonly path: string;
    readonly relabelings?: readonly {
      readonly sourceLabels: readonly string[];
      readonly targetLabel: string;
    }[];
  }[];
}

const monitors = (values: NonNullable<Rendering['values']>): readonly PodMonitor[] =>
  kinds(rendered({ 'monitoring.podMonitor.enabled': true, ...values }), 'PodMonitor').map(
    ({ spec }) => spec as PodMonitor,
  );

describe('the chart', () => {
  test('brings nothing that needs the Prometheus operator or Grafana unless it is asked to', () => {
    const objects = objectsOf(manifest(cases['rookery-defaults']!));
    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring'))).toEqual([]);
    expect(kinds(objects, 'ConfigMap')).toEqual([]);
  });

  test('scrapes the members by the labels and the port that the operator gives them', () => {
    const [members] = monitors({});
    const { selector, podMetricsEndpoints, namespaceSelector } = members!;
    expect(namespaceSelector).toEqual({ any: true });
    const component = 'app.kubernetes.io/component';
    const pools = [selectorLabels('demo'), readReplicaLabels('demo')];
    for (const labels of pools) expect(labels).toMatchObject(selector.matchLabels);
    expect(selector.matchExpressions).toEqual([
      { key: component, operator: 'In', values: pools.map((labels) => labels[component]) },
      { key: CLUSTER_LABEL, operator: 'Exists' },
    ]);
    expect(podMetricsEndpoints).toMatchObject([{ port: PortName.http, path: '/metrics' }]);
    const meta = `__meta_kubernetes_pod_label_${CLUSTER_LABEL.replaceAll(/[^a-zA-Z0-9]/g, '_')}`;
    expect(podMetricsEndpoints[0]?.relabelings).toEqual([{ sourceLabels: [meta], targetLabel: 'ensemble' }]);
  });

  test('scrapes the operator in its own namespace, by labels and port of its Deployment', () => {
    const objects = rendered({ 'monitoring.podMonitor.enabled': true });
    const { spec } = kinds(objects, 'PodMonitor')[1]!;
    const { selector, podMetricsEndpoints, namespaceSelector } = spec as PodMonitor;
    const { template } = kinds(objects, 'Deployment')[0]!.spec as {
      template: { metadata: { labels: object }; spec: { containers: { ports: { name: string }[] }[] } };
    };
    expect(namespaceSelector).toEqual({ matchNames: ['rookery-system'] });
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(template.spec.containers[0]?.ports.map(({ name }) => name)).toEqual(
      podMetricsEndpoints.map(({ port }) => port),
    );
    // Members are no operators, or they would be scraped twice.
    expect(selectorLabels('demo')).not.toMatchObject(selector.matchLabels);
  });

  test('with a list of namespaces scrapes members there alone', () => {
    const [members, operator] = monitors({ namespaces: ['apps', 'shop'] });
    expect(members?.namespaceSelector).toEqual({ matchNames: ['apps', 'shop'] });
    expect(operator?.namespaceSelector).toEqual({ matchNames: ['rookery-system'] });
  });

  test('does not scrape the operator twice where a ServiceMonitor does it', () => {
    expect(monitors({ 'serviceMonitor.enabled': true })).toHaveLength(1);
  });

  test('gives Prometheus every alert as it stands in the file, with where to read on and the labels that were asked for', () => {
    const values = {
      'monitoring.rules.enabled': true,
      'monitoring.rules.alertLabels': { team: 'platform', severity: 'none' },
      'monitoring.rules.runbookBaseUrl': 'https://example.com/operations',
    };
    const [rule] = kinds(rendered(values), 'PrometheusRule');
    const groups = groupsOf(rule?.spec);
    expect(groups.map(({ name }) => name)).toEqual(
      groupsOf(parse(read('rookery/monitoring/alerts.yaml'))).map(({ name }) => name),
    );
    expect(groups.flatMap(({ rules }) => rules)).toEqual(
      alerts.map((alert) => ({
        ...alert,
        labels: { ...alert.labels, team: 'platform' },
        annotations: {
          ...alert.annotations,
          runbook_url: `https://example.com/operations#${alert.alert.toLowerCase()}`,
        },
      })),
    );
  });

  test('gives Grafana the dashboard as it is, under the label that its sidecar looks for', () => {
    const [map] = kinds(
      rendered({
        'monitoring.dashboard.enabled': true,
        'monitoring.dashboard.labels': { grafana_dashboard: null, dashboards: 'yes' },
      }),
      'ConfigMap',
    );
    expect(JSON.parse((map!.data as Record<string, string>)['rookery.json']!)).toEqual(dashboard);
    expect(map?.metadata.labels).toMatchObject({ dashboards: 'yes' });
    expect(map?.metadata.labels).not.toHaveProperty('grafana_dashboard');
    const [usual] = kinds(rendered({ 'monitoring.dashboard.enabled': true }), 'ConfigMap');
    expect(usual?.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  });
});
