import { type Sizes, ZOOKEEPER_VERSION } from '../four-letter-words/facts.ts';
import { briefConnection, connectionLists } from './connections.ts';
import type { CommandFacts } from './facts.ts';

function bufferSizes({ last, min, max }: Sizes): Record<string, number> {
  return { last_buffer_size: last, min_buffer_size: min, max_buffer_size: max };
}

/** What this member has done since its start, or the last `stat_reset`. Times in milliseconds, sizes in bytes. */
export function serverStats(facts: CommandFacts): Record<string, unknown> {
  const { latency, leadership } = facts;
  const responses = bufferSizes(facts.sentSizes);
  return {
    version: ZOOKEEPER_VERSION,
    read_only: facts.mode === 'read-only',
    server_stats: {
      packets_sent: facts.sentPackets,
      packets_received: facts.receivedPackets,
      client_response_stats: responses,
      server_state: facts.mode,
      outstanding_requests: facts.outstanding,
      min_latency: latency.minMs,
      avg_latency: Math.round(latency.avgMs * 10_000) / 10_000,
      max_latency: latency.maxMs,
      data_dir_size: facts.sizes.dataBytes,
      log_dir_size: facts.sizes.logBytes,
      last_processed_zxid: facts.lastZxid,
      num_alive_client_connections: facts.connectionCount,
      uptime: facts.uptimeMs,
      auth_failed_count: facts.authFailures,
    },
    client_response: responses,
    ...(leadership === undefined ? {} : { proposal_stats: bufferSizes(leadership.proposalSizes) }),
    node_count: facts.nodes,
  };
}

/** The same, and who is connected. */
export function stats(facts: CommandFacts): Record<string, unknown> {
  return {
    ...serverStats(facts),
    ...connectionLists(facts.connections(), briefConnection),
  };
}
