import { describe, expect, test } from 'vitest';
import { loadFrom, loadYaml, refusalOf } from './load-from.ts';

describe('a YAML file', () => {
  test('holds the same settings, nested', () => {
    const { config, warnings } = loadYaml(`
serverId: 2
dataDir: /d
client: {host: 0.0.0.0, port: 2182}
tickTimeMs: 100
peer: {secret: a-secret-of-some-length}
fourLetterWords: [ruok, mntr]
members:
  - {id: 1, host: a, peerPort: 2888, clientPort: 2181}
  - {id: 2, host: b, peerPort: 2889, clientPort: 2182, role: voter}
  - {id: 3, host: '::1', peerPort: 2890, role: learner, clientHost: c}
  - {id: 4, host: d, peerPort: 2890}
http:
  port: 8082
log:
`);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      serverId: 2,
      client: { host: '0.0.0.0', port: 2182 },
      http: { port: 8082 },
    });
    expect(config.members[2]).toEqual({
      serverId: 3,
      host: '::1',
      peerPort: 2890,
      role: 'learner',
      clientHost: 'c',
    });
    expect([...config.fourLetterWords]).toEqual(['ruok', 'mntr']);
    expect(config.source.tickTimeMs).toBe('rookery.yaml line 5: tickTimeMs');
  });

  test('takes its own number from myid where it has no server id', () => {
    const yaml =
      'dataDir: /d\npeer: {secret: a-secret-of-some-length}\nmembers: [{id: 1, host: a, peerPort: 1}, {id: 2, host: b, peerPort: 1}, {id: 3, host: c, peerPort: 1}]';
    const { config } = loadYaml(yaml, { '/d/myid': '3\n' });
    expect([config.serverId, config.source.serverId]).toEqual([3, '/d/myid']);
  });

  test('may be empty, a comment, or JSON', () => {
    expect(loadYaml('').config.tickTimeMs).toBe(2000);
    expect(loadYaml('# nothing\n').config.tickTimeMs).toBe(2000);
    expect(loadFrom({ argv: ['c.json'], files: { 'c.json': '{"tickTimeMs": 50}' } }).config.tickTimeMs).toBe(
      50,
    );
  });

  test('warns of keys that are not known', () => {
    expect(
      loadYaml('tickTimeMS: 1\nclient: {prot: 1}\nmembers: [{id: 1, host: a, peerPort: 1, rol: x}]').warnings,
    ).toEqual([
      'rookery.yaml line 1: tickTimeMS is not known and has no effect; did you mean tickTimeMs?',
      'rookery.yaml line 2: client.prot is not known and has no effect; did you mean client.port?',
      'rookery.yaml line 3: members.rol is not known and has no effect; did you mean members.role?',
    ]);
  });

  test.each([
    [
      'tickTimeMs: soon',
      'rookery.yaml line 1: tickTimeMs: "soon" is not allowed; allowed is a whole number of milliseconds',
    ],
    ['a: 1\na: 2', 'rookery.yaml line 2: YAML: Map keys must be unique'],
    ['client: [', 'rookery.yaml line 1: YAML: '],
    ['- 1', 'rookery.yaml line 1: YAML: the file must hold key: value lines'],
    ['client: 3', 'rookery.yaml line 1: client: must hold further keys'],
    ['tickTimeMs: {a: 1}', 'rookery.yaml line 1: tickTimeMs: must be one value'],
    ['tickTimeMs:', 'rookery.yaml line 1: tickTimeMs: an empty value is not allowed'],
    ['members: 3', 'rookery.yaml line 1: members: must be a list of {id, host'],
    ['members:\n  - 3', 'rookery.yaml line 2: members: each member must be {id, host'],
    ['members:\n  - {host: a}', 'rookery.yaml line 2: members.id: is missing'],
    [
      'members:\n  - {id: 1, host: a}',
      'rookery.yaml line 2: members.peerPort: is missing; allowed is a whole number of ports',
    ],
    [
      'members:\n  - {id: 1, peerPort: 1}',
      'rookery.yaml line 2: members.host: is missing; allowed is a host name',
    ],
    [
      'members:\n  - {id: 300, host: a, peerPort: 1}',
      'rookery.yaml line 2: members.id: "300" is no server id',
    ],
    [
      'members: [{id: 1, host: a, peerPort: 1, role: king}]',
      'members.role: "king" is not allowed; allowed is voter or learner',
    ],
    [
      'limits: {sessions: 10}',
      'rookery.yaml line 1: limits.sessions: must be at least limits.connections (50000)',
    ],
    [
      'limits: {outstandingRequests: 10}',
      'limits.outstandingRequests: must be at least limits.connections (50000)',
    ],
    ['limits: {treeBytes: 10}', 'limits.treeBytes: must be at least client.maxFrameBytes (1048575)'],
    [
      'limits: {nodes: 16777216}',
      'limits.nodes: "16777216" is not allowed; allowed is a whole number of nodes from 1 to 16000000',
    ],
  ])('refuses %j', (text, message) => {
    expect(refusalOf(() => loadYaml(text)).message).toContain(message);
  });
});
