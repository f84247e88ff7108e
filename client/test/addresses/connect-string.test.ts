import { describe, expect, test } from 'vitest';
import { parseConnectString } from '../../src/addresses/connect-string.ts';

describe('a connect string', () => {
  test.each([
    ['a', [{ host: 'a', port: 2181 }], ''],
    [
      'a:1,b:2',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      '',
    ],
    [
      ' a:1 , b ',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2181 },
      ],
      '',
    ],
    [
      '[::1]:7,[fe80::1]',
      [
        { host: '::1', port: 7 },
        { host: 'fe80::1', port: 2181 },
      ],
      '',
    ],
    [
      'a:1,b:2/app/one',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      '/app/one',
    ],
    ['a:1/', [{ host: 'a', port: 1 }], ''],
  ])('%s names members and what is put before each path', (text, members, chroot) => {
    expect(parseConnectString(text)).toEqual({ members, srv: undefined, chroot });
  });

  test('may name the SRV records of a headless Service', () => {
    expect(parseConnectString('srv:_client._tcp.zk.ns.svc.cluster.local/app')).toEqual({
      members: [],
      srv: '_client._tcp.zk.ns.svc.cluster.local',
      chroot: '/app',
    });
  });

  test.each([
    ['', /names no server/],
    [',', /names no server/],
    ['srv:', /no SRV record/],
    ['a:0', /"a:0" .* is no address/],
    ['a:65536', /is no address/],
    ['a:b', /is no address/],
    ['::1', /\[address\]:port for IPv6/],
    ['a/b/', /no path to begin others with/],
    ['a//b', /no path/],
    ['a/../b', /no path/],
  ])('%j says what is wrong with it', (text, message) => {
    expect(() => parseConnectString(text)).toThrow(message);
    expect(() => parseConnectString(text)).toThrow(RangeError);
  });
});
