import type { MonitorPair, MonitorSet, MonitorSummary, MonitorValues } from '../admin/zookeeper-commands.ts';

const QUANTILES = [0.5, 0.9, 0.99] as const;

/**
 * What `mntr` tells, in Prometheus' text format and under the names that ZooKeeper's own PrometheusMetricsProvider gives it, so that dashboards and
 * rules made for ZooKeeper go on working. Times are milliseconds, as there.
 */
export function zookeeperMetrics({ gauges, counters, summaries, sets }: MonitorValues): string {
  return [
    ...numbers('gauge', gauges),
    ...numbers('counter', counters),
    ...summaries.map(summaryText),
    ...sets.map(setText),
  ].join('');
}

function setText({ name, type, values }: MonitorSet): string {
  const lines = values.map(([key, value]) => `${name}{key="${escapeLabel(key)}"} ${value}\n`);
  return `# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Clients choose the names of paths. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

function numbers(type: 'gauge' | 'counter', pairs: readonly MonitorPair[]): string[] {
  return pairs
    .filter(([, value]) => !Number.isNaN(Number(value)))
    .map(([name, value]) => `# TYPE ${name} ${type}\n${name} ${Number(value)}\n`);
}

function summaryText({ name, histogram }: MonitorSummary): string {
  const { count, sum } = histogram;
  const quantiles = QUANTILES.map((quantile) => {
    const value = count === 0 ? Number.NaN : histogram.quantile(quantile);
    return `${name}{quantile="${quantile}"} ${value}\n`;
  });
  return `# TYPE ${name} summary\n${quantiles.join('')}${name}_count ${count}\n${name}_sum ${sum}\n`;
}
