import { describe, expect, test } from 'vitest';
import { answerCommand, COMMANDS, isOpen, STREAMS } from '../../src/admin-server/commands.ts';
import type { CommandFacts } from '../../src/admin-server/facts.ts';
import { DEFAULT_FOUR_LETTER_WORDS } from '../../src/config/four-letter-words.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { connection } from '../four-letter-words/word-facts.ts';
import { facts } from './command-facts.ts';
import { ZOOKEEPER_ANSWERS } from './zookeeper-answers.ts';

/** `server_stats.packets_sent`, `connections[].session_id`: the names of all fields, without those that are data. */
function fieldsOf(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : fieldsOf(value[0], `${prefix}[]`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = /^[\d/]/.test(key) ? '*' : key;
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [path, ...fieldsOf(inner, path)];
  });
}

/** What ZooKeeper 3.9.5 tells and a member of Rookery does not, and why. */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  // What the machine tells; Node.js stands in the place of Java.
  environment: /^(?!zookeeper\.version$)/,
  // There is no log by masks.
  get_trace_mask: /^tracemask$/,
  // Syncs are measured, not counted beyond a threshold; connections are not told apart by how members trust their clients.
  server_stats: /^server_stats\.(fsync_threshold_exceed_count|provider_null|non_mtls\w+)$/,
  stats: /^server_stats\.(fsync_threshold_exceed_count|provider_null|non_mtls\w+)$/,
  // One address each, told by voting_view.
  zabstate: /^(quorum|election)_address/,
};

describe('the commands of the AdminServer', () => {
  test('tell under the names of Apache ZooKeeper 3.9.5, and nothing else', () => {
    for (const [name, recorded] of Object.entries(ZOOKEEPER_ANSWERS)) {
      const own = new Set(fieldsOf(answerCommand(name, facts)));
      const theirs = new Set(fieldsOf(recorded));
      const missing = [...theirs].filter((field) => !own.has(field) && LEFT_OUT[name]?.test(field) !== true);
      expect(missing, `${name} does not tell`).toEqual([]);
      const more = [...own].filter((field) => !theirs.has(field));
      // A leader tells more; what the machine is stands in the environment.
      const due = more.filter(
        (field) => !/^proposal_stats|^observers\[\]|^digests\[\]|^os\.name$|^expiry_time/.test(field),
      );
      expect(due, `${name} tells more`).toEqual([]);
    }
  });

  test('are all those of ZooKeeper but the streams of snapshots', () => {
    const own = COMMANDS.map(({ names }) => names[0]);
    expect(own).toEqual([...own].sort());
    const recorded = [...Object.keys(ZOOKEEPER_ANSWERS), 'monitor', 'system_properties'];
    expect(new Set(own)).toEqual(new Set(recorded));
    expect(STREAMS.filter((name) => own.includes(name))).toEqual([]);
  });

  test.each([
    ['conf', 'configuration'],
    ['config', 'configuration'],
    ['env', 'environment'],
    ['lead', 'leader'],
    ['lsnp', 'last_snapshot'],
    ['mntr', 'monitor'],
    ['srvr', 'server_stats'],
    ['wchp', 'watches_by_path'],
  ])('%s is %s, too', (alias, primary) => {
    expect(answerCommand(alias, facts)).toEqual(answerCommand(primary, facts));
    expect(answerCommand(alias, facts).command).toBe(primary);
  });

  test('one that there is not is told by name, as ZooKeeper does', () => {
    expect(answerCommand('nope', facts)).toEqual({ command: 'nope', error: 'Unknown command: nope' });
    expect(answerCommand('constructor', facts)).toEqual({
      command: 'constructor',
      error: 'Unknown command: constructor',
    });
  });

  test('answer before the member serves where ZooKeeper does', () => {
    const away = { ...facts, serving: false };
    const answered = COMMANDS.map(({ names }) => names[0]).filter(
      (name) =>
        answerCommand(name, away).error !== 'This ZooKeeper instance is not currently serving requests',
    );
    expect(answered).toEqual([
      'environment',
      'get_trace_mask',
      'monitor',
      'set_trace_mask',
      'system_properties',
      'zabstate',
    ]);
  });
});

describe('what they tell', () => {
  test('monitor: numbers as numbers, under the names of mntr', () => {
    const { znode_count, avg_latency, version, server_state, learners, command, error } = answerCommand(
      'monitor',
      facts,
    );
    expect([znode_count, avg_latency, server_state, learners, command, error]).toEqual([
      5,
      0.1235,
      'leader',
      4,
      'monitor',
      null,
    ]);
    expect(version).toMatch(/^3\.9\.5-/);
  });

  test('leader and voting_view: who leads, and the voters where members and clients reach them', () => {
    expect(answerCommand('leader', facts)).toMatchObject({
      is_leader: true,
      leader_id: 2,
      leader_ip: '127.0.0.1',
    });
    expect(answerCommand('voting_view', facts)).toMatchObject({
      current_config: {
        1: { server_addresses: ['127.0.0.1:2888'], learner_type: 'participant' },
        2: { client_address: '127.0.0.1:2182' },
      },
    });
    const { leader: _nobody, ...status } = facts.status;
    const leaderless: CommandFacts = { ...facts, status: { ...status, role: 'follower' } };
    expect(answerCommand('leader', leaderless)).toMatchObject({
      is_leader: false,
      leader_id: -1,
      leader_ip: '',
    });
    expect(answerCommand('zabstate', leaderless)).toMatchObject({ zabstate: 'election', voting: true });
  });

  test('a member alone has no leader and no view, as in ZooKeeper', () => {
    const alone: CommandFacts = { ...facts, mode: 'standalone' };
    expect(answerCommand('leader', alone)).toEqual({ command: 'leader', error: 'server is not initialized' });
    expect(answerCommand('voting_view', alone)).toMatchObject({ current_config: {} });
    expect(answerCommand('zabstate', alone)).toMatchObject({ voting: false, zabstate: '' });
  });

  test('is_read_only and stats: whether only reads are served', () => {
    expect(answerCommand('isro', facts)).toMatchObject({ read_only: false });
    const readOnly: CommandFacts = { ...facts, mode: 'read-only' };
    expect(answerCommand('isro', readOnly)).toMatchObject({ read_only: true });
    expect(answerCommand('stats', readOnly)).toMatchObject({
      read_only: true,
      server_stats: { server_state: 'read-only' },
    });
  });

  test('dump: sessions by the end of the tick in which they expire, where this member decides it', () => {
    const leading: CommandFacts = {
      ...facts,
      remainingOfSessions: () => [
        [asSessionId(0xa), 900],
        [asSessionId(0xb), 9_000],
        [asSessionId(0xc), 600],
      ],
    };
    expect(answerCommand('dump', leading)).toMatchObject({
      expiry_time_to_session_ids: {
        [Date.UTC(2026, 10, 23, 1, 26, 18)]: [0xa, 0xc],
        [Date.UTC(2026, 10, 23, 1, 26, 26)]: [0xb],
      },
      session_id_to_ephemeral_paths: { 11: ['/mt1'], 12: ['/ephB', '/ephA'] },
    });
    expect(answerCommand('dump', facts)).toMatchObject({ expiry_time_to_session_ids: {} });
  });

  test('hash: the digests of its state', () => {
    expect(answerCommand('hash', facts)).toMatchObject({
      digests: [
        { zxid: 0x1200, digest: 'd1' },
        { zxid: 0x1234, digest: 'd2' },
      ],
    });
  });

  test('watches by session, by path, and counted', () => {
    expect(answerCommand('watches', facts)).toMatchObject({
      session_id_to_watched_paths: { 13: ['/nonex', '/ephA', '/pp'], 12: ['/ephA'] },
    });
    expect(answerCommand('watches_by_path', facts)).toMatchObject({
      path_to_session_ids: { '/nonex': [0xd], '/ephA': [0xd, 0xc], '/pp': [0xd] },
    });
    expect(answerCommand('watch_summary', facts)).toMatchObject({
      num_connections: 2,
      num_paths: 3,
      num_total_watches: 4,
    });
  });

  test('connections: how each is served, and which wait', () => {
    const busy = connection(57107, 5);
    busy.stats.replied(4, 3, 0x77, 12.4, 4_000);
    expect(answerCommand('connections', { ...facts, connections: () => [busy] })).toMatchObject({
      connections: [
        {
          remote_socket_address: '127.0.0.1:57107',
          interest_ops: 1,
          session_id: 5,
          last_operation: 'GETD',
          last_cxid: 3,
          last_zxid: 0x77,
          last_latency: 12,
        },
      ],
    });
  });

  test('connections and stats: those that speak TLS apart', () => {
    const plain = connection(1, 5);
    const secure = connection(2, 6, {
      socket: { remoteAddress: '127.0.0.1', remotePort: 2, isSecure: true },
    });
    for (const name of ['connections', 'stats'])
      expect(answerCommand(name, { ...facts, connections: () => [plain, secure] })).toMatchObject({
        connections: [{ remote_socket_address: '127.0.0.1:1' }],
        secure_connections: [{ remote_socket_address: '127.0.0.1:2' }],
      });
  });

  test('last_snapshot: up to where it goes, and when it was taken, in seconds', () => {
    expect(answerCommand('lsnp', facts)).toMatchObject({ zxid: '1200', timestamp: 1_796_042_729 });
    const none: CommandFacts = { ...facts, snapshot: { zxid: -1, takenMs: -1 } };
    expect(answerCommand('lsnp', none)).toMatchObject({ zxid: 'ffffffffffffffff', timestamp: -1 });
  });

  test('system_properties: the settings that hold, by the names of those of ZooKeeper', () => {
    expect(answerCommand('sysp', facts)).toEqual({
      'zookeeper.admin.serverPort': '8080',
      command: 'system_properties',
      error: null,
    });
  });

  test('stat_reset and connection_stat_reset reset', () => {
    const reset: string[] = [];
    const some: CommandFacts = {
      ...facts,
      resetServer: () => reset.push('server'),
      resetConnections: () => reset.push('connections'),
    };
    expect(answerCommand('srst', some).error).toBeNull();
    expect(answerCommand('crst', some).error).toBeNull();
    expect(reset).toEqual(['server', 'connections']);
  });
});

describe('without the token', () => {
  test('answers what the allowed four-letter words tell, who leads, and nothing of paths, sessions and addresses', () => {
    const words = new Set<string>(DEFAULT_FOUR_LETTER_WORDS);
    const closed = COMMANDS.map(({ names }) => names[0]).filter((name) => !isOpen(name, words));
    expect(closed).toEqual([
      'connection_stat_reset',
      'connections',
      'dirs',
      'dump',
      'environment',
      'get_trace_mask',
      'hash',
      'initial_configuration',
      'observer_connection_stat_reset',
      'set_trace_mask',
      'stat_reset',
      'system_properties',
      'watch_summary',
      'watches',
      'watches_by_path',
    ]);
  });

  test('a word that is allowed opens its command under each of its names', () => {
    expect([isOpen('watches', new Set(['wchc'])), isOpen('wchc', new Set(['wchc']))]).toEqual([true, true]);
    expect([isOpen('watches', new Set()), isOpen('srvr', new Set())]).toEqual([false, false]);
  });
});
