import type { MonitorPair, MonitorSummary, MonitorValues } from '../admin/zookeeper-commands.ts';
import { type LeadershipFacts, type WordFacts, ZOOKEEPER_VERSION } from './facts.ts';
import { javaDouble } from './java-text.ts';

const peerState = {
  leader: 'leading - broadcast',
  follower: 'following - broadcast',
  observer: 'observing - broadcast',
  'read-only': 'looking - election',
} as const;

const PERCENTILES: readonly (readonly [key: string, part: number])[] = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
];

/** `mntr`: `key<TAB>value` lines. */
export function monitor(facts: WordFacts): string {
  return monitorPairs(monitorValues(facts))
    .map(([name, value]) => `zk_${name}\t${value}\n`)
    .join('');
}

/** Each summary as ZooKeeper writes it, its average, least, most, count and sum; each value of a set under its key. */
export function monitorPairs({ gauges, counters, summaries, sets }: MonitorValues): readonly MonitorPair[] {
  const ofSets = sets.flatMap(({ name, values }) =>
    values.map(([key, value]): MonitorPair => [`${key}_${name}`, value]),
  );
  return [...gauges, ...counters, ...summaries.flatMap(summaryPairs), ...ofSets];
}

/** Those that would mean nothing here are listed in docs/guarantees.md. */
export function monitorValues(facts: WordFacts): MonitorValues {
  const descriptors = facts.descriptors();
  const gauges: MonitorPair[] = [
    ['version', ZOOKEEPER_VERSION],
    ['server_state', facts.mode],
    ...ensemble(facts),
    ['uptime', facts.uptimeMs],
    ['avg_latency', javaDouble(facts.latency.avgMs)],
    ['max_latency', facts.latency.maxMs],
    ['min_latency', facts.latency.minMs],
    ['packets_received', facts.receivedPackets],
    ['packets_sent', facts.sentPackets],
    ['num_alive_connections', facts.connectionCount],
    ['outstanding_requests', facts.outstanding],
    ['znode_count', facts.nodes],
    ['watch_count', facts.watches.count],
    ['ephemerals_count', facts.ephemerals],
    ['approximate_data_size', facts.treeBytes],
    ['global_sessions', facts.sessions],
    ['local_sessions', 0],
    ['open_file_descriptor_count', descriptors.open],
    ['max_file_descriptor_count', descriptors.most],
    ['connection_drop_probability', '0.0'],
    ['last_client_response_size', facts.sentSizes.last],
    ['max_client_response_size', facts.sentSizes.max],
    ['min_client_response_size', facts.sentSizes.min],
    ['outstanding_tls_handshake', 0],
    ['auth_failed_count', facts.authFailures],
  ];
  if (facts.leadership !== undefined) gauges.push(...leadership(facts.leadership));
  return { gauges, ...facts.measured() };
}

function ensemble({ mode, voters }: WordFacts): readonly MonitorPair[] {
  if (mode === 'standalone') return [];
  return [
    ['peer_state', peerState[mode]],
    ['quorum_size', voters],
  ];
}

function leadership(facts: LeadershipFacts): readonly MonitorPair[] {
  return [
    ['learners', facts.followers + facts.learners],
    ['synced_followers', facts.syncedFollowers],
    ['synced_non_voting_followers', 0],
    ['synced_observers', facts.syncedLearners],
    ['pending_syncs', facts.pendingSyncs],
    ['leader_uptime', facts.uptimeMs],
    ['last_proposal_size', facts.proposalSizes.last],
    ['max_proposal_size', facts.proposalSizes.max],
    ['min_proposal_size', facts.proposalSizes.min],
  ];
}

/** Whole milliseconds but for the average. */
function summaryPairs({ name, hasPercentiles, histogram }: MonitorSummary): readonly MonitorPair[] {
  const { count, sum, min, max } = histogram;
  const pairs: MonitorPair[] = [
    [`avg_${name}`, javaDouble(count === 0 ? 0 : sum / count)],
    [`min_${name}`, Math.round(min)],
    [`max_${name}`, Math.round(max)],
    [`cnt_${name}`, count],
    [`sum_${name}`, Math.round(sum)],
  ];
  if (!hasPercentiles) return pairs;
  const percentiles = PERCENTILES.map(
    ([key, part]): MonitorPair => [`${key}_${name}`, count === 0 ? 0 : Math.round(histogram.quantile(part))],
  );
  return [...pairs, ...percentiles];
}
