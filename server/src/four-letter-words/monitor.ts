import { type LeadershipFacts, type WordFacts, ZOOKEEPER_VERSION } from './facts.ts';
import { javaDouble } from './java-text.ts';
import type { Pair } from './measured.ts';

const peerState = {
  leader: 'leading - broadcast',
  follower: 'following - broadcast',
  observer: 'observing - broadcast',
} as const;

/** `mntr`: `key<TAB>value` lines under ZooKeeper's names. Those that would mean nothing here are listed in docs/guarantees.md. */
export function monitor(facts: WordFacts): string {
  const descriptors = facts.descriptors();
  const pairs: Pair[] = [
    ['zk_version', ZOOKEEPER_VERSION],
    ['zk_server_state', facts.mode],
    ...ensemble(facts),
    ['zk_uptime', facts.uptimeMs],
    ['zk_avg_latency', javaDouble(facts.latency.avgMs)],
    ['zk_max_latency', facts.latency.maxMs],
    ['zk_min_latency', facts.latency.minMs],
    ['zk_packets_received', facts.receivedPackets],
    ['zk_packets_sent', facts.sentPackets],
    ['zk_num_alive_connections', facts.connections.length],
    ['zk_outstanding_requests', facts.outstanding],
    ['zk_znode_count', facts.nodes],
    ['zk_watch_count', facts.watches.count],
    ['zk_ephemerals_count', facts.ephemerals],
    ['zk_approximate_data_size', facts.treeBytes],
    ['zk_global_sessions', facts.sessions],
    ['zk_local_sessions', 0],
    ['zk_open_file_descriptor_count', descriptors.open],
    ['zk_max_file_descriptor_count', descriptors.most],
    ['zk_connection_drop_probability', '0.0'],
    ['zk_last_client_response_size', facts.sentSizes.last],
    ['zk_max_client_response_size', facts.sentSizes.max],
    ['zk_min_client_response_size', facts.sentSizes.min],
    ['zk_outstanding_tls_handshake', 0],
    ['zk_auth_failed_count', facts.authFailures],
    ...facts.measured(),
  ];
  if (facts.leadership !== undefined) pairs.push(...leadership(facts.leadership));
  return pairs.map(([key, value]) => `${key}\t${value}\n`).join('');
}

function ensemble({ mode, voters }: WordFacts): readonly Pair[] {
  if (mode === 'standalone') return [];
  return [
    ['zk_peer_state', peerState[mode]],
    ['zk_quorum_size', voters],
  ];
}

function leadership(facts: LeadershipFacts): readonly Pair[] {
  return [
    ['zk_learners', facts.followers + facts.learners],
    ['zk_synced_followers', facts.syncedFollowers],
    ['zk_synced_non_voting_followers', 0],
    ['zk_synced_observers', facts.syncedLearners],
    ['zk_pending_syncs', facts.pendingSyncs],
    ['zk_leader_uptime', facts.uptimeMs],
    ['zk_last_proposal_size', facts.proposalSizes.last],
    ['zk_max_proposal_size', facts.proposalSizes.max],
    ['zk_min_proposal_size', facts.proposalSizes.min],
  ];
}
