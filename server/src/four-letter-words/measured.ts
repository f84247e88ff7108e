import type { MachineCounts } from '../admin/machine-counts.ts';
import { MEMBER_HISTOGRAMS } from '../admin/member-histograms.ts';
import { zookeeperMetricsOf } from '../admin/member-metrics.ts';
import { quotaSets, quotasOf } from '../admin/quota-metrics.ts';
import type { MonitorSummary, MonitorValues } from '../admin/zookeeper-commands.ts';
import type { Member } from '../member.ts';
import { Histogram } from '../model/histogram.ts';

export type Measured = Pick<MonitorValues, 'counters' | 'summaries' | 'sets'>;

/** The rows of /metrics that ZooKeeper has, too. */
export function measuredOf(member: Member, counts: MachineCounts): Measured {
  return {
    counters: zookeeperMetricsOf(member, counts),
    summaries: summariesOf(member, counts),
    sets: quotaSets(quotasOf(member)),
  };
}

function summariesOf(member: Member, counts: MachineCounts): MonitorSummary[] {
  return MEMBER_HISTOGRAMS.flatMap((row) => {
    const series = row.of(member, counts);
    return (row.zookeeper ?? []).map(({ name, hasPercentiles, counts: takes }) => {
      const taken = series.filter(({ label }) => takes === undefined || takes(label));
      return { name, hasPercentiles, histogram: Histogram.sum(taken.map(({ histogram }) => histogram)) };
    });
  });
}
