import type { Metric, MetricValueWithName, Registry } from 'prom-client';
import { MEMBER_HISTOGRAMS, type Series } from '../admin/member-histograms.ts';
import type { MemberView } from '../admin/member-status.ts';

type Value = MetricValueWithName<string>;

const secondsOf = (ms: number): number => ms / 1000;

/** Buckets count all values up to their bound, in seconds, the last one those of any size. */
function valuesOf(name: string, labelName: string | undefined, { label, histogram }: Series): Value[] {
  const labels = labelName === undefined ? {} : { [labelName]: label };
  const { bounds, counts, count, sum } = histogram;
  const values: Value[] = [];
  let below = 0;
  for (const [at, bound] of bounds.entries()) {
    below += counts[at]!;
    values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: secondsOf(bound) }, value: below });
  }
  values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count });
  values.push({ metricName: `${name}_sum`, labels, value: secondsOf(sum) });
  values.push({ metricName: `${name}_count`, labels, value: count });
  return values;
}

/**
 * Registers the member's histograms. They are counted by the member itself, on the way of each request: prom-client's own would take a lookup by
 * label and an object there.
 */
export function memberHistograms(registry: Registry, member: MemberView): void {
  for (const row of MEMBER_HISTOGRAMS) {
    const { name, help, labelName } = row;
    const metric = {
      name,
      help,
      get: async () => ({
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: member.histograms(row).flatMap((series) => valuesOf(name, labelName, series)),
      }),
      reset: () => {},
    };
    registry.registerMetric(metric as unknown as Metric);
  }
}
