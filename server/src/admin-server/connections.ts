import { joinAddress } from '../config/addresses.ts';
import type { ConnectionFacts } from '../connections/connection-stats.ts';
import { operationName } from '../four-letter-words/connections.ts';

/** A connection as `stats` tells it. */
export function briefConnection({
  socket,
  isReading,
  outstanding,
  stats,
}: ConnectionFacts): Record<string, unknown> {
  return {
    remote_socket_address: joinAddress(socket.remoteAddress, socket.remotePort),
    // What ZooKeeper waits for: 1 to read requests.
    interest_ops: isReading ? 1 : 0,
    outstanding_requests: outstanding,
    packets_received: stats.receivedPackets,
    packets_sent: stats.sentPackets,
  };
}

/** Those that speak TLS apart, as ZooKeeper tells them. */
export function connectionLists(
  connections: readonly ConnectionFacts[],
  tell: (connection: ConnectionFacts) => Record<string, unknown>,
): { connections: Record<string, unknown>[]; secure_connections: Record<string, unknown>[] } {
  return {
    connections: connections.filter(({ socket }) => socket.isSecure !== true).map(tell),
    secure_connections: connections.filter(({ socket }) => socket.isSecure === true).map(tell),
  };
}

/** As `connections` does: with its session and how it was served. Times in milliseconds; `established` since 1970. */
export function fullConnection(connection: ConnectionFacts): Record<string, unknown> {
  const { session, connectedMs, timeoutMs, stats } = connection;
  return {
    ...briefConnection(connection),
    session_id: session,
    last_operation: operationName(stats.lastOp),
    established: connectedMs,
    session_timeout: timeoutMs,
    last_cxid: stats.lastXid,
    last_zxid: stats.lastZxid,
    last_response_time: Math.round(stats.lastReplyMs),
    last_latency: Math.round(stats.lastLatencyMs),
    min_latency: Math.round(stats.minLatencyMs),
    avg_latency: Math.floor(stats.avgLatencyMs),
    max_latency: Math.round(stats.maxLatencyMs),
  };
}
