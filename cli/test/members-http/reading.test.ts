import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/failures.ts';
import { adminMembers } from '../../src/members-http/admin-members.ts';
import { commandsAnswer } from '../../src/members-http/admin-server.ts';
import { authorizationOf } from '../../src/members-http/authorization.ts';
import { Fields, parseJson } from '../../src/members-http/fields.ts';
import { hostOf, httpText, isLoopback, parseHttpAddresses } from '../../src/members-http/http-address.ts';
import { parsePrometheusText, singleValue } from '../../src/members-http/prometheus-text.ts';

describe('addresses of HTTP', () => {
  test.each([
    ['zk-1', false, 'zk-1:8080'],
    ['zk-1:9000', true, 'https://zk-1:9000'],
    ['http://zk-1:9000', true, 'zk-1:9000'],
    ['https://[::1]:9000/', false, 'https://[::1]:9000'],
    ['10.0.0.1:1, 10.0.0.2', false, '10.0.0.1:1,10.0.0.2:8080'],
  ])('%s', (text, isSecure, read) => {
    expect(parseHttpAddresses(text, isSecure).map(httpText).join(',')).toBe(read);
  });

  test.each(['', ',', 'a:b', 'a:70000', 'ftp://a', 'a/b', 'a b', '[::1'])('%j is none', (text) => {
    expect(() => parseHttpAddresses(text, false)).toThrow(UsageError);
  });

  test('the host is what stands before the port', () => {
    expect(['a:1', '[::1]:2', ''].map(hostOf)).toEqual(['a', '::1', '']);
    expect(['localhost', '127.0.0.9', '::1', '10.0.0.1', 'zk'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('JSON of others', () => {
  test('keeps whole numbers that a number would round', () => {
    const fields = parseJson(
      '{"a": 1152921504606846977, "b": 7, "c": [1152921504606846977, "x"], "d": 1.5}',
    )!;
    expect(fields.integer('a')).toBe(1152921504606846977n);
    expect(fields.integers('c')).toEqual([1152921504606846977n]);
    expect([fields.integer('b'), fields.number('d'), fields.integer('d')]).toEqual([7n, 1.5, undefined]);
  });

  test('is undefined where it is of another kind', () => {
    expect(parseJson('<html>')).toBeUndefined();
    const fields = parseJson('[1]')!;
    expect([fields.number('x'), fields.text('x'), fields.fields('x').names, fields.list('x')]).toEqual([
      undefined,
      undefined,
      [],
      [],
    ]);
  });
});

test('an answer that is not one of /admin/members is none', () => {
  expect(adminMembers(new Fields({ self: {} }))).toBeUndefined();
  expect(adminMembers(new Fields({ self: { serverId: 1, role: 'king' } }))).toMatchObject({
    self: { serverId: 1, role: 'unknown', ready: false, certificates: [] },
    members: [],
  });
});

describe("ZooKeeper's AdminServer", () => {
  const zabstate = { voting: true, zabstate: 'broadcast', myid: 2, is_leader: true, zab_epoch: 3 };
  const view = (id: number, more: object = {}) => ({
    server_addresses: [`zk-${id}:2888`],
    election_addresses: [`zk-${id}:3888`],
    client_address: `0.0.0.0:218${id}`,
    learner_type: 'participant',
    ...more,
  });

  test('tells by its commands how a member is', () => {
    const told = {
      zabstate: new Fields(zabstate),
      voting_view: new Fields({
        current_config: { 1: view(1), 2: view(2), 3: view(3, { client_address: '' }) },
      }),
      leader: new Fields({ is_leader: true, leader_id: 2, leader_ip: 'zk-2' }),
      monitor: new Fields({ server_state: 'leader', global_sessions: 4, quorum_size: 3, cnt_readlatency: 9 }),
      server_stats: new Fields({
        version: '3.9.3-c26634f34490bb0ea7a09cc51e05ede3b4e320ee, built on 2024-10-17 23:21 UTC',
        server_stats: { server_state: 'leader', num_alive_client_connections: 5, last_processed_zxid: 77 },
        node_count: 6,
        error: null,
      }),
    };
    expect(commandsAnswer(told, false)).toMatchObject({
      by: 'commands',
      self: {
        serverId: 2,
        role: 'leader',
        version: '3.9.3',
        term: 3,
        leader: 2,
        ready: true,
        sessions: 4,
        connections: 5,
        nodes: 6,
        quorumSize: 3,
      },
      members: [
        { serverId: 1, address: 'zk-1:2888', clientAddress: '0.0.0.0:2181', role: 'voter' },
        { serverId: 2 },
        { serverId: 3, clientAddress: undefined },
      ],
      metrics: { cnt_readlatency: 9 },
    });
  });

  test('tells less to whoever has no token of Rookery', () => {
    const answer = commandsAnswer({ zabstate: new Fields({ ...zabstate, is_leader: false }) }, true);
    expect(answer).toMatchObject({ self: { role: 'follower', ready: true }, wantsToken: true });
  });

  test('tells that a member serves nobody', () => {
    const error = 'This ZooKeeper instance is not currently serving requests';
    const looking = new Fields({ voting: true, zabstate: 'ELECTION', myid: 2, is_leader: false });
    const answer = commandsAnswer({ zabstate: looking, server_stats: new Fields({ error }) }, false);
    expect(answer?.self).toMatchObject({ role: 'candidate', ready: false, reason: error });
  });

  test('that answers nothing is none', () => {
    expect(commandsAnswer({}, false)).toBeUndefined();
  });
});

test("Prometheus' text is read, and what is none of it left out", () => {
  const samples = parsePrometheusText(
    [
      '# TYPE a counter',
      'a 1',
      'b{x="1",y="q\\"\\n"} 2.5 1700000000',
      'c_bucket{le="+Inf"} 3',
      '',
      'nonsense',
    ].join('\n'),
  );
  expect([...samples.keys()]).toEqual(['a', 'b', 'c_bucket']);
  expect(singleValue(samples, 'a')).toBe(1);
  expect(samples.get('b')).toEqual([{ labels: { x: '1', y: 'q"\n' }, value: 2.5 }]);
  expect(singleValue(samples, 'z')).toBeUndefined();
});

test('the token comes from the variable, or from the first line of a file', () => {
  expect(authorizationOf(undefined, {})).toBeUndefined();
  expect(authorizationOf(undefined, { ROOKERY_ADMIN_TOKEN: 'abc\n' })).toBe('Bearer abc');
  expect(() => authorizationOf('/no/file', {})).toThrow('/no/file cannot be read');
  expect(authorizationOf(import.meta.filename, { ROOKERY_ADMIN_TOKEN: 'abc' })).toMatch(/^Bearer import /);
});
