import { describe, expect, test } from 'vitest';
import { parseServerLine } from '../../src/config/server-line.ts';
import { refusalOf } from './load-from.ts';

const origin = { file: 'zoo.cfg', key: 'server.1', line: 7 };
const parse = (value: string) => parseServerLine(1, value, origin);

describe('server.N', () => {
  test.each([
    ['host:2888:3888', { host: 'host', peerPort: 2888, electionPort: 3888, role: 'voter' }],
    ['host:2888:3888:participant', { host: 'host', peerPort: 2888, electionPort: 3888, role: 'voter' }],
    ['host:2888:3888:OBSERVER', { host: 'host', peerPort: 2888, electionPort: 3888, role: 'learner' }],
    ['host:2888', { host: 'host', peerPort: 2888, role: 'voter' }],
    ['host:2888:observer', { host: 'host', peerPort: 2888, role: 'learner' }],
    [
      'zoo-1.zoo.ns.svc.cluster.local:2888:3888',
      { host: 'zoo-1.zoo.ns.svc.cluster.local', peerPort: 2888, electionPort: 3888, role: 'voter' },
    ],
    [
      'host:2888:3888;2181',
      { host: 'host', peerPort: 2888, electionPort: 3888, role: 'voter', clientPort: 2181 },
    ],
    [
      'host:2888:3888:observer;0.0.0.0:2181',
      {
        host: 'host',
        peerPort: 2888,
        electionPort: 3888,
        role: 'learner',
        clientHost: '0.0.0.0',
        clientPort: 2181,
      },
    ],
    [
      '[2001:db8::1]:2888:3888;[::]:2181',
      {
        host: '2001:db8::1',
        peerPort: 2888,
        electionPort: 3888,
        role: 'voter',
        clientHost: '::',
        clientPort: 2181,
      },
    ],
  ])('reads %s', (value, expected) => {
    expect(parse(value)).toEqual({ member: { serverId: 1, ...expected }, warnings: [] });
  });

  test('uses the first of several addresses and says so', () => {
    const { member, warnings } = parse('a:2888:3888|b:2889:3889;2181');
    expect(member).toMatchObject({ host: 'a', peerPort: 2888, clientPort: 2181 });
    expect(warnings).toEqual(['server.1: of several addresses the first one, a:2888:3888, is used']);
  });

  test('takes an observer on several networks', () => {
    expect(parse('a:2888:3888:observer|[::1]:2889:3889:observer;[::1]:2181').member).toEqual({
      serverId: 1,
      host: 'a',
      peerPort: 2888,
      electionPort: 3888,
      role: 'learner',
      clientHost: '::1',
      clientPort: 2181,
    });
  });

  test.each([
    ['', 'is no host'],
    ['host', 'a port from 1 to 65535 must follow'],
    ['host:0:3888', 'a port from 1 to 65535 must follow'],
    ['host:65536:3888', 'a port from 1 to 65535 must follow'],
    ['host:2888:x', 'neither a port nor a role'],
    ['host:2888:3888:master', 'neither a port nor a role'],
    ['host:2888:3888:participant:1', 'too many parts'],
    ['host:2888:observer:3888', 'neither a port nor a role'],
    ['a:2888:3888|b:2889:x', 'neither a port nor a role'],
    ['a:2888:3888|', 'is no host'],
    ['a:2888:3888|b:2889:3889:observer', 'its addresses have different roles'],
    ['host:2888:3888;', 'is no client port'],
    ['host:2888:3888;2181;2182', 'more than one ";"'],
    ['host:2888:3888;bad host:2181', 'is no address'],
    ['2001:db8::1:2888:3888', 'a port from 1 to 65535 must follow'],
    ['ho st:2888:3888', 'is no host'],
  ])('refuses %j', (value, reason) => {
    const refusal = refusalOf(() => parse(value));
    expect(refusal.message).toContain('zoo.cfg line 7: server.1: ');
    expect(refusal.message).toContain(reason);
    expect(refusal.message).toContain(
      'allowed is host:port:port[:participant|observer][;[address:]clientPort]',
    );
  });
});
