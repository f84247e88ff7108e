import { describe, expect, test } from 'vitest';
import { loadFrom, loadYaml, loadZooCfg, OPEN_TO_STRANGERS, refusalOf } from './load-from.ts';

const SECRET = 'a-secret-of-some-length';
const OTHER = 'another-secret-as-long';
const reachable =
  'serverId: 1\nmembers: [{id: 1, host: 10.0.0.1, peerPort: 1}, {id: 2, host: 10.0.0.2, peerPort: 1}, {id: 3, host: 10.0.0.3, peerPort: 1}]\n';
const loopback = reachable.replaceAll('10.0.0.', '127.0.0.');
const stores = 'keyStore: /k, trustStore: /t';

describe('a member whose peer port others can reach', () => {
  test('does not start where nothing proves who is a member, and is told the three ways', () => {
    const { message } = refusalOf(() => loadYaml(reachable));
    for (const way of ['peer.tls.mode', 'peer.secretFile', 'peer.insecure']) expect(message).toContain(way);
    expect(message).not.toContain('\n');
  });

  test.each([
    ['a join secret', `peer: {secret: ${SECRET}}`, false],
    ['TLS', `peer: {tls: {mode: required, ${stores}}}`, true],
    ['somebody who says that the network is trusted', 'peer: {insecure: true}', true],
    ['both, while a secret is introduced', `peer: {insecure: true, secret: ${SECRET}}`, true],
  ])('starts with %s', (_what, line, takesUnproved) => {
    expect(loadYaml(`${reachable}${line}`).config.peer.takesUnproved).toBe(takesUnproved);
  });

  test('is warned where strangers may pose as members', () => {
    expect(loadYaml(`${reachable}peer: {insecure: true}`).warnings).toEqual([
      expect.stringContaining('whoever reaches the port for members can pose as one'),
    ]);
    expect(loadYaml(`${reachable}peer: {secret: ${SECRET}}`).warnings).toEqual([]);
  });

  test('does not start with TLS that others need not speak, unless it is told so', () => {
    const optional = `peer: {tls: {mode: optional, ${stores}}`;
    expect(() => loadYaml(`${reachable}${optional}}`)).toThrow('nothing proves who is a member');
    expect(() => loadYaml(`${reachable}${optional}, insecure: true}`)).not.toThrow();
  });
});

test('on loopback, and alone, nothing has to be proved', () => {
  expect(loadYaml(loopback)).toMatchObject({ config: { peer: { takesUnproved: true } }, warnings: [] });
  expect(loadYaml('client: {host: 10.0.0.1}').warnings).toEqual([]);
});

describe('a zoo.cfg', () => {
  const servers = [
    'server.1=10.0.0.1:2888:3888',
    'server.2=10.0.0.2:2888:3888',
    'server.3=10.0.0.3:2888:3888',
  ];

  test('without sslQuorum counts as told, with a warning', () => {
    const { config, warnings } = loadZooCfg(servers, '1');
    expect([config.peer.takesUnproved, warnings]).toEqual([true, [OPEN_TO_STRANGERS]]);
  });

  test('beside a join secret does not', () => {
    const { config, warnings } = loadFrom({
      argv: ['zoo.cfg'],
      files: { 'zoo.cfg': ['dataDir=/data', ...servers].join('\n'), '/data/myid': '1', '/s': `${SECRET}\n` },
      environment: { ROOKERY_PEER_SECRET_FILE: '/s' },
    });
    expect(config.peer).toMatchObject({ secrets: [SECRET], secretFile: '/s', takesUnproved: false });
    expect(warnings).toEqual([]);
  });
});

describe('a file of join secrets', () => {
  const load = (text: string) => loadYaml(`${reachable}peer: {secretFile: /s}`, { '/s': text });

  test('holds one, or two while they are changed', () => {
    expect(load(`${SECRET}\n`).config.peer.secrets).toEqual([SECRET]);
    expect(load(`\n ${SECRET}\r\n${OTHER}`).config.peer.secrets).toEqual([SECRET, OTHER]);
  });

  test.each(['', 'short', `${SECRET}\n${OTHER}\n${SECRET}`])(
    'that holds anything else is refused, and not shown: %j',
    (text) => {
      const { message } = refusalOf(() => load(text));
      expect(message).toMatch(/^\/s: secrets: this value is not allowed; allowed is/);
      expect(message).not.toContain(OTHER);
    },
  );

  test('and a secret beside it are one too many', () => {
    const yaml = `${reachable}peer: {secretFile: /s, secret: ${SECRET}}`;
    expect(() => loadYaml(yaml, { '/s': SECRET })).toThrow('give one of them');
  });
});
