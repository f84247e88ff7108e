import { KubeMetrics, type ReconcileOutcome } from '@rookery/kube';
import { CLUSTERS } from '../../operator/src/resource-types.ts';
import { MEMBER_HISTOGRAMS } from '../../server/src/admin/member-histograms.ts';
import { metricsRegistry } from '../../server/src/http/metrics.ts';
import { Traffic } from '../../server/src/http/v1/traffic.ts';
import { Histogram } from '../../server/src/model/histogram.ts';
import { FakeMember } from '../../server/test/http/fake-member.ts';

/** Metric → each label that it comes with → the values seen. */
export type Exported = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** What a member says at GET /metrics, by the very code that says it, of a member that has something to say of everything. */
export async function memberMetrics(): Promise<Exported> {
  const member = new FakeMember();
  for (const { name, labelName } of MEMBER_HISTOGRAMS) {
    const histogram = new Histogram();
    histogram.observe(1);
    member.series.set(name, [{ label: labelName === undefined ? '' : 'create', histogram }]);
  }
  const traffic = new Traffic(() => ({ requests: 1, watches: 1, walks: 1, sessions: 1 }));
  traffic.refused('request');
  traffic.answered('/v1', 'readNode', '2xx', 1);
  return read((await metricsRegistry(member).metrics()) + (await traffic.registry.metrics()));
}

const OUTCOMES: readonly ReconcileOutcome[] = ['done', 'requeued', 'conflict', 'error'];

/** The same of the operator, after one of each thing that it counts. */
export async function operatorMetrics(): Promise<Exported> {
  const metrics = new KubeMetrics('rookery_operator').withProcessMetrics();
  metrics.showQueue('cluster', { depth: 1, delayed: 1 });
  metrics.showCache(CLUSTERS.plural, { size: 1 });
  metrics.queueAdded('cluster');
  for (const outcome of OUTCOMES) metrics.reconciled('cluster', outcome, 1);
  for (const code of [200, 403, 500]) metrics.requested('list', code, 1);
  metrics.watchRestarted(CLUSTERS.plural, 'failed');
  metrics.eventDropped();
  return read(await metrics.registry.metrics());
}

/** Prometheus' text format; a metric without samples counts as well. */
function read(text: string): Exported {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const line of text.split('\n')) {
    const name = /^(?:# TYPE )?([a-zA-Z_:][\w:]*)/.exec(line)?.[1];
    if (name === undefined) continue;
    const labels = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, labels);
    if (line.startsWith('#')) continue;
    for (const [, label = '', value = ''] of line.matchAll(/([a-zA-Z_]\w*)="([^"]*)"/g))
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
  }
  return metrics;
}
