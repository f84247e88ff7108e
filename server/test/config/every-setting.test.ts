import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { SETTING_NAMES, type SettingName, settingOfZooKey, variableOf } from '../../src/config/settings.ts';
import { codeOf, sourcesOf } from '../architecture/sources.ts';
import { loadFrom, loadZooCfg, OPEN_TO_STRANGERS } from './load-from.ts';
import { ZOOKEEPER_KEYS } from './zookeeper-keys.ts';

/** What reads a setting, outside of config/. Or the one warning, and the value that earns it. */
type Effect = RegExp | { readonly value: string; readonly warning: string };

type TlsSettingName<S extends string> = Extract<SettingName, `${S}.tls.${string}`>;

/** What the stores, the handshake and the acceptor read of each side's settings. */
function tlsEffects<S extends 'client' | 'peer' | 'http'>(
  side: S,
): Readonly<Record<TlsSettingName<S>, Effect>> {
  const effects: Readonly<Record<string, RegExp>> = {
    mode: /config\.mode/,
    keyStore: /\bkeyStore\b/,
    keyStoreType: /path, type \}: StoreLocation/,
    keyStorePassword: /password, passwordFile \}: StoreLocation/,
    keyStorePasswordFile: /password, passwordFile \}: StoreLocation/,
    trustStore: /\btrustStore\b/,
    trustStoreType: /path, type \}: StoreLocation/,
    trustStorePassword: /password, passwordFile \}: StoreLocation/,
    trustStorePasswordFile: /password, passwordFile \}: StoreLocation/,
    crlFile: /\bcrlFile\b/,
    protocols: /protocols\.includes/,
    ciphers: /ciphers\.map/,
    clientAuth: /config\.clientAuth/,
    verifyHostname: /!verifyHostname/,
    handshakeTimeoutMs: /config\.handshakeTimeoutMs/,
  };
  const entries = Object.entries(effects).map(([name, effect]) => [`${side}.tls.${name}`, effect]);
  return Object.fromEntries(entries) as Readonly<Record<TlsSettingName<S>, Effect>>;
}

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
  'client.connectionRate.tokens': /client\.connectionRate\b/,
  'client.connectionRate.fillMs': /\bfillMs\b/,
  'client.connectionRate.fillCount': /\bfillCount\b/,
  'client.sessionlessTimeoutMs': /client\.sessionlessTimeoutMs/,
  'client.readOnlyMode': /client\.readOnlyMode/,
  'client.securePort': /\bsecure \} = options;/,
  'client.secureHost': /\bsecure \} = options;/,
  ...tlsEffects('client'),
  'peer.secret': /secrets, takesUnproved \} = config\.peer/,
  'peer.secretFile': /peer\.secretFile/,
  'peer.insecure': /takesUnproved \} = config\.peer/,
  ...tlsEffects('peer'),
  ...tlsEffects('http'),
  'peer.host': /\bhost\b[^;]* = config\.peer;/,
  tickTimeMs: /config\.tickTimeMs/,
  initLimit: /config\.initLimit/,
  syncLimit: /config\.syncLimit/,
  minSessionTimeoutMs: /\bminSessionTimeoutMs\b/,
  maxSessionTimeoutMs: /\bmaxSessionTimeoutMs\b/,
  snapshotEveryEntries: /config\.snapshotEveryEntries/,
  snapshotEveryBytes: /config\.snapshotEveryBytes/,
  snapshotRetain: /config\.snapshotRetain/,
  purgeIntervalHours: /config\.purgeIntervalHours/,
  'history.retainHours': /\bretainMs\b/,
  'history.retainBytes': /\bmaxBytes\b/,
  containerCheckIntervalMs: /config\.containerCheckIntervalMs/,
  fourLetterWords: /\bfourLetterWords\b/,
  membership: /config\.membership/,
  provesVersion: /config\.provesVersion/,
  reconfigEnabled: /config\.reconfigEnabled/,
  enforceQuota: /config\.enforceQuota/,
  'dialects.clickHouseKeeper': /\bclickHouseKeeper\b/,
  'dialects.pagedChildren': /\bpagedChildren\b/,
  superDigest: /config\.superDigest\b/,
  superDigestFile: /\bsuperDigestFile\b/,
  'digest.enabled': /\bschemes\.has\(/,
  'digest.algorithm': /\bdigestAlgorithm\b/,
  'auth.schemes': /auth\.schemes/,
  'auth.requiredSchemes': /auth\.requiredSchemes/,
  'sasl.usersFile': /\busers\b[^;]*: SaslConfig/,
  'sasl.jaasFile': /\busers\b[^;]*: SaslConfig/,
  'sasl.jaasSection': /\busers\b[^;]*: SaslConfig/,
  'sasl.superUsers': /\bsuperUsers\b[^;]*: SaslConfig/,
  'sasl.superPassword': /\busers\b[^;]*: SaslConfig/,
  'sasl.allowFailedClients': /\ballowFailedClients\b[^;]*: SaslConfig/,
  // Nobody can prove a certificate yet, which is the one warning.
  'x509.superUser': /\bx509SuperUser\b/,
  'http.enabled': /config\.enabled/,
  'http.host': /\bhost\b[^;]* = config;/,
  'http.port': /config\.port/,
  'http.idleTimeoutMs': /\bidleTimeoutMs\b/,
  'http.commandsPath': /\bcommandsPath\b/,
  'http.snapshotEnabled': /\bsnapshotEnabled\b/,
  'http.restoreEnabled': /\brestoreEnabled\b/,
  'http.streamIntervalMs': /\bstreamIntervalMs\b/,
  'http.v1': /\bv1: hasPrograms\b/,
  'http.window': /\bwindow: mode\b/,
  'http.token': /\btoken \} = config\.http/,
  'http.tokenFile': /\btokenFile\b/,
  'http.identitiesFile': /\bidentitiesFile\b/,
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
      const { warnings } = loadFrom({ environment: { [variableOf(name)]: effect.value } });
      expect(warnings).toEqual([expect.stringContaining(effect.warning)]);
    }
  });
});

const CLIENT_STORES = 'ssl.keyStore.location=/k.p12\nssl.trustStore.location=/t.p12';
const QUORUM_STORES = 'ssl.quorum.keyStore.location=/k.p12\nssl.quorum.trustStore.location=/t.p12';

/** Keys that are taken as they are meant, besides those of settings; each changes the configuration, or is no wish of anybody's. */
const TAKEN: Readonly<
  Record<string, readonly [value: string, of: (config: Config) => unknown, result: unknown, warning?: string]>
> = {
  connection_throttle_tokens: ['7', ({ client }) => client.connectionRate.tokens, 7],
  connection_throttle_fill_time: ['8', ({ client }) => client.connectionRate.fillMs, 8],
  connection_throttle_fill_count: ['9', ({ client }) => client.connectionRate.fillCount, 9],
  'admin.forceHttps': [`true\n${QUORUM_STORES}`, ({ tls }) => tls.http?.mode, 'required'],
  'admin.needClientAuth': [
    `false\nadmin.forceHttps=true\n${QUORUM_STORES}`,
    ({ tls }) => tls.http?.clientAuth,
    'none',
  ],
  'admin.portUnification': [`true\n${QUORUM_STORES}`, ({ tls }) => tls.http?.mode, 'optional'],
  'client.portUnification': [`true\n${CLIENT_STORES}`, ({ tls }) => tls.client?.mode, 'optional'],
  portUnification: [`true\n${QUORUM_STORES}`, ({ tls }) => tls.peer?.mode, 'optional'],
  secureClientPort: [
    `2281\nclientPort=2181\n${CLIENT_STORES}`,
    ({ client }) => client.secure,
    { host: '::', port: 2281 },
  ],
  secureClientPortAddress: [
    `127.0.0.1\nsecureClientPort=2281\nclientPort=2181\n${CLIENT_STORES}`,
    ({ client }) => client.secure,
    { host: '127.0.0.1', port: 2281 },
  ],
  sslQuorum: [`true\n${QUORUM_STORES}`, ({ tls }) => tls.peer?.mode, 'required'],
  'admin.serverAddress': ['::1', ({ http }) => http.host, '::1'],
  dynamicConfigFile: ['zoo.dynamic', ({ members }) => members.length, 2, OPEN_TO_STRANGERS],
  'enforce.auth.enabled': ['false', ({ auth }) => auth.requiredSchemes, []],
  sessionRequireClientSASLAuth: ['false', ({ auth }) => auth.requiredSchemes, []],
  'authProvider.1': [
    'org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
    ({ auth }) => auth.schemes.has('sasl'),
    true,
  ],
  quorumListenOnAllIPs: ['true', ({ peer }) => peer.host, '::'],
  superUser: ['ann', ({ auth }) => [...auth.sasl.superUsers], ['ann']],
  snapSizeLimitInKb: ['64', ({ snapshotEveryBytes }) => snapshotEveryBytes, 65_536],
  // Which version of the membership the file is: ZooKeeper writes it there by itself.
  version: ['100000000', ({ members }) => members.length, 1],
};

/** What each value of a setting is that is not its default. */
const VALUES: Readonly<Record<string, string>> = {
  'ssl.clientAuth': 'want',
  'ssl.clientHostnameVerification': 'true',
  'ssl.enabledProtocols': 'TLSv1.3',
  'ssl.keyStore.type': 'JKS',
  'ssl.trustStore.type': 'pkcs12',
  'ssl.quorum.clientAuth': 'want',
  'ssl.quorum.clientHostnameVerification': 'true',
  'ssl.quorum.enabledProtocols': 'TLSv1.3',
  'ssl.quorum.keyStore.type': 'JKS',
  'ssl.quorum.trustStore.type': 'pkcs12',
  '4lw.commands.whitelist': 'ruok',
  'DigestAuthenticationProvider.digestAlg': 'SHA-256',
  'DigestAuthenticationProvider.enabled': 'false',
  'DigestAuthenticationProvider.superDigest': `super:${'x/'.repeat(13)}x=`,
  'admin.enableServer': 'false',
  'admin.commandURL': '/cmd',
  'admin.snapshot.enabled': 'false',
  'admin.restore.enabled': 'false',
  allowSaslFailedClients: 'true',
  'autopurge.snapRetainCount': '4',
  'audit.enable': 'true',
  clientPortAddress: '127.0.0.1',
  dataDir: '/data',
  dataLogDir: '/log',
  maxSessionTimeout: '70000',
  minSessionTimeout: '3000',
  'sasl.serverconfig': 'Other',
  membership: 'file',
  enforceQuota: 'true',
  'readonlymode.enabled': 'true',
  reconfigEnabled: 'false',
};

/** Under the name of a section that `sasl.serverconfig` may have. */
const USERS = ['Server', 'Other']
  .map((name) => `${name} { org.apache.zookeeper.server.auth.DigestLoginModule required user_super="x"; };`)
  .join('\n');

/** Of settings: those that have no effect by themselves, and say so. */
const WITHOUT_EFFECT_ALONE: ReadonlySet<string> = new Set(['X509AuthenticationProvider.superUser']);

describe('every key of ZooKeeper 3.9.5 has an effect, or one warning that says what it means here, or is refused with words', () => {
  const withDynamicFile = (line: string) =>
    loadFrom({
      argv: ['zoo.cfg', '--server-id', '1', '--sasl-jaas-file', '/jaas'],
      files: {
        '/jaas': USERS,
        'zoo.cfg': line.startsWith('dataDir') ? line : `dataDir=/data\n${line}`,
        'zoo.dynamic': 'server.1=a:1:2\nserver.2=b:1:2:observer',
      },
    });

  test.each(ZOOKEEPER_KEYS)('%s', (key) => {
    const taken = TAKEN[key];
    if (taken !== undefined) {
      const { config, warnings } = withDynamicFile(`${key}=${taken[0]}`);
      const [, of, result, ...warning] = taken;
      expect([of(config), warnings]).toEqual([result, warning]);
      return;
    }
    const setting = settingOfZooKey(key);
    if (setting !== undefined) {
      const { config, warnings } = withDynamicFile(`${key}=${VALUES[key] ?? '4567'}`);
      const told = key.endsWith('keyStore.location')
        ? [expect.stringContaining('has no effect: TLS is not spoken there; set ')]
        : [];
      expect([config.source[setting], warnings]).toEqual([
        expect.stringMatching(`zoo.cfg line \\d: ${key}`),
        WITHOUT_EFFECT_ALONE.has(key) ? [expect.stringContaining(`${key} has no effect here: `)] : told,
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
    for (const key of ['ssl.ocsp', 'quorum.auth.enableSasl'])
      expect(() => loadZooCfg([`${key}=true`])).toThrow(ConfigError);
  });
});
