import { joinAddress } from '../config/addresses.ts';
import { isFourLetterWord } from '../config/four-letter-words.ts';
import type { Connection } from './connection.ts';

/** What the four-letter words tell of a member. */
export interface WordFacts {
  readonly allowed: ReadonlySet<string>;
  readonly serving: boolean;
  readonly mode: 'leader' | 'follower' | 'observer' | 'standalone';
  readonly lastZxid: number;
  readonly nodes: number;
  readonly treeBytes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  readonly watches: number;
  readonly outstanding: number;
  readonly receivedPackets: number;
  readonly sentPackets: number;
  readonly latency: { readonly minMs: number; readonly avgMs: number; readonly maxMs: number };
  readonly connections: readonly Connection[];
  /** Voters and learners that follow, where this member leads. */
  readonly followers: { readonly total: number; readonly synced: number } | undefined;
  /** `key=value` lines. */
  readonly configuration: readonly string[];
}

/** The version whose protocol is spoken; clients and monitoring parse this very form of the line. */
const version = '3.9.5-rookery, built on 11/22/2026 00:00 UTC';
const notServing = 'This ZooKeeper instance is not currently serving requests\n';

/** The answer to a four-letter word, or undefined where there is no such word and the connection just closes. */
export function answerWord(word: string, facts: WordFacts): string | undefined {
  if (!isFourLetterWord(word)) return undefined;
  if (!facts.allowed.has(word)) return `${word} is not executed because it is not in the whitelist.\n`;
  switch (word) {
    case 'ruok':
      return 'imok';
    case 'isro':
      return facts.serving ? 'rw' : 'null';
    case 'srvr':
      return facts.serving ? `Zookeeper version: ${version}\n${server(facts)}` : notServing;
    case 'stat':
      return facts.serving
        ? `Zookeeper version: ${version}\nClients:\n${clients(facts)}\n${server(facts)}`
        : notServing;
    case 'mntr':
      return facts.serving ? monitor(facts) : notServing;
    case 'conf':
      return `${facts.configuration.join('\n')}\n`;
    default:
      return `${word} is not available in this version of Rookery.\n`;
  }
}

function server(facts: WordFacts): string {
  const { latency } = facts;
  const lines = [
    `Latency min/avg/max: ${latency.minMs}/${latency.avgMs.toFixed(4)}/${latency.maxMs}`,
    `Received: ${facts.receivedPackets}`,
    `Sent: ${facts.sentPackets}`,
    `Connections: ${facts.connections.length}`,
    `Outstanding: ${facts.outstanding}`,
    `Zxid: 0x${facts.lastZxid.toString(16)}`,
    `Mode: ${facts.mode}`,
    `Node count: ${facts.nodes}`,
  ];
  return `${lines.join('\n')}\n`;
}

function clients(facts: WordFacts): string {
  let text = '';
  for (const connection of facts.connections) {
    const { remoteAddress, remotePort } = connection.socket;
    const { outstanding, receivedPackets, sentPackets } = connection;
    const served = connection.session === 0 ? 0 : 1;
    const address = joinAddress(remoteAddress, remotePort);
    text += ` /${address}[${served}](queued=${outstanding},recved=${receivedPackets},sent=${sentPackets})\n`;
  }
  return text;
}

const peerState = {
  leader: 'leading - broadcast',
  follower: 'following - broadcast',
  observer: 'observing - broadcast',
} as const;

function monitor(facts: WordFacts): string {
  const pairs: (readonly [string, string | number])[] = [
    ['zk_version', version],
    ['zk_server_state', facts.mode],
    ...(facts.mode === 'standalone' ? [] : [['zk_peer_state', peerState[facts.mode]] as const]),
    ['zk_avg_latency', facts.latency.avgMs.toFixed(4)],
    ['zk_max_latency', facts.latency.maxMs],
    ['zk_min_latency', facts.latency.minMs],
    ['zk_packets_received', facts.receivedPackets],
    ['zk_packets_sent', facts.sentPackets],
    ['zk_num_alive_connections', facts.connections.length],
    ['zk_outstanding_requests', facts.outstanding],
    ['zk_znode_count', facts.nodes],
    ['zk_watch_count', facts.watches],
    ['zk_ephemerals_count', facts.ephemerals],
    ['zk_approximate_data_size', facts.treeBytes],
    ['zk_global_sessions', facts.sessions],
  ];
  if (facts.followers !== undefined) {
    pairs.push(['zk_learners', facts.followers.total], ['zk_synced_followers', facts.followers.synced]);
  }
  return pairs.map(([key, value]) => `${key}\t${value}\n`).join('');
}
