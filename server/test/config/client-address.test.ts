import { describe, expect, test } from 'vitest';
import { loadFrom, loadZooCfg, refusalOf } from './load-from.ts';

describe('where clients connect', () => {
  test.each([
    ['the address of its server line', [], '127.0.0.1:2181', '127.0.0.1'],
    ['that address, with a port beside it', ['clientPort=2181'], '127.0.0.1:2181', '127.0.0.1'],
    ['that address, of IPv6', [], '[2001:db8::1]:2181', '2001:db8::1'],
    ['the same in both places', ['clientPortAddress=ZK1.example'], 'zk1.example:2181', 'ZK1.example'],
    ['every address, where only a port is there', [], '2181', '::'],
    ['the setting, where the line has a port alone', ['clientPortAddress=10.0.0.1'], '2181', '10.0.0.1'],
    ['every address, where that is asked for', ['clientPortAddress=0.0.0.0'], '10.0.0.1:2181', '0.0.0.0'],
  ])('is %s', (_name, lines, client, host) => {
    const { config, warnings } = loadZooCfg(
      [...lines, `server.1=127.0.0.1:2888:3888:participant;${client}`],
      '1',
    );
    expect([config.client.host, config.client.port, warnings]).toEqual([host, 2181, []]);
  });

  test('is what the command line says, where its address is nowhere else', () => {
    const argv = ['--server-id', '1', '--member', '1=10.0.0.1:2888;10.0.0.1:2181'];
    expect(loadFrom({ argv }).config.client).toMatchObject({ host: '10.0.0.1', port: 2181 });
    expect(refusalOf(() => loadFrom({ argv: [...argv, '--client-host', '10.9.9.1'] })).message).toBe(
      'command line: --client-host: 10.9.9.1 differs from the client address 10.0.0.1 of this member (1) among the members',
    );
  });

  test.each([
    ['10.9.9.1', '127.0.0.1'],
    ['10.9.9.1', '0.0.0.0'],
    ['zk1.example', '127.0.0.1'],
  ])('is refused where clientPortAddress says %s and its server line %s', (set, listed) => {
    const lines = [`clientPortAddress=${set}`, `server.1=127.0.0.1:2888:3888:participant;${listed}:2181`];
    expect(refusalOf(() => loadZooCfg(lines, '1')).message).toBe(
      `zoo.cfg line 2: clientPortAddress: ${set} differs from the client address ${listed} of this member (1) among the members`,
    );
  });
});
