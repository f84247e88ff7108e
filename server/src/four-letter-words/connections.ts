import { OpCode } from '@rookery/protocol';
import { joinAddress } from '../config/addresses.ts';
import type { ConnectionFacts } from '../connections/connection-stats.ts';
import { dialectOperations } from '../connections/dialects.ts';
import { operations, ownOperations } from '../connections/operations.ts';
import { javaHex } from './java-text.ts';

const names: ReadonlyMap<number, string> = new Map<number, string>([
  ...[...operations, ...ownOperations, ...dialectOperations].map(
    ({ op, shortName }) => [op, shortName] as const,
  ),
  [OpCode.createSession, 'SESS'],
  [OpCode.attachSession, 'SESS'],
]);

/** `stat`: a line for each connection. */
export function briefConnections(connections: readonly ConnectionFacts[]): string {
  return connections.map((connection) => `${counted(connection)})\n`).join('');
}

/** `cons`: the same, with the session and how it was served. */
export function fullConnections(connections: readonly ConnectionFacts[]): string {
  return `${connections.map((connection) => `${counted(connection)}${served(connection)})\n`).join('')}\n`;
}

/** As ZooKeeper calls the operation for short. */
export function operationName(op: number): string {
  return names.get(op) ?? 'NA';
}

export function addressOf({ socket }: ConnectionFacts): string {
  return `/${joinAddress(socket.remoteAddress, socket.remotePort)}`;
}

/** In brackets what ZooKeeper waits for: 1 to read requests. */
function counted(connection: ConnectionFacts): string {
  const { outstanding, stats, isReading } = connection;
  const { receivedPackets, sentPackets } = stats;
  return ` ${addressOf(connection)}[${isReading ? 1 : 0}](queued=${outstanding},recved=${receivedPackets},sent=${sentPackets}`;
}

function served({ session, timeoutMs, connectedMs, stats }: ConnectionFacts): string {
  if (session === 0) return '';
  const lastXid = stats.lastXid >= 0 ? `,lcxid=0x${javaHex(stats.lastXid)}` : '';
  const last = `,lzxid=0x${javaHex(stats.lastZxid)},lresp=${Math.round(stats.lastReplyMs)}`;
  const latency =
    `,llat=${Math.round(stats.lastLatencyMs)},minlat=${Math.round(stats.minLatencyMs)}` +
    `,avglat=${Math.floor(stats.avgLatencyMs)},maxlat=${Math.round(stats.maxLatencyMs)}`;
  const lastOp = operationName(stats.lastOp);
  return `,sid=0x${javaHex(session)},lop=${lastOp},est=${connectedMs},to=${timeoutMs}${lastXid}${last}${latency}`;
}
