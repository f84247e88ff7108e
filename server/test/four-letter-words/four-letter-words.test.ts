import { OpCode } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { DEFAULT_FOUR_LETTER_WORDS, FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import type { WordFacts } from '../../src/four-letter-words/facts.ts';
import { answerWord } from '../../src/four-letter-words/four-letter-words.ts';
import { javaDate, javaDouble, javaHex } from '../../src/four-letter-words/java-text.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { connection, facts } from './word-facts.ts';

const VERSION = /^3\.9\.5-[0-9a-z.]+, built on \d\d\/\d\d\/\d{4} \d\d:\d\d [A-Z]+$/;

describe('srvr and stat have the very form that clients and monitoring parse', () => {
  test('srvr', () => {
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

  test('stat: the connections first, those that are read from marked', () => {
    const lines = answerWord('stat', facts)!.split('\n');
    expect(lines.slice(1, 6)).toEqual([
      'Clients:',
      ' /127.0.0.1:57106[1](queued=1,recved=7,sent=6)',
      ' /127.0.0.1:57106[0](queued=1,recved=7,sent=6)',
      '',
      'Latency min/avg/max: 0/0.1235/8',
    ]);
    const socket = { remoteAddress: '::1', remotePort: 57106 };
    const ofIpv6 = { ...facts, connections: () => [connection(1, 5, { socket })] };
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

  test('has lines of key, tab and value', () => {
    const text = answerWord('mntr', facts)!;
    expect(text).toMatch(/^(zk_[a-z_]+\t[^\t\n]+\n)+$/);
    expect(text).toContain('zk_server_state\tleader\n');
    expect(text).toContain('zk_znode_count\t5\n');
    expect(text).toContain('zk_avg_latency\t0.1235\n');
    expect(text).toContain('zk_watch_count\t6\n');
    expect(text).toContain('zk_learners\t4\n');
    expect(text).toContain('zk_synced_followers\t1\n');
    expect(text).toContain('zk_synced_observers\t2\n');
    expect(text).toContain('zk_pending_syncs\t7\n');
    expect(text).toContain('zk_open_file_descriptor_count\t31\n');
    expect(text).toContain('zk_max_file_descriptor_count\t1024\n');
    expect(text).toContain('zk_uptime\t98765\n');
    expect(text).toContain('zk_leader_uptime\t4321\n');
    expect(text).toContain('zk_last_client_response_size\t33\n');
    expect(text).toContain('zk_min_client_response_size\t16\n');
    expect(text).toContain('zk_max_client_response_size\t4711\n');
    expect(text).toContain('zk_last_proposal_size\t61\n');
    expect(text).toContain('zk_min_proposal_size\t48\n');
    expect(text).toContain('zk_max_proposal_size\t1050\n');
    expect(text).toContain('zk_quorum_size\t3\n');
    expect(text).toContain('zk_auth_failed_count\t2\n');
  });

  test("has keys of ZooKeeper 3.9's own and no others", () => {
    // As 3.9.5 prints them, alone and as the leader of an ensemble; those that this server has not got are left out.
    const zookeeper = [
      'zk_version',
      'zk_server_state',
      'zk_peer_state',
      'zk_quorum_size',
      'zk_uptime',
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
      'zk_local_sessions',
      'zk_open_file_descriptor_count',
      'zk_max_file_descriptor_count',
      'zk_connection_drop_probability',
      'zk_last_client_response_size',
      'zk_max_client_response_size',
      'zk_min_client_response_size',
      'zk_outstanding_tls_handshake',
      'zk_auth_failed_count',
      'zk_learners',
      'zk_synced_followers',
      'zk_synced_non_voting_followers',
      'zk_synced_observers',
      'zk_pending_syncs',
      'zk_leader_uptime',
      'zk_last_proposal_size',
      'zk_max_proposal_size',
      'zk_min_proposal_size',
    ];
    expect(keysOf(facts)).toEqual(zookeeper);
  });

  test('speaks of followers only at the leader, and of peers only in an ensemble', () => {
    expect(keysOf({ ...facts, mode: 'follower', leadership: undefined })).not.toContain('zk_learners');
    expect(keysOf({ ...facts, mode: 'standalone', leadership: undefined })).not.toContain('zk_peer_state');
  });

  test.each([
    ['leader', 'leading - broadcast'],
    ['follower', 'following - broadcast'],
    ['observer', 'observing - broadcast'],
  ] as const)('says of a %s: %s', (mode, state) => {
    expect(answerWord('mntr', { ...facts, mode })).toContain(`zk_peer_state\t${state}\n`);
  });
});

describe('cons', () => {
  test('tells of each connection with a session how it was served, in the form of 3.9.5', () => {
    const served = connection(49364, 0x5d00c000d, { outstanding: 0 });
    served.stats.replied(OpCode.createSession, 0, 0x59, 1.4, 24_121_000.2);
    served.stats.replied(OpCode.getData, 5, 0x5d, 0, 24_121_010.4);
    served.stats.replied(OpCode.ping, -2, 0x5d, 0, 24_121_010.4);
    const alone = connection(49370, 0, { outstanding: 0, isReading: false });
    expect(answerWord('cons', { ...facts, connections: () => [served, alone] })).toBe(
      ' /127.0.0.1:49364[1](queued=0,recved=7,sent=6,sid=0x5d00c000d,lop=PING,est=1795397175019,to=10000,' +
        'lcxid=0x5,lzxid=0x5d,lresp=24121010,llat=0,minlat=0,avglat=0,maxlat=1)\n' +
        ' /127.0.0.1:49370[0](queued=0,recved=7,sent=6)\n\n',
    );
  });

  test('after a reset has no last request', () => {
    const served = connection(1, 2, { outstanding: 0 });
    served.stats.replied(OpCode.getData, 5, 0x5d, 3, 4);
    served.stats.reset();
    expect(answerWord('cons', { ...facts, connections: () => [served] })).toBe(
      ' /127.0.0.1:1[1](queued=0,recved=0,sent=0,sid=0x2,lop=NA,est=1795397175019,to=10000,' +
        'lzxid=0xffffffffffffffff,lresp=0,llat=0,minlat=0,avglat=0,maxlat=0)\n\n',
    );
  });
});

describe('dump', () => {
  const tail =
    'ephemeral nodes dump:\nSessions with Ephemerals (2):\n0xb:\n\t/mt1\n0xc:\n\t/ephB\n\t/ephA\n' +
    'Connections dump:\nConnections Sets (1)/(2):\n2 expire at Mon Nov 23 01:26:26 UTC 2026:\n' +
    '\tip: /127.0.0.1:57106 sessionId: 0x5\n\tip: /127.0.0.1:57106 sessionId: 0x0\n';

  test('of a follower: the sessions with their timeouts, ephemeral nodes, connections', () => {
    expect(answerWord('dump', facts)).toBe(
      `SessionTracker dump:\nGlobal Sessions(2):\n0xa\t10000ms\n0xb\t4000ms\n${tail}`,
    );
  });

  test('of the leader: the sessions by the tick in which they expire', () => {
    const remaining = [
      [asSessionId(7), 9_000],
      [asSessionId(8), 400],
      [asSessionId(9), 10_400],
    ] as const;
    expect(answerWord('dump', { ...facts, remainingOfSessions: () => remaining })).toBe(
      'SessionTracker dump:\nSession Sets (2)/(3):\n1 expire at Mon Nov 23 01:26:16 UTC 2026:\n\t0x8\n' +
        `2 expire at Mon Nov 23 01:26:26 UTC 2026:\n\t0x7\n\t0x9\n${tail}`,
    );
  });
});

describe('wchs, wchc and wchp', () => {
  test('tell of watched nodes in the form of 3.9.5', () => {
    expect(answerWord('wchs', facts)).toBe('2 connections watching 3 paths\nTotal watches:4\n');
    expect(answerWord('wchc', facts)).toBe('0xd\n\t/nonex\n\t/ephA\n\t/pp\n0xc\n\t/ephA\n\n');
    expect(answerWord('wchp', facts)).toBe('/nonex\n\t0xd\n/ephA\n\t0xd\n\t0xc\n/pp\n\t0xd\n\n');
  });
});

describe('the other words', () => {
  test('hash: the digests of its state, by zxid', () => {
    expect(answerWord('hash', facts)).toBe('1200: d1\n1234: d2\n');
  });

  test('ruok, isro, conf, envi and dirs', () => {
    expect(answerWord('ruok', facts)).toBe('imok');
    expect(answerWord('isro', facts)).toBe('rw');
    expect(answerWord('conf', facts)).toBe('clientPort=2181\ndataDir=/data\n');
    expect(answerWord('dirs', facts)).toBe('datadir_size: 67109358\nlogdir_size: 4\n');
    const lines = answerWord('envi', facts)!.split('\n');
    expect(lines[0]).toBe('Environment:');
    expect(lines[1]?.slice('zookeeper.version='.length)).toMatch(VERSION);
    expect(lines.slice(2)).toEqual(['host.name=localhost', 'os.name=Linux', '']);
  });

  test('crst and srst reset what they name, and say so', () => {
    const done: string[] = [];
    const resetting = {
      ...facts,
      resetConnections: () => done.push('connections'),
      resetServer: () => done.push('server'),
    };
    expect(answerWord('crst', resetting)).toBe('Connection stats reset.\n');
    expect(done).toEqual(['connections']);
    expect(answerWord('srst', resetting)).toBe('Server stats reset.\n');
    expect(done).toEqual(['connections', 'server']);
  });

  test('that are not on the white list say so, in the words that clients look for', () => {
    const byDefault = { ...facts, allowed: new Set<string>(DEFAULT_FOUR_LETTER_WORDS) };
    for (const word of FOUR_LETTER_WORDS) {
      const refusal = `${word} is not executed because it is not in the whitelist.\n`;
      expect(answerWord(word, byDefault) === refusal).toBe(!byDefault.allowed.has(word));
    }
    expect([...byDefault.allowed].sort()).toEqual(['conf', 'isro', 'mntr', 'ruok', 'srvr', 'stat']);
  });

  test('that are no words get no answer', () => {
    expect(answerWord('quit', facts)).toBeUndefined();
  });

  test('of a member that does not serve say so, but for those that tell nothing of the ensemble', () => {
    const idle = { ...facts, serving: false };
    for (const word of FOUR_LETTER_WORDS) {
      if (word === 'ruok' || word === 'isro' || word === 'envi') continue;
      expect(answerWord(word, idle)).toBe('This ZooKeeper instance is not currently serving requests\n');
    }
    expect(answerWord('ruok', idle)).toBe('imok');
    expect(answerWord('isro', idle)).toBe('null');
    expect(answerWord('envi', idle)).toMatch(/^Environment:\n/);
  });

  test('that are allowed are answered, every one', () => {
    for (const word of FOUR_LETTER_WORDS) expect(answerWord(word, facts)?.length).toBeGreaterThan(0);
  });
});

describe("Java's forms", () => {
  test('of dates, in and out of leap years', () => {
    expect(javaDate(0)).toBe('Thu Jan 01 00:00:00 UTC 1970');
    expect(javaDate(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe('Thu Feb 29 23:59:59 UTC 2024');
    for (let day = 0; day < 60_000; day += 13) {
      const ms = day * 86_400_000 + 12_345_678;
      const [weekday, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
      expect(javaDate(ms)).toBe(`${weekday} ${month} ${date} ${time} UTC ${year}`);
    }
  });

  test('of doubles and of 64-bit numbers', () => {
    expect([0, 45.5, 4, 0.12345, 3.80001].map(javaDouble)).toEqual(['0.0', '45.5', '4.0', '0.1235', '3.8']);
    expect([0, 255, 2 ** 40, -1, -2].map(javaHex)).toEqual([
      '0',
      'ff',
      '10000000000',
      'ffffffffffffffff',
      'fffffffffffffffe',
    ]);
  });
});

test('a member that serves reads only says so, as ZooKeeper does, so that its clients go on looking', () => {
  const readOnly: WordFacts = { ...facts, mode: 'read-only', leadership: undefined };
  expect(answerWord('isro', readOnly)).toBe('ro');
  const [, remark, latency] = answerWord('srvr', readOnly)!.split('\n');
  expect([remark, latency?.slice(0, 7)]).toEqual([
    'READ-ONLY mode; serving only read-only clients',
    'Latency',
  ]);
  expect(answerWord('stat', readOnly)!.split('\n')[1]).toBe('READ-ONLY mode; serving only read-only clients');
  expect(answerWord('srvr', readOnly)).toContain('\nMode: read-only\n');
  expect(answerWord('mntr', readOnly)).toContain('\nzk_server_state\tread-only\n');
});
