import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { SETTING_NAMES, type SettingName, settingOfZooKey } from '../../src/config/settings.ts';
import { codeOf, sourcesOf } from '../architecture/sources.ts';
import { loadFrom, loadYaml, loadZooCfg } from './load-from.ts';
import { ZOOKEEPER_KEYS } from './zookeeper-keys.ts';

/** What reads a setting, outside of config/. Or the one warning, and the value that earns it. */
type Effect = RegExp | { readonly value: string; readonly warning: string };

/** A setting that is not here does not compile; one that nobody reads any more fails below. */
const EFFECTS: Readonly<Record<SettingName, Effect>> = {
  serverId: /config\.serverId/,
  // It is the server id less one.
  ordinal: /config\.serverId/,
  clusterId: /config\.clusterId/,
  dataDir: /config\.dataDir/,
  dataLogDir: /config\.dataLogDir/,
  'client.host': /\bhost\b[^;]* = options;/,
  'client.port': /\bport\b[^;]* = options;/,
  'client.maxConnectionsPerAddress': />= maxConnectionsPerAddress/,
  'client.maxFrameBytes': /client\.maxFrameBytes/,
  'client.sessionlessTimeoutMs': /client\.sessionlessTimeoutMs/,
  'peer.host': /config\.peer\.host/,
  tickTimeMs: /config\.tickTimeMs/,
  initLimit: /config\.initLimit/,
  syncLimit: /config\.syncLimit/,
  minSessionTimeoutMs: /\bminSessionTimeoutMs\b/,
  maxSessionTimeoutMs: /\bmaxSessionTimeoutMs\b/,
  snapshotEveryEntries: /config\.snapshotEveryEntries/,
  snapshotEveryBytes: /config\.snapshotEveryBytes/,
  snapshotRetain: /config\.snapshotRetain/,
  purgeIntervalHours: /config\.purgeIntervalHours/,
  containerCheckIntervalMs: /config\.containerCheckIntervalMs/,
  fourLetterWords: /\bfourLetterWords\b/,
  reconfigEnabled: { value: 'true', warning: 'has no effect here: clients cannot change the membership' },
  superDigest: /\bsuperDigest\b/,
  'http.enabled': /config\.enabled/,
  'http.host': /\bhost\b[^;]* = config;/,
  'http.port': /config\.port/,
  'http.token': /\btoken: text\b/,
  'http.tokenFile': /\btokenFile\b/,
  'log.level': /config\.level/,
  'log.pretty': /config\.pretty/,
  'audit.enable': /audit\.enabled/,
  'audit.file': /audit\.file/,
  'limits.connections': /limits\.connections/,
  'limits.sessions': /\bsessions\b[^;]* = [\w.#]*limits;|limits\.sessions/,
  'limits.nodes': /\bnodes\b[^;]* = [\w.#]*limits;|limits\.nodes/,
  'limits.watches': /limits\.watches/,
  'limits.outstandingRequests': /limits\.outstandingRequests/,
  'limits.treeBytes': /\btreeBytes\b[^;]* = [\w.#]*limits;|limits\.treeBytes/,
};

/** What `conf` prints and what people are told are no effects. */
const readers = sourcesOf('server/src')
  .filter(({ path }) => !path.startsWith('server/src/config/'))
  .map((source) => codeOf(source).replace(/`[^`]*`/g, '``'));

describe('every setting has an effect or a warning', () => {
  test.each(SETTING_NAMES)('%s', (name) => {
    const effect = EFFECTS[name];
    if (effect instanceof RegExp)
      expect(readers.filter((code) => effect.test(code)).length, 'files that read it').toBeGreaterThan(0);
    else {
      const { warnings } = loadYaml(`${name}: ${effect.value}`);
      expect(warnings).toEqual([expect.stringContaining(effect.warning)]);
    }
  });
});

/** Keys that are taken as they are meant, besides those of settings; each changes the configuration, or is no wish of anybody's. */
const TAKEN: Readonly<
  Record<string, readonly [value: string, of: (config: Config) => unknown, result: unknown]>
> = {
  'admin.serverAddress': ['::1', ({ http }) => http.host, '::1'],
  dynamicConfigFile: ['zoo.dynamic', ({ members }) => members.length, 2],
  quorumListenOnAllIPs: ['true', ({ peer }) => peer.host, '::'],
  snapSizeLimitInKb: ['64', ({ snapshotEveryBytes }) => snapshotEveryBytes, 65_536],
  // Which version of the membership the file is: ZooKeeper writes it there by itself.
  version: ['100000000', ({ members }) => members.length, 1],
};

/** What each value of a setting is that is not its default. */
const VALUES: Readonly<Record<string, string>> = {
  '4lw.commands.whitelist': 'ruok',
  'DigestAuthenticationProvider.superDigest': `super:${'x/'.repeat(13)}x=`,
  'admin.enableServer': 'false',
  'autopurge.snapRetainCount': '4',
  'audit.enable': 'true',
  clientPortAddress: '127.0.0.1',
  dataDir: '/data',
  dataLogDir: '/log',
  maxSessionTimeout: '70000',
  minSessionTimeout: '3000',
  reconfigEnabled: 'false',
};

describe('every key of ZooKeeper 3.9.5 has an effect, or one warning that says what it means here, or is refused with words', () => {
  const withDynamicFile = (line: string) =>
    loadFrom({
      argv: ['zoo.cfg', '--server-id', '1'],
      files: {
        'zoo.cfg': line.startsWith('dataDir') ? line : `dataDir=/data\n${line}`,
        'zoo.dynamic': 'server.1=a:1:2\nserver.2=b:1:2:observer',
      },
    });

  test.each(ZOOKEEPER_KEYS)('%s', (key) => {
    const taken = TAKEN[key];
    if (taken !== undefined) {
      const { config, warnings } = withDynamicFile(`${key}=${taken[0]}`);
      expect([taken[1](config), warnings]).toEqual([taken[2], []]);
      return;
    }
    const setting = settingOfZooKey(key);
    if (setting !== undefined) {
      const { config, warnings } = withDynamicFile(`${key}=${VALUES[key] ?? '4567'}`);
      expect([config.source[setting], warnings]).toEqual([
        expect.stringMatching(`zoo.cfg line \\d: ${key}`),
        [],
      ]);
      return;
    }
    const { warnings } = loadZooCfg([
      'clientPort=2181',
      `${key}=${key === 'peerType' ? 'observer' : 'false'}`,
    ]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^zoo\.cfg line 3: \S+ has no effect here: \S/);
  });

  test('and one that is none of ZooKeeper’s is told, with the nearest name', () => {
    expect(loadZooCfg(['autopurge.purgeIntervall=1']).warnings).toEqual([
      'zoo.cfg line 2: autopurge.purgeIntervall is not known and has no effect; did you mean autopurge.purgeInterval?',
    ]);
  });

  test('and one that asks for a protection that is not there is refused', () => {
    for (const key of ['sslQuorum', 'quorum.auth.enableSasl', 'enforce.auth.enabled'])
      expect(() => loadZooCfg([`${key}=true`])).toThrow(ConfigError);
  });
});
