import type { MachineCounts } from '../admin/machine-counts.ts';
import { MEMBER_HISTOGRAMS } from '../admin/member-histograms.ts';
import { zookeeperMetricsOf } from '../admin/member-metrics.ts';
import type { Member } from '../member.ts';
import { Histogram } from '../model/histogram.ts';
import { javaDouble } from './java-text.ts';

export type Pair = readonly [key: string, value: string | number];

const PERCENTILES: readonly (readonly [key: string, part: number])[] = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
];

/** What `mntr` tells of the rows that /metrics tells, too: counters, and summaries of times in milliseconds. */
export function measuredPairs(member: Member, counts: MachineCounts): readonly Pair[] {
  const summaries = MEMBER_HISTOGRAMS.flatMap((row) => {
    const series = row.of(member, counts);
    return (row.zookeeper ?? []).flatMap(({ name, hasPercentiles, counts: takes }) => {
      const taken = series.filter(({ label }) => takes === undefined || takes(label));
      return summary(name, hasPercentiles, Histogram.sum(taken.map(({ histogram }) => histogram)));
    });
  });
  return [...zookeeperMetricsOf(member, counts), ...summaries];
}

/** As ZooKeeper's: whole milliseconds but for the average. */
function summary(name: string, hasPercentiles: boolean, histogram: Histogram): readonly Pair[] {
  const { count, sum, min, max } = histogram;
  const pairs: Pair[] = [
    [`zk_avg_${name}`, javaDouble(count === 0 ? 0 : sum / count)],
    [`zk_min_${name}`, Math.round(min)],
    [`zk_max_${name}`, Math.round(max)],
    [`zk_cnt_${name}`, count],
    [`zk_sum_${name}`, Math.round(sum)],
  ];
  if (!hasPercentiles) return pairs;
  return [
    ...pairs,
    ...PERCENTILES.map(
      ([key, part]): Pair => [`zk_${key}_${name}`, count === 0 ? 0 : Math.round(histogram.quantile(part))],
    ),
  ];
}
