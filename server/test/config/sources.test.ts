import { describe, expect, test } from 'vitest';
import { UsageRequested } from '../../src/config/config-error.ts';
import { flagOf, SETTING_NAMES, SETTINGS, variableOf } from '../../src/config/settings.ts';
import { VERSION } from '../../src/config/version.ts';
import { loadFrom, refusalOf } from './load-from.ts';

function usageOf(argv: readonly string[]): string {
  try {
    loadFrom({ argv });
  } catch (error) {
    expect(error).toBeInstanceOf(UsageRequested);
    return (error as UsageRequested).text;
  }
  throw new Error('no usage was asked for');
}

describe('the sources', () => {
  test('win in the order command line, environment, file; and each value says where it is from', () => {
    const files = { 'zoo.cfg': 'dataDir=/data\ntickTime=100\nsyncLimit=3\ninitLimit=3\n' };
    const { config } = loadFrom({
      argv: ['--tick-time-ms', '300', 'zoo.cfg'],
      environment: { ROOKERY_TICK_TIME_MS: '200', ROOKERY_SYNC_LIMIT: '4' },
      files,
    });
    expect([config.tickTimeMs, config.syncLimit, config.initLimit]).toEqual([300, 4, 3]);
    expect(config.source).toMatchObject({
      tickTimeMs: 'command line: --tick-time-ms',
      syncLimit: 'environment: ROOKERY_SYNC_LIMIT',
      initLimit: 'zoo.cfg line 4: initLimit',
      snapshotRetain: 'default',
    });
  });

  test('replace the whole list of members, never mix it', () => {
    const { config } = loadFrom({
      argv: ['--member', '1=a:1', '--server-id', '1', 'zoo.cfg'],
      environment: { ROOKERY_MEMBERS: '7=g:1' },
      files: { 'zoo.cfg': 'dataDir=/data\nserver.5=e:1:2' },
    });
    expect(config.members.map((member) => member.serverId)).toEqual([1]);
    expect(config.source.members).toBe('command line');
  });

  test('without any make a standalone member on loopback', () => {
    const { config, warnings } = loadFrom({});
    expect(config).toMatchObject({
      serverId: 1,
      client: { host: '127.0.0.1', port: 2181 },
      http: { host: '127.0.0.1' },
    });
    expect(config.dataDir).toMatch(/\/rookery-data$/);
    expect(warnings).toEqual([]);
  });

  test('make the server id of the ordinal that a pod of a StatefulSet has', () => {
    const argv = ['--member', '1=a:1', '--member', '2=b:1', '--member', '3=c:1', '--peer-insecure', 'true'];
    expect(loadFrom({ argv, environment: { ROOKERY_ORDINAL: '2' } }).config.serverId).toBe(3);
    const both = { ROOKERY_ORDINAL: '2', ROOKERY_SERVER_ID: '2' };
    expect(refusalOf(() => loadFrom({ argv, environment: both })).message).toBe(
      'environment: ROOKERY_ORDINAL: ordinal 2 is member 3, but the server id says 2',
    );
    const outside = { ROOKERY_ORDINAL: '3' };
    expect(refusalOf(() => loadFrom({ argv, environment: outside })).message).toContain('this is member 4');
  });

  test('take the id of the cluster, or none', () => {
    const clusterId = '00112233445566778899aabbccddeeff';
    expect(loadFrom({}).config.clusterId).toBe('');
    expect(loadFrom({ environment: { ROOKERY_CLUSTER_ID: clusterId } }).config.clusterId).toBe(clusterId);
    const wrong = refusalOf(() => loadFrom({ environment: { ROOKERY_CLUSTER_ID: 'x' } }));
    expect(wrong.message).toContain('32 hexadecimal digits');
  });

  test('give an object that nobody can change', () => {
    const { config } = loadFrom({});
    expect(Object.isFrozen(config)).toBe(true);
    for (const [key, value] of Object.entries(config)) {
      if (typeof value === 'object' && !(value instanceof Set))
        expect(Object.isFrozen(value), key).toBe(true);
    }
  });
});

describe('the environment', () => {
  test('names members and a file', () => {
    const { config } = loadFrom({
      environment: {
        ROOKERY_CONFIG: 'base.yaml',
        ROOKERY_SERVER_ID: '2',
        ROOKERY_MEMBERS: '1=a:2888;2181, 2=b:2888:3888;2182 3=c:2888:learner',
      },
      files: { 'base.yaml': 'tickTimeMs: 50\npeer: {secret: a-secret-of-some-length}' },
    });
    expect(config.members.map(({ host, role }) => `${host} ${role}`)).toEqual([
      'a voter',
      'b voter',
      'c learner',
    ]);
    expect([config.client.port, config.tickTimeMs]).toEqual([2182, 50]);
  });

  test('is not confused by the variables of Kubernetes services', () => {
    const { config, warnings } = loadFrom({
      environment: {
        ROOKERY_CLIENT_PORT: 'tcp://10.0.0.7:2181',
        ROOKERY_CLIENT_SERVICE_HOST: '10.0.0.7',
        ROOKERY_CLIENT_SERVICE_PORT: '2181',
        ROOKERY_CLIENT_SERVICE_PORT_CLIENT: '2181',
        ROOKERY_CLIENT_PORT_2181_TCP: 'tcp://10.0.0.7:2181',
        ROOKERY_CLIENT_PORT_2181_TCP_ADDR: '10.0.0.7',
        ROOKERY_PORT: 'tcp://10.0.0.7:2181',
      },
    });
    expect([config.client.port, warnings]).toEqual([2181, []]);
  });

  test('counts an empty variable as not set, and leaves those of others alone', () => {
    const { config, warnings } = loadFrom({ environment: { ROOKERY_CLIENT_PORT: '', TICKTIME: '1' } });
    expect([config.client.port, warnings]).toEqual([2181, []]);
  });

  test('warns of a variable that is not known', () => {
    expect(loadFrom({ environment: { ROOKERY_CLIENT_PROT: '1' } }).warnings).toEqual([
      'environment: ROOKERY_CLIENT_PROT is not known and has no effect; did you mean ROOKERY_CLIENT_PORT?',
    ]);
  });

  test.each([
    [{ ROOKERY_HTTP_PORT: 'x' }, 'environment: ROOKERY_HTTP_PORT: "x" is not allowed; allowed is a port'],
    [
      { ROOKERY_MEMBERS: 'a:2888' },
      'environment: ROOKERY_MEMBERS: "a:2888" is not allowed; allowed is id=host:port',
    ],
    [{ ROOKERY_CONFIG: 'none' }, 'environment: ROOKERY_CONFIG: cannot read "none" (ENOENT)'],
    [
      { ROOKERY_LOG_LEVEL: 'loud' },
      'environment: ROOKERY_LOG_LEVEL: "loud" is not allowed; allowed is trace, debug',
    ],
    [
      { ROOKERY_LOG_PRETTY: '1' },
      'environment: ROOKERY_LOG_PRETTY: "1" is not allowed; allowed is true, false or auto',
    ],
  ])('refuses %j', (environment, message) => {
    expect(refusalOf(() => loadFrom({ environment })).message).toContain(message);
  });
});

describe('the command line', () => {
  test('prints help that names every flag, and the version', () => {
    const help = usageOf(['--help']);
    for (const name of SETTING_NAMES) {
      const secret = 'noFlag' in SETTINGS[name] && SETTINGS[name].noFlag === true;
      expect(help.includes(`${flagOf(name)} `), flagOf(name)).toBe(!secret);
    }
    expect(usageOf(['--version']).trim()).toBe(VERSION);
  });

  test.each([
    [['--client-prt', '1'], "unknown option '--client-prt' (Did you mean --client-port?)"],
    [['--client-port'], "option '--client-port <value>' argument missing"],
    [['a', 'b'], 'too many arguments'],
    [['--http-token', 'x'], "unknown option '--http-token'"],
    [
      ['--client-port', 'x'],
      'command line: --client-port: "x" is not allowed; allowed is a port from 1 to 65535',
    ],
    [['--member', 'a'], 'command line: --member: "a" is not allowed; allowed is id=host:port'],
    [
      ['--member', '2=a:1', '--server-id', '1'],
      'command line: --server-id: this is member 1, but the members are 2',
    ],
  ])('refuses %j', (argv, message) => {
    expect(refusalOf(() => loadFrom({ argv })).message).toContain(message);
  });
});

describe('the names of a setting', () => {
  test('are unlike those of any other', () => {
    expect(new Set(SETTING_NAMES.map(flagOf)).size).toBe(SETTING_NAMES.length);
    expect(new Set(SETTING_NAMES.map(variableOf)).size).toBe(SETTING_NAMES.length);
  });

  test('all reach the configuration by the environment', () => {
    // Of each setting a value that differs from its default.
    const values: Record<string, string> = {};
    for (const name of SETTING_NAMES) values[variableOf(name)] = '21';
    for (const side of ['CLIENT', 'PEER', 'HTTP']) {
      Object.assign(values, {
        [`ROOKERY_${side}_TLS_MODE`]: 'required',
        [`ROOKERY_${side}_TLS_KEY_STORE_TYPE`]: 'PEM',
        [`ROOKERY_${side}_TLS_KEY_STORE_PASSWORD_FILE`]: '',
        [`ROOKERY_${side}_TLS_TRUST_STORE_TYPE`]: 'JKS',
        [`ROOKERY_${side}_TLS_TRUST_STORE_PASSWORD_FILE`]: '',
        [`ROOKERY_${side}_TLS_PROTOCOLS`]: 'TLSv1.3',
        [`ROOKERY_${side}_TLS_CIPHERS`]: 'TLS_AES_128_GCM_SHA256',
        [`ROOKERY_${side}_TLS_CLIENT_AUTH`]: 'want',
        [`ROOKERY_${side}_TLS_VERIFY_HOSTNAME`]: 'true',
        [`ROOKERY_${side}_TLS_HANDSHAKE_TIMEOUT_MS`]: '2100',
      });
    }
    Object.assign(values, {
      ROOKERY_CLIENT_SECURE_PORT: '23',
      ROOKERY_CLIENT_READ_ONLY_MODE: 'true',
      ROOKERY_ENFORCE_QUOTA: 'true',
      ROOKERY_DIALECTS_CLICK_HOUSE_KEEPER: 'true',
      ROOKERY_DIALECTS_PAGED_CHILDREN: 'true',
      ROOKERY_PEER_SECRET: 'a-secret-of-some-length',
      ROOKERY_PEER_SECRET_FILE: '',
      ROOKERY_PEER_INSECURE: 'true',
      ROOKERY_ORDINAL: '20',
      ROOKERY_CLUSTER_ID: '00112233445566778899aabbccddeeff',
      ROOKERY_MEMBERSHIP: 'admin',
      ROOKERY_PROVES_VERSION: 'true',
      ROOKERY_MEMBERS: '20=q:2888;22 21=p:2888:learner;22',
      ROOKERY_DATA_DIR: '/d',
      ROOKERY_DATA_LOG_DIR: '/l',
      ROOKERY_CLIENT_HOST: 'h',
      ROOKERY_CLIENT_PORT: '22',
      ROOKERY_CLIENT_MAX_FRAME_BYTES: '2048',
      ROOKERY_PEER_HOST: 'p',
      ROOKERY_MAX_SESSION_TIMEOUT_MS: '2100',
      ROOKERY_SNAPSHOT_EVERY_BYTES: '65536',
      ROOKERY_FOUR_LETTER_WORDS: 'ruok',
      ROOKERY_RECONFIG_ENABLED: 'true',
      ROOKERY_SUPER_DIGEST: `super:${'A'.repeat(43)}=`,
      ROOKERY_SUPER_DIGEST_FILE: '',
      ROOKERY_DIGEST_ENABLED: 'false',
      ROOKERY_DIGEST_ALGORITHM: 'SHA-256',
      ROOKERY_AUTH_SCHEMES: 'x509',
      ROOKERY_AUTH_REQUIRED_SCHEMES: 'sasl, ip',
      ROOKERY_SASL_USERS_FILE: '',
      ROOKERY_SASL_JAAS_FILE: '/jaas',
      ROOKERY_SASL_JAAS_SECTION: 'Ours',
      ROOKERY_SASL_SUPER_USERS: 'ann bob',
      ROOKERY_SASL_SUPER_PASSWORD: 'mighty',
      ROOKERY_SASL_ALLOW_FAILED_CLIENTS: 'true',
      ROOKERY_X509_SUPER_USER: 'CN=admin',
      ROOKERY_HTTP_ENABLED: 'false',
      ROOKERY_HTTP_HOST: '::1',
      ROOKERY_HTTP_COMMANDS_PATH: '/cmd/zk',
      ROOKERY_HTTP_SNAPSHOT_ENABLED: 'false',
      ROOKERY_HTTP_RESTORE_ENABLED: 'false',
      ROOKERY_HTTP_V1: 'true',
      ROOKERY_HTTP_WINDOW: 'ensemble',
      ROOKERY_HTTP_TOKEN: 'a-token-of-some-length',
      ROOKERY_HTTP_TOKEN_FILE: '',
      ROOKERY_HTTP_IDENTITIES_FILE: '/bearers',
      ROOKERY_LOG_LEVEL: 'debug',
      ROOKERY_LOG_PRETTY: 'false',
      ROOKERY_AUDIT_ENABLE: 'true',
      ROOKERY_AUDIT_FILE: '/var/log/audit.json',
      ROOKERY_LIMITS_TREE_BYTES: '4096',
    });
    const jaas = 'Ours { org.apache.zookeeper.server.auth.DigestLoginModule required user_super="x"; };';
    expect(
      loadFrom({ environment: values, files: { '/jaas': jaas, '/bearers': '# nobody yet' } }).config,
    ).toMatchObject({
      serverId: 21,
      tls: {
        client: {
          mode: 'required',
          keyStore: { path: `${process.cwd()}/21`, type: 'PEM', password: '21' },
          trustStore: { path: `${process.cwd()}/21`, type: 'JKS', password: '21' },
          clientAuth: 'want',
          protocols: ['TLSv1.3'],
          ciphers: ['TLS_AES_128_GCM_SHA256'],
          crlFile: `${process.cwd()}/21`,
          verifyHostname: true,
          handshakeTimeoutMs: 2100,
        },
        peer: { mode: 'required', clientAuth: 'need' },
        http: { mode: 'required', clientAuth: 'want' },
      },
      clusterId: '00112233445566778899aabbccddeeff',
      dataDir: '/d',
      dataLogDir: '/l',
      client: {
        host: 'h',
        port: 22,
        maxConnectionsPerAddress: 21,
        maxFrameBytes: 2048,
        sessionlessTimeoutMs: 21,
      },
      peer: { host: 'p', secrets: ['a-secret-of-some-length'], takesUnproved: true },
      tickTimeMs: 21,
      initLimit: 21,
      syncLimit: 21,
      minSessionTimeoutMs: 21,
      maxSessionTimeoutMs: 2100,
      snapshotEveryEntries: 21,
      snapshotEveryBytes: 65_536,
      snapshotRetain: 21,
      purgeIntervalHours: 21,
      history: { retainMs: 21 * 3_600_000, maxBytes: 21 },
      containerCheckIntervalMs: 21,
      fourLetterWords: new Set(['ruok']),
      membership: 'admin',
      provesVersion: true,
      reconfigEnabled: true,
      enforceQuota: true,
      dialects: { clickHouseKeeper: true, pagedChildren: true },
      superDigest: `super:${'A'.repeat(43)}=`,
      auth: {
        schemes: new Set(['ip', 'x509', 'sasl']),
        requiredSchemes: ['sasl', 'ip'],
        digestAlgorithm: 'sha256',
        sasl: {
          users: new Map([['super', 'mighty']]),
          source: { kind: 'jaas', file: '/jaas', section: 'Ours' },
          superUsers: new Set(['ann', 'bob']),
          allowFailedClients: true,
        },
        x509SuperUser: 'CN=admin',
      },
      http: {
        enabled: false,
        host: '::1',
        port: 21,
        token: 'a-token-of-some-length',
        bearers: [],
        identitiesFile: '/bearers',
        idleTimeoutMs: 21,
        commandsPath: '/cmd/zk',
        snapshotEnabled: false,
        restoreEnabled: false,
        streamIntervalMs: 21,
        v1: true,
        window: 'ensemble',
      },
      log: { level: 'debug', pretty: false },
      audit: { enabled: true, file: '/var/log/audit.json' },
      limits: {
        connections: 21,
        sessions: 21,
        nodes: 21,
        watches: 21,
        outstandingRequests: 21,
        treeBytes: 4096,
      },
    });
  });
});
