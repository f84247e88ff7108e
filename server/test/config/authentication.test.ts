import { describe, expect, test } from 'vitest';
import { loadFrom, loadYaml, loadZooCfg, refusalOf } from './load-from.ts';

const PROVIDERS = 'org.apache.zookeeper.server.auth';
const JAAS = `Server { ${PROVIDERS}.DigestLoginModule required user_bob="b" user_super="s"; };`;
const files = { '/etc/jaas.conf': JAAS, '/etc/users.yaml': 'ann: a\nbob: 0123\n' };

const withJaas = (...lines: readonly string[]) =>
  loadFrom({
    argv: ['zoo.cfg'],
    files: {
      ...files,
      'zoo.cfg': ['dataDir=/data', 'java.security.auth.login.config=/etc/jaas.conf', ...lines].join('\n'),
    },
  });

describe('SASL users', () => {
  test('come from a JAAS file, and set SASL up', () => {
    const { config, warnings } = withJaas();
    expect(warnings).toEqual([]);
    expect(config.auth.schemes).toEqual(new Set(['ip', 'digest', 'sasl']));
    expect(config.auth.sasl).toMatchObject({
      users: new Map([
        ['bob', 'b'],
        ['super', 's'],
      ]),
      source: { kind: 'jaas', file: '/etc/jaas.conf', section: 'Server' },
    });
  });

  test('come from a file of users, each password as it is written', () => {
    const { config } = loadYaml('sasl: {usersFile: /etc/users.yaml}', files);
    expect(config.auth.sasl.users).toEqual(new Map(Object.entries({ ann: 'a', bob: '0123' })));
    expect(config.auth.sasl.source).toMatchObject({ kind: 'yaml', file: '/etc/users.yaml' });
  });

  test('come from the configuration itself', () => {
    const { config, warnings } = loadYaml(
      'sasl:\n  users:\n    ann: "a: b"\n    bob: true\n  superUsers: [ann]',
    );
    expect(warnings).toEqual([]);
    expect(config.auth.sasl.users).toEqual(new Map(Object.entries({ ann: 'a: b', bob: 'true' })));
    expect(config.auth.sasl.source).toBeUndefined();
    expect(config.auth.sasl.superUsers).toEqual(new Set(['ann']));
  });

  test('come from one place', () => {
    const refusal = refusalOf(() =>
      loadYaml('sasl:\n  usersFile: /etc/users.yaml\n  jaasFile: /etc/jaas.conf', files),
    );
    expect(refusal.message).toBe(
      'rookery.yaml line 2: sasl.usersFile: SASL users are also given by rookery.yaml line 3: sasl.jaasFile; give one of them',
    );
    expect(
      refusalOf(() => loadYaml('sasl: {users: {a: b}, jaasFile: /etc/jaas.conf}', files)).message,
    ).toContain('SASL users are also given by');
  });

  test('are none where the JAAS file has no such section, and that is said', () => {
    const { config, warnings } = withJaas('sasl.serverconfig=Other');
    expect(config.auth.sasl.users).toBeUndefined();
    expect(config.auth.sasl.source).toMatchObject({ section: 'Other' });
    expect(config.auth.schemes.has('sasl')).toBe(false);
    expect(warnings).toEqual([
      'zoo.cfg line 2: java.security.auth.login.config: /etc/jaas.conf has no section "Other" (sasl.jaasSection): SASL is not set up',
    ]);
  });

  test.each([
    [`authProvider.1=${PROVIDERS}.SASLAuthenticationProvider`, 'authProvider.1'],
    ['superUser=ann', 'superUser'],
    ['sasl.serverconfig=Other', 'sasl.serverconfig'],
  ])('are missing where %s counts on them, and that is said', (line, key) => {
    expect(loadZooCfg([line]).warnings).toEqual([
      `zoo.cfg line 2: ${key}: there are no SASL users; sasl.usersFile or sasl.jaasFile (in a zoo.cfg java.security.auth.login.config) says where they are`,
    ]);
  });

  test('have super among them get another password', () => {
    expect(
      withJaas('SASLAuthenticationProvider.superPassword=mighty').config.auth.sasl.users?.get('super'),
    ).toBe('mighty');
  });

  test.each([
    ['sasl: {users: ann}', 'rookery.yaml line 1: sasl.users: must hold user: password lines'],
    [
      'sasl:\n  users:\n    ann: {secret: x}',
      'rookery.yaml line 3: sasl.users.ann: the password must be one value',
    ],
    ['sasl:\n  users:\n    ann:', 'rookery.yaml line 3: sasl.users.ann: has no password'],
    ['sasl: {usersFile: /none}', 'rookery.yaml line 1: sasl.usersFile: cannot read "/none" (ENOENT)'],
    ['sasl: {usersFile: /list}', '/list line 1: users: must hold user: password lines'],
    ['sasl: {usersFile: /twice}', '/twice line 2: YAML: cannot be read (DUPLICATE_KEY)'],
    ['sasl: {jaasFile: /bad}', '/bad line 1: JAAS: expected {, found a word'],
  ])('are refused by file and line: %j', (text, message) => {
    const bad = { '/list': '- ann: secret', '/twice': 'ann: secret\nann: secret', '/bad': 'Server "secret"' };
    const refusal = refusalOf(() => loadYaml(text, bad));
    expect(refusal.message).toContain(message);
    expect(refusal.message).not.toContain('secret');
  });

  test('who are super are as many as a zoo.cfg names', () => {
    const { config } = withJaas('superUser=ann', 'superUser.1=bob', 'zookeeper.superUser.x=cid');
    expect(config.auth.sasl.superUsers).toEqual(new Set(['ann', 'bob', 'cid']));
  });
});

describe('the flags of the JVM, as zkServer.sh takes them', () => {
  const environment = {
    SERVER_JVMFLAGS: '-Xmx1g -Djava.security.auth.login.config==/etc/jaas.conf -Dzookeeper.superUser=ann',
    JVMFLAGS: '-Dzookeeper.snapCount=7 -Dzookeeper.log.dir=/var/log -Dsun.x=y -Dzookeeper.tickTime=90',
  };

  test('say what a zoo.cfg does not say otherwise', () => {
    const zooCfg = 'dataDir=/data\ntickTime=100';
    const { config, warnings } = loadFrom({
      argv: ['zoo.cfg'],
      environment,
      files: { ...files, 'zoo.cfg': zooCfg },
    });
    expect(warnings).toEqual([]);
    expect([config.tickTimeMs, config.snapshotEveryEntries]).toEqual([100, 7]);
    expect(config.source).toMatchObject({
      tickTimeMs: 'zoo.cfg line 2: tickTime',
      snapshotEveryEntries: 'environment: JVMFLAGS -Dzookeeper.snapCount',
      'sasl.jaasFile': 'environment: SERVER_JVMFLAGS -Djava.security.auth.login.config',
    });
    expect(config.auth.sasl.users?.get('bob')).toBe('b');
    expect(config.auth.sasl.superUsers).toEqual(new Set(['ann']));
  });

  test('mean nothing where no zoo.cfg is read', () => {
    const { config } = loadFrom({ environment });
    expect([config.snapshotEveryEntries, config.auth.sasl.users]).toEqual([100_000, undefined]);
  });

  test('are blamed by their names', () => {
    const world = { argv: ['zoo.cfg'], files: { 'zoo.cfg': 'dataDir=/data' } };
    const bad = { JVMFLAGS: '-Dzookeeper.snapCount=many' };
    expect(refusalOf(() => loadFrom({ ...world, environment: bad })).message).toMatch(
      /^environment: JVMFLAGS -Dzookeeper\.snapCount: "many" is not allowed/,
    );
  });
});

describe('the schemes that are set up', () => {
  const schemesOf = (...lines: string[]) => loadZooCfg(lines).config.auth.schemes;

  test('are ip and digest, and what a zoo.cfg adds or takes away', () => {
    expect(schemesOf()).toEqual(new Set(['ip', 'digest']));
    expect(schemesOf('DigestAuthenticationProvider.enabled=false')).toEqual(new Set(['ip']));
    expect(
      schemesOf(
        `authProvider.1=${PROVIDERS}.SASLAuthenticationProvider`,
        `authProvider.x509=${PROVIDERS}.X509AuthenticationProvider`,
      ),
    ).toEqual(new Set(['ip', 'digest', 'sasl', 'x509']));
  });

  test('are x509, too, where clients may speak TLS, whether they are asked for certificates or not', () => {
    const tls = ['secureClientPort=2281', 'ssl.keyStore.location=/k.pem', 'ssl.trustStore.location=/t.pem'];
    for (const clientAuth of ['need', 'none']) {
      const schemes = schemesOf('clientPort=2181', ...tls, `ssl.clientAuth=${clientAuth}`);
      expect(schemes).toEqual(new Set(['ip', 'digest', 'x509']));
    }
  });

  test('are the same by YAML', () => {
    const { auth } = loadYaml('auth: {schemes: [sasl]}\ndigest: {enabled: false}').config;
    expect(auth.schemes).toEqual(new Set(['ip', 'sasl']));
    expect(refusalOf(() => loadYaml('auth: {schemes: [kerberos]}')).message).toContain(
      'allowed is a list of authentication schemes (ip, digest, sasl, x509)',
    );
  });
});

describe('what has to be proved first', () => {
  const requiredBy = (...lines: string[]) => withJaas(...lines).config.auth.requiredSchemes;

  test('is nothing, or SASL, or one of a list', () => {
    expect(requiredBy()).toEqual([]);
    expect(requiredBy('sessionRequireClientSASLAuth=true')).toEqual(['sasl']);
    expect(requiredBy('sessionRequireClientSASLAuth=false')).toEqual([]);
    expect(requiredBy('enforce.auth.enabled=true', 'enforce.auth.schemes=digest, sasl')).toEqual([
      'digest',
      'sasl',
    ]);
    expect(requiredBy('enforce.auth.enabled=false', 'enforce.auth.schemes=sasl')).toEqual([]);
  });

  test('is SASL where that is asked for beside others', () => {
    const { config, warnings } = withJaas(
      'enforce.auth.enabled=true',
      'enforce.auth.schemes=digest',
      'sessionRequireClientSASLAuth=true',
    );
    expect(config.auth.requiredSchemes).toEqual(['sasl']);
    expect(warnings).toEqual([
      'zoo.cfg line 3: enforce.auth.enabled has no effect here: sessionRequireClientSASLAuth=true is stronger',
      'zoo.cfg line 4: enforce.auth.schemes has no effect here: sessionRequireClientSASLAuth=true is stronger',
    ]);
  });

  test('is not changed by a key that no ZooKeeper looks at', () => {
    const { config, warnings } = withJaas('requireClientAuthScheme=sasl');
    expect(config.auth.requiredSchemes).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining(
        'SASL is required by sessionRequireClientSASLAuth=true or enforce.auth.schemes',
      ),
    ]);
  });

  test.each([
    [['sessionRequireClientSASLAuth=true'], 'sessionRequireClientSASLAuth: the scheme sasl is required'],
    [['sessionRequireClientSASLAuth=yes'], 'sessionRequireClientSASLAuth: "yes" is not allowed'],
    [['enforce.auth.enabled=true'], 'enforce.auth.enabled: enforce.auth.schemes is missing'],
    [
      ['enforce.auth.enabled=true', 'enforce.auth.schemes=key'],
      'enforce.auth.schemes: "key" is not allowed; allowed is a list of authentication schemes',
    ],
    [
      ['enforce.auth.enabled=true', 'enforce.auth.schemes=x509'],
      'enforce.auth.schemes: the scheme x509 is required, and nobody can prove it',
    ],
    [
      [
        'enforce.auth.enabled=true',
        'enforce.auth.schemes=digest',
        'DigestAuthenticationProvider.enabled=false',
      ],
      'enforce.auth.schemes: the scheme digest is required, and nobody can prove it: digest.enabled is false',
    ],
  ])('is refused where nobody could prove it: %j', (lines, message) => {
    expect(refusalOf(() => loadZooCfg(lines)).message).toContain(message);
  });
});

describe('the digest of the super user', () => {
  test.each([
    ['SHA1', 'sha1', 27, '='],
    ['SHA-1', 'sha1', 27, '='],
    ['SHA-256', 'sha256', 43, '='],
    ['SHA-512', 'sha512', 86, '=='],
    ['sha3-256', 'sha3-256', 43, '='],
  ])('has the length that %s has', (name, algorithm, characters, end) => {
    const digest = `super:${'A'.repeat(characters)}${end}`;
    const { config, warnings } = loadYaml(`digest: {algorithm: ${name}}\nsuperDigest: ${digest}`);
    expect([config.auth.digestAlgorithm, config.superDigest, warnings]).toEqual([algorithm, digest, []]);
  });

  test('of another length can come from no password', () => {
    const digest = `super:${'A'.repeat(27)}=`;
    const refusal = refusalOf(() => loadYaml(`digest: {algorithm: SHA-256}\nsuperDigest: ${digest}`));
    expect(refusal.message).toBe(
      'rookery.yaml line 2: superDigest: it has 28 characters behind the colon; by SHA-256 (digest.algorithm) it has 44',
    );
    expect(refusalOf(() => loadYaml('digest: {algorithm: MD5}')).message).toContain(
      '"MD5" is not allowed; allowed is SHA1, SHA-256, SHA-512 or SHA3-256',
    );
  });

  test('is read from a file, which says what is wrong with it and shows nothing', () => {
    const digest = `super:${'A'.repeat(27)}=`;
    const load = (text: string) => loadYaml('superDigestFile: /s', { '/s': text });
    expect(load(`${digest}\n`).config).toMatchObject({ superDigest: digest, superDigestFile: '/s' });
    expect(refusalOf(() => load('super:secret')).message).toMatch(
      /^\/s: superDigest: this value is not allowed; allowed is user:base64\(sha1\(user:password\)\)/,
    );
    expect(refusalOf(() => load(`super:${'A'.repeat(43)}=`)).message).toBe(
      '/s: superDigest: it has 44 characters behind the colon; by SHA1 (digest.algorithm) it has 28',
    );
    const twice = `superDigest: ${digest}\nsuperDigestFile: /s`;
    expect(refusalOf(() => loadYaml(twice, { '/s': digest })).message).toBe(
      'rookery.yaml line 2: superDigestFile: the digest of the super user is also given by rookery.yaml line 1: superDigest; give one of them',
    );
  });

  test('means nothing where the scheme is off', () => {
    const digest = `super:${'A'.repeat(27)}=`;
    expect(loadYaml(`digest: {enabled: false}\nsuperDigest: ${digest}`).warnings).toEqual([
      'rookery.yaml line 2: superDigest has no effect here: the digest scheme is off (digest.enabled)',
    ]);
    const inFile = loadYaml('digest: {enabled: false}\nsuperDigestFile: /s', { '/s': digest });
    expect(inFile.warnings).toEqual([
      'rookery.yaml line 2: superDigestFile has no effect here: the digest scheme is off (digest.enabled)',
    ]);
  });
});
