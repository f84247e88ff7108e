import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/client/connection.ts';
import { answerWord, type WordFacts } from '../../src/client/four-letter-words.ts';
import { DEFAULT_FOUR_LETTER_WORDS, FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';

const connection = {
  socket: { remoteAddress: '127.0.0.1', remotePort: 57106 },
  session: 5,
  outstanding: 1,
  receivedPackets: 7,
  sentPackets: 6,
} as unknown as Connection;

const facts: WordFacts = {
  allowed: new Set(DEFAULT_FOUR_LETTER_WORDS),
  serving: true,
  mode: 'leader',
  lastZxid: 0x1234,
  nodes: 5,
  treeBytes: 4711,
  ephemerals: 2,
  watches: 0,
  sessions: 3,
  outstanding: 4,
  receivedPackets: 70,
  sentPackets: 60,
  latency: { minMs: 0, avgMs: 0.12345, maxMs: 8 },
  connections: [connection, { ...connection, session: 0 } as Connection],
  followers: { total: 2, synced: 1 },
  configuration: ['clientPort=2181', 'dataDir=/data'],
};

const VERSION = /^3\.9\.5-[0-9a-z.]+, built on \d\d\/\d\d\/\d{4} \d\d:\d\d [A-Z]+$/;

describe('srvr and stat have the very form that clients and monitoring parse', () => {
  it('srvr', () => {
    const lines = answerWord('srvr', facts)!.split('\n');
    expect(lines[0]).toMatch(/^Zookeeper version: /);
    expect(lines[0]?.slice('Zookeeper version: '.length)).toMatch(VERSION);
    expect(lines.slice(1)).toEqual([
      'Latency min/avg/max: 0/0.1235/8',
      'Received: 70',
      'Sent: 60',
      'Connections: 2',
      'Outstanding: 4',
      'Zxid: 0x1234',
      'Mode: leader',
      'Node count: 5',
      '',
    ]);
  });

  it('stat: the connections first, those with a session marked', () => {
    const lines = answerWord('stat', facts)!.split('\n');
    expect(lines.slice(1, 6)).toEqual([
      'Clients:',
      ' /127.0.0.1:57106[1](queued=1,recved=7,sent=6)',
      ' /127.0.0.1:57106[0](queued=1,recved=7,sent=6)',
      '',
      'Latency min/avg/max: 0/0.1235/8',
    ]);
    const socket = { remoteAddress: '::1', remotePort: 57106 };
    const ofIpv6 = { ...facts, connections: [{ ...connection, socket } as Connection] };
    expect(answerWord('stat', ofIpv6)).toContain(' /[::1]:57106[1](queued=1,');
    expect(
      answerWord('stat', facts)!.endsWith(answerWord('srvr', facts)!.split('\n').slice(1).join('\n')),
    ).toBe(true);
  });
});

describe('mntr', () => {
  const keysOf = (of: WordFacts): string[] =>
    answerWord('mntr', of)!
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]!);

  it('has lines of key, tab and value', () => {
    const text = answerWord('mntr', facts)!;
    expect(text).toMatch(/^(zk_[a-z_]+\t[^\t\n]+\n)+$/);
    expect(text).toContain('zk_server_state\tleader\n');
    expect(text).toContain('zk_znode_count\t5\n');
    expect(text).toContain('zk_avg_latency\t0.1235\n');
    expect(text).toContain('zk_synced_followers\t1\n');
  });

  it("has keys of ZooKeeper 3.9's own and no others", () => {
    // As 3.9.5 prints them, alone and as the leader of an ensemble; those that this server has not got are left out.
    const zookeeper = [
      'zk_version',
      'zk_server_state',
      'zk_peer_state',
      'zk_avg_latency',
      'zk_max_latency',
      'zk_min_latency',
      'zk_packets_received',
      'zk_packets_sent',
      'zk_num_alive_connections',
      'zk_outstanding_requests',
      'zk_znode_count',
      'zk_watch_count',
      'zk_ephemerals_count',
      'zk_approximate_data_size',
      'zk_global_sessions',
      'zk_learners',
      'zk_synced_followers',
    ];
    expect(keysOf(facts)).toEqual(zookeeper);
  });

  it('speaks of followers only at the leader, and of peers only in an ensemble', () => {
    expect(keysOf({ ...facts, mode: 'follower', followers: undefined })).not.toContain('zk_learners');
    expect(keysOf({ ...facts, mode: 'standalone', followers: undefined })).not.toContain('zk_peer_state');
  });

  it.each([
    ['leader', 'leading - broadcast'],
    ['follower', 'following - broadcast'],
    ['observer', 'observing - broadcast'],
  ] as const)('says of a %s: %s', (mode, state) => {
    expect(answerWord('mntr', { ...facts, mode })).toContain(`zk_peer_state\t${state}\n`);
  });
});

describe('the other words', () => {
  it('ruok and isro, and conf with its lines', () => {
    expect(answerWord('ruok', facts)).toBe('imok');
    expect(answerWord('isro', facts)).toBe('rw');
    expect(answerWord('conf', facts)).toBe('clientPort=2181\ndataDir=/data\n');
  });

  it('that are not on the white list say so, in the words that clients look for', () => {
    expect(answerWord('wchs', facts)).toBe('wchs is not executed because it is not in the whitelist.\n');
    expect(answerWord('ruok', { ...facts, allowed: new Set() })).toContain('is not in the whitelist');
  });

  it('that are no words get no answer', () => {
    expect(answerWord('quit', facts)).toBeUndefined();
  });

  it('of a member that does not serve say so, but for ruok', () => {
    const idle = { ...facts, serving: false };
    for (const word of ['srvr', 'stat', 'mntr']) {
      expect(answerWord(word, idle)).toBe('This ZooKeeper instance is not currently serving requests\n');
    }
    expect(answerWord('ruok', idle)).toBe('imok');
    expect(answerWord('isro', idle)).toBe('null');
  });

  it('that are allowed are answered, every one', () => {
    const all = { ...facts, allowed: new Set<string>(FOUR_LETTER_WORDS) };
    for (const word of FOUR_LETTER_WORDS) expect(answerWord(word, all)?.length).toBeGreaterThan(0);
  });
});
