import { isFourLetterWord } from '../config/four-letter-words.ts';
import { briefConnections, fullConnections } from './words/connections.ts';
import { dump } from './words/dump.ts';
import type { WordFacts } from './words/facts.ts';
import { javaDouble } from './words/java-text.ts';
import { watchesByPath, watchesBySession, watchSummary } from './words/watches.ts';

/** The version whose protocol is spoken; clients and monitoring parse this very form of the line. */
const version = '3.9.5-rookery, built on 11/22/2026 00:00 UTC';
const notServing = 'This ZooKeeper instance is not currently serving requests\n';

/** The answer to a four-letter word, or undefined where there is no such word and the connection just closes. */
export function answerWord(word: string, facts: WordFacts): string | undefined {
  if (!isFourLetterWord(word)) return undefined;
  if (!facts.allowed.has(word)) return `${word} is not executed because it is not in the whitelist.\n`;
  if (word === 'ruok') return 'imok';
  if (word === 'isro') return facts.serving ? 'rw' : 'null';
  if (word === 'envi') return environment(facts);
  return facts.serving ? answerServing(word, facts) : notServing;
}

function answerServing(word: string, facts: WordFacts): string {
  const { connections, watches } = facts;
  switch (word) {
    case 'srvr':
      return `Zookeeper version: ${version}\n${server(facts)}`;
    case 'stat':
      return `Zookeeper version: ${version}\nClients:\n${briefConnections(connections)}\n${server(facts)}`;
    case 'mntr':
      return monitor(facts);
    case 'conf':
      return facts.configuration.join('\n');
    case 'cons':
      return fullConnections(connections);
    case 'crst':
      facts.resetConnections();
      return 'Connection stats reset.\n';
    case 'srst':
      facts.resetServer();
      return 'Server stats reset.\n';
    case 'dirs':
      return `datadir_size: ${facts.sizes.dataBytes}\nlogdir_size: ${facts.sizes.logBytes}\n`;
    case 'dump':
      return dump(facts);
    case 'wchs':
      return watchSummary(watches);
    case 'wchc':
      return watchesBySession(watches);
    case 'wchp':
      return watchesByPath(watches);
    default:
      return `${word} is not available in this version of Rookery.\n`;
  }
}

function environment(facts: WordFacts): string {
  const lines = facts.environment.map(([key, value]) => `${key}=${value}\n`);
  return `Environment:\nzookeeper.version=${version}\n${lines.join('')}`;
}

function server(facts: WordFacts): string {
  const { latency } = facts;
  const lines = [
    `Latency min/avg/max: ${latency.minMs}/${javaDouble(latency.avgMs)}/${latency.maxMs}`,
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
  ];
  if (facts.followers !== undefined) {
    pairs.push(['zk_learners', facts.followers.total], ['zk_synced_followers', facts.followers.synced]);
  }
  return pairs.map(([key, value]) => `${key}\t${value}\n`).join('');
}
