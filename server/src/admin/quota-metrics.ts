import type { Member } from '../member.ts';
import type { NamespaceQuotas, QuotaTotals } from '../model/namespace-quotas.ts';
import type { MonitorSet } from './zookeeper-commands.ts';

/** A scrape looks at no more quotas. */
const MOST_LOOKED_AT = 1_000;

interface QuotaMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly of: (quotas: NamespaceQuotas) => readonly (readonly [namespace: string, value: number])[];
  readonly zookeeper: string;
}

type Numbers = Exclude<keyof QuotaTotals, 'namespace'>;

function gauge(name: string, help: string, key: Numbers, zookeeper: string): QuotaMetric {
  const of: QuotaMetric['of'] = ({ limits }) => limits.map((total) => [total.namespace, total[key]]);
  return { name, help, type: 'gauge', of, zookeeper };
}

/** By the first name of the paths that have the quotas. */
export const QUOTA_METRICS: readonly QuotaMetric[] = [
  gauge(
    'rookery_quota_nodes_limit',
    'Znodes that quotas allow below the paths that begin with this name; -1 for each without such a limit.',
    'countLimit',
    'quota_count_limit_per_namespace',
  ),
  gauge(
    'rookery_quota_limit_bytes',
    'Bytes of data that quotas allow below the paths that begin with this name; -1 for each without such a limit.',
    'bytesLimit',
    'quota_bytes_limit_per_namespace',
  ),
  gauge(
    'rookery_quota_nodes',
    'Znodes that the stats of these quotas say.',
    'count',
    'quota_count_usage_per_namespace',
  ),
  gauge(
    'rookery_quota_bytes',
    'Bytes of data that the stats of these quotas say.',
    'bytes',
    'quota_bytes_usage_per_namespace',
  ),
  {
    name: 'rookery_quota_refused_total',
    help: 'Writes refused because of a hard limit while this member led.',
    type: 'counter',
    of: ({ refused }) => refused,
    zookeeper: 'quota_exceeded_error_per_namespace',
  },
];

export function quotasOf({ clients, running }: Member): NamespaceQuotas {
  return {
    limits: running?.machine.tree.quotaTotals(MOST_LOOKED_AT) ?? [],
    refused: [...clients.quotas.refused],
  };
}

/** Under ZooKeeper's names. */
export function quotaSets(quotas: NamespaceQuotas): readonly MonitorSet[] {
  return QUOTA_METRICS.map(({ zookeeper, type, of }) => ({ name: zookeeper, type, values: of(quotas) }));
}
