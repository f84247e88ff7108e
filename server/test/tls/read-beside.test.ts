import { describe, expect, test } from 'vitest';
import type { TlsConfig } from '../../src/config/tls-config.ts';
import { readCredentials } from '../../src/tls/credentials.ts';
import { readBeside } from '../../src/tls/read-beside.ts';
import { filesOnDisk } from '../../src/tls/store-files.ts';
import { StoreError } from '../../src/tls/stores/store.ts';

const folder = new URL('./stores/', import.meta.url).pathname;

function configOf(file: string, change: object = {}): TlsConfig {
  return {
    mode: 'required',
    keyStore: { path: `${folder}${file}`, password: 'changeit', ...change },
    trustStore: { path: `${folder}trust.p12`, password: 'changeit' },
    clientAuth: 'need',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    verifyHostname: false,
    handshakeTimeoutMs: 5_000,
  };
}

/** Turns of the loop that pass until `work` settles. */
async function turnsOf(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const settled = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  await settled;
  return turns;
}

describe('stores that are read in a thread of their own', () => {
  test.each(['rsa.p12', 'ec.p12', 'legacy.p12', 'ec.jks'])('%s is what it is here', async (file) => {
    expect(await readBeside(configOf(file))).toEqual(readCredentials(configOf(file), filesOnDisk));
  });

  test('let the loop go on: a store of Java 8 takes half a second of hashes', async () => {
    const inLoop = await turnsOf(
      Promise.resolve().then(() => readCredentials(configOf('legacy.p12'), filesOnDisk)),
    );
    const beside = await turnsOf(readBeside(configOf('legacy.p12')));
    expect(inLoop).toBeLessThan(5);
    expect(beside).toBeGreaterThan(100);
  });

  test.each([
    [
      'another password',
      configOf('rsa.p12', { password: 'wrong-password' }),
      'the password is not the right one',
    ],
    ['no file', configOf('none.p12'), `cannot read ${folder}none.p12 (ENOENT)`],
  ])('are refused with the same words: %s', async (_what, config, words) => {
    const refusal = await readBeside(config).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreError);
    expect((refusal as StoreError).message).toContain(words);
    expect((refusal as StoreError).message).not.toContain('wrong-password');
  });

  test('are given up where they take too long: a store says itself how many hashes its password takes', async () => {
    await expect(readBeside(configOf('legacy.p12'), 1)).rejects.toThrow(
      `${folder}legacy.p12: reading it took longer than 0.001 s`,
    );
  });
});
