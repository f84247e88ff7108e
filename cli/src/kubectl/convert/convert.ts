import { API_VERSION, KIND, MAX_NAME_LENGTH } from '@rookery/crds';
import { Refusal, UsageError } from '../../failures.ts';
import { Draft, type Remark } from './draft.ts';
import { settleTimeouts } from './settings/members-config.ts';
import { settleResources } from './settings/resources.ts';
import { BITNAMI } from './sources/bitnami.ts';
import { INCUBATOR } from './sources/incubator.ts';
import { PRAVEGA, PRAVEGA_CHART } from './sources/pravega.ts';
import { STACKABLE, withReplicas } from './sources/stackable.ts';
import { isObject, isUnset, Rows, type Table, textOf, type Values, valueAt } from './table.ts';

export const SOURCES = ['bitnami', 'incubator', 'pravega', 'pravega-chart', 'stackable'] as const;
export type SourceName = (typeof SOURCES)[number];

interface Source {
  readonly table: Table;
  readonly called: string;
  /** The group of its API, where it is a resource. */
  readonly group?: string;
  /** What it does where nothing is said, and a CoordinationCluster would do otherwise. */
  readonly unsaid: Readonly<Record<string, unknown>>;
  /** Keys that no other source has, for values, which do not say whose they are. */
  readonly marks: readonly string[];
}

const sources: Readonly<Record<SourceName, Source>> = {
  bitnami: {
    table: BITNAMI,
    called: "values of Bitnami's chart",
    unsaid: { replicaCount: 1, 'persistence.size': '8Gi' },
    marks: [
      'auth',
      'tls',
      'metrics',
      'fourlwCommandsWhitelist',
      'heapSize',
      'autopurge',
      'containerPorts',
      'minServerId',
      'networkPolicy',
      'podAntiAffinityPreset',
      'maxClientCnxns',
      'tickTime',
    ],
  },
  incubator: {
    table: INCUBATOR,
    called: 'values of the incubator chart',
    unsaid: { replicaCount: 3, 'persistence.size': '5Gi' },
    marks: ['exporters', 'jobs', 'env', 'headless', 'prometheus', 'ports'],
  },
  pravega: {
    table: PRAVEGA,
    called: 'the ZookeeperCluster of zookeeper.pravega.io',
    group: 'zookeeper.pravega.io',
    unsaid: { replicas: 3, 'persistence.spec.resources': { requests: { storage: '20Gi' } } },
    marks: [],
  },
  'pravega-chart': {
    table: PRAVEGA_CHART,
    called: "values of the Pravega operator's chart",
    unsaid: { replicas: 3, 'persistence.volumeSize': '20Gi' },
    marks: ['replicas', 'pod', 'storageType', 'hooks', 'clientService', 'adminServerService', 'ephemeral'],
  },
  stackable: {
    table: STACKABLE,
    called: 'the ZookeeperCluster of zookeeper.stackable.tech',
    group: 'zookeeper.stackable.tech',
    unsaid: {
      'servers.config.resources.storage.data.capacity': '1Gi',
      'clusterConfig.tls.serverSecretClass': 'tls',
    },
    marks: [],
  },
};

export interface Wanted {
  readonly from?: SourceName | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  /** Of the server. */
  readonly version: string;
}

export interface Converted {
  readonly source: SourceName;
  /** For people. */
  readonly called: string;
  readonly cluster: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly spec: Readonly<Record<string, unknown>>;
  };
  readonly remarks: readonly Remark[];
}

/** For the tests that look at each row. */
export function tableOf(source: SourceName): Table {
  return sources[source].table;
}

/**
 * A CoordinationCluster out of the documents of one file: the values of a chart, or the object of an operator.
 *
 * Throws UsageError for what is none of them, and Refusal for what cannot become one.
 */
export function convert(documents: readonly unknown[], wanted: Wanted): Converted {
  const found = foundIn(documents, wanted.from);
  const { table, called, unsaid } = sources[found.source];
  const name = nameOf(found, wanted);
  const draft = new Draft();
  draft.complete('version', wanted.version);
  const rows = new Rows(table);
  rows.judge(found.values, { draft, name });
  for (const [key, value] of Object.entries(unsaid))
    if (isUnset(valueAt(found.values, key)) && !isOverruled(found.values, key))
      rows.judge(nested(key, value), { draft, name }, (said) => `${said} (unsaid)`);
  settleTimeouts(draft);
  settleResources(draft);
  const namespace = wanted.namespace ?? found.namespace;
  return {
    source: found.source,
    called,
    cluster: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      spec: draft.spec,
    },
    remarks: draft.remarks,
  };
}

/** Stackable's groups may say what is not said for all. */
function isOverruled(values: Values, key: string): boolean {
  const within = /^servers\.(.*)$/.exec(key)?.[1];
  const groups = valueAt(values, 'servers.roleGroups');
  if (key === 'clusterConfig.tls.serverSecretClass') {
    const tls = valueAt(values, 'clusterConfig.tls');
    return isObject(tls) && Object.hasOwn(tls, 'serverSecretClass');
  }
  if (within === undefined || !isObject(groups)) return false;
  return Object.values(groups).some((group) => isObject(group) && !isUnset(valueAt(group, within)));
}

function nested(key: string, value: unknown): Values {
  return key.split('.').reduceRight<unknown>((below, name) => ({ [name]: below }), value) as Values;
}

interface Found {
  readonly source: SourceName;
  readonly values: Values;
  readonly name?: string;
  readonly namespace?: string;
}

/** As kubectl prints several. */
function itemsOf(document: unknown): readonly unknown[] {
  return isObject(document) && document.kind === 'List' && Array.isArray(document.items)
    ? document.items
    : [document];
}

function foundIn(documents: readonly unknown[], from: SourceName | undefined): Found {
  const all = documents.flatMap(itemsOf).filter((document) => document !== null && document !== undefined);
  if (all.length === 0)
    throw new UsageError('there is nothing in it: it has to be the values of a chart, or a ZookeeperCluster');
  const objects = all.filter((document) => isObject(document) && typeof document.apiVersion === 'string');
  if (objects.length > 0) return ofObjects(objects.filter(isObject), from);
  const [values] = all;
  if (all.length > 1)
    throw new UsageError(`there are ${all.length} documents in it: values of a chart are one`);
  if (!isObject(values))
    throw new UsageError('it is no object: it has to be the values of a chart, or a ZookeeperCluster');
  return ofValues(values, from);
}

function ofObjects(objects: readonly Values[], from: SourceName | undefined): Found {
  const clusters = objects.filter(({ kind }) => kind === 'ZookeeperCluster');
  const [cluster] = clusters;
  const kinds = [...new Set(objects.map(({ kind }) => textOf(kind)))].join(', ');
  if (cluster === undefined) throw new UsageError(`there is no ZookeeperCluster in it, but ${kinds}`);
  if (clusters.length > 1)
    throw new UsageError(`there are ${clusters.length} ZookeeperClusters in it: convert one at a time`);
  const group = textOf(cluster.apiVersion).split('/')[0];
  const source = SOURCES.find((each) => sources[each].group === group);
  if (source === undefined || (from !== undefined && from !== source))
    throw new UsageError(
      `${textOf(cluster.apiVersion)} is no ZookeeperCluster that is known here; see --help`,
    );
  const metadata: Values = isObject(cluster.metadata) ? cluster.metadata : {};
  const spec = cluster.spec ?? {};
  if (!isObject(spec)) throw new UsageError('its spec is no object');
  const values = source === 'stackable' ? withReplicas(spec) : spec;
  return { source, values, ...named(metadata.name, metadata.namespace) };
}

/** Values say nowhere whose they are, and those of a chart above it have them below `zookeeper`. */
function ofValues(values: Values, from: SourceName | undefined): Found {
  if (isObject(values.zookeeper)) {
    // What has the chart above install it or not says nothing of it.
    const { enabled: _, ...own } = values.zookeeper;
    return ofValues(own, from);
  }
  const source = from ?? likeliest(values);
  if (source === undefined) {
    throw new UsageError(
      `nothing in it tells what it is the values of: say --from ${SOURCES.filter((each) => sources[each].group === undefined).join(', ')}`,
    );
  }
  if (sources[source].group !== undefined)
    throw new UsageError(
      `--from ${source} is an object with apiVersion and kind; these are values of a chart`,
    );
  return { source, values, ...named(values.fullnameOverride, values.namespaceOverride) };
}

/** Who has the most of these keys; undefined: nobody, or two alike. */
function likeliest(values: Values): SourceName | undefined {
  const ranked = SOURCES.map((source) => ({
    source,
    marks: sources[source].marks.filter((key) => Object.hasOwn(values, key)).length,
  })).sort((a, b) => b.marks - a.marks);
  const [first, second] = ranked;
  if (first !== undefined && second !== undefined && first.marks > second.marks) return first.source;
  // Most people's, where a few keys are all that there is.
  const isBare =
    first?.marks === 0 && ['replicaCount', 'persistence'].some((key) => Object.hasOwn(values, key));
  return isBare ? 'bitnami' : undefined;
}

function named(name: unknown, namespace: unknown): Pick<Found, 'name' | 'namespace'> {
  return {
    ...(textOf(name) === '' ? {} : { name: textOf(name) }),
    ...(textOf(namespace) === '' ? {} : { namespace: textOf(namespace) }),
  };
}

function nameOf(found: Found, wanted: Wanted): string {
  const name = wanted.name ?? found.name ?? 'zookeeper';
  if (name.length <= MAX_NAME_LENGTH && /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(name)) return name;
  throw new Refusal(
    `"${name}" cannot be the name of a CoordinationCluster: say another one by --name, of at most ${MAX_NAME_LENGTH} lower-case letters, digits and hyphens, a letter first`,
  );
}
