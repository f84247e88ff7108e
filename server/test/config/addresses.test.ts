import { describe, expect, test } from 'vitest';
import { joinAddress, listenAt, plainAddress } from '../../src/config/addresses.ts';

describe('the address of the other side', () => {
  test.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:127.0.0.1', '127.0.0.1'],
    ['10.1.2.3', '10.1.2.3'],
    ['::1', '::1'],
    ['fd00::ffff:10.1.2.3', 'fd00::ffff:10.1.2.3'],
    ['', ''],
  ])('%j is shown as %j', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  test('wears brackets beside a port where it has colons', () => {
    expect([joinAddress('::1', 2181), joinAddress('10.1.2.3', 2181)]).toEqual([
      '[::1]:2181',
      '10.1.2.3:2181',
    ]);
  });
});

describe('listening', () => {
  const failure = (code: string): Error => Object.assign(new Error(`listen ${code}`), { code });

  /** What is tried, on a machine where these addresses fail. */
  async function tried(host: string, failures: Readonly<Record<string, string>>): Promise<string> {
    const hosts: string[] = [];
    const listen = async (at: string): Promise<void> => {
      hosts.push(at);
      const code = failures[at];
      if (code !== undefined) throw failure(code);
    };
    const end = await listenAt(host, listen).then(
      () => 'listens',
      (error: Error) => error.message,
    );
    return `${hosts.join(', ')}: ${end}`;
  }

  test.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])(
    'on :: falls back to IPv4 where there is no IPv6 (%s)',
    async (code) => {
      expect(await tried('::', { '::': code })).toBe('::, 0.0.0.0: listens');
    },
  );

  test('on :: does not where the port is taken, and fails where IPv4 fails, too', async () => {
    expect(await tried('::', { '::': 'EADDRINUSE' })).toBe('::: listen EADDRINUSE');
    expect(await tried('::', { '::': 'EAFNOSUPPORT', '0.0.0.0': 'EADDRINUSE' })).toBe(
      '::, 0.0.0.0: listen EADDRINUSE',
    );
  });

  test('on another address is on that one or on none', async () => {
    expect(await tried('::', {})).toBe('::: listens');
    expect(await tried('::1', { '::1': 'EADDRNOTAVAIL' })).toBe('::1: listen EADDRNOTAVAIL');
  });
});
