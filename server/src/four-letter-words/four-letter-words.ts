import { isFourLetterWord } from '../config/four-letter-words.ts';
import { briefConnections, fullConnections } from './connections.ts';
import { dump } from './dump.ts';
import { type WordFacts, ZOOKEEPER_VERSION } from './facts.ts';
import { javaDouble } from './java-text.ts';
import { monitor } from './monitor.ts';
import { watchesByPath, watchesBySession, watchSummary } from './watches.ts';

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';

/** The answer to a four-letter word, or undefined where there is no such word and the connection just closes. */
export function answerWord(word: string, facts: WordFacts): string | undefined {
  if (!isFourLetterWord(word)) return undefined;
  if (!facts.allowed.has(word)) return `${word} is not executed because it is not in the whitelist.\n`;
  if (word === 'ruok') return 'imok';
  if (word === 'isro') return facts.serving ? access(facts) : 'null';
  if (word === 'envi') return environment(facts);
  return facts.serving ? answerServing(word, facts) : NOT_SERVING;
}

function answerServing(word: string, facts: WordFacts): string {
  const { watches } = facts;
  switch (word) {
    case 'srvr':
      return `${version(facts)}${server(facts)}`;
    case 'stat':
      return `${version(facts)}Clients:\n${briefConnections(facts.connections())}\n${server(facts)}`;
    case 'mntr':
      return monitor(facts);
    case 'conf':
      return facts.configuration.join('\n');
    case 'cons':
      return fullConnections(facts.connections());
    case 'crst':
      facts.resetConnections();
      return 'Connection stats reset.\n';
    case 'srst':
      facts.resetServer();
      return 'Server stats reset.\n';
    case 'dirs':
      return `datadir_size: ${facts.sizes.dataBytes}\nlogdir_size: ${facts.sizes.logBytes}\n`;
    case 'hash':
      return digests(facts);
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

/** `hash`: equal on members that are at the same zxid. */
function digests(facts: WordFacts): string {
  return facts
    .digests()
    .map(({ zxid, digest }) => `${zxid.toString(16)}: ${digest}\n`)
    .join('');
}

function access({ mode }: WordFacts): string {
  return mode === 'read-only' ? 'ro' : 'rw';
}

function version({ mode }: WordFacts): string {
  const remark = mode === 'read-only' ? 'READ-ONLY mode; serving only read-only clients\n' : '';
  return `Zookeeper version: ${ZOOKEEPER_VERSION}\n${remark}`;
}

function environment(facts: WordFacts): string {
  const lines = facts.environment().map(([key, value]) => `${key}=${value}\n`);
  return `Environment:\nzookeeper.version=${ZOOKEEPER_VERSION}\n${lines.join('')}`;
}

function server(facts: WordFacts): string {
  const { latency } = facts;
  const lines = [
    `Latency min/avg/max: ${latency.minMs}/${javaDouble(latency.avgMs)}/${latency.maxMs}`,
    `Received: ${facts.receivedPackets}`,
    `Sent: ${facts.sentPackets}`,
    `Connections: ${facts.connectionCount}`,
    `Outstanding: ${facts.outstanding}`,
    `Zxid: 0x${facts.lastZxid.toString(16)}`,
    `Mode: ${facts.mode}`,
    `Node count: ${facts.nodes}`,
  ];
  return `${lines.join('\n')}\n`;
}
