import { describe, expect, test } from 'vitest';
import { loadFrom, loadZooCfg, OPEN_TO_STRANGERS, refusalOf } from './load-from.ts';

const three = ['server.1=a:2888:3888', 'server.2=b:2888:3888', 'server.3=c:2888:3888'];

describe('a zoo.cfg', () => {
  test('of an ensemble means here what it means to ZooKeeper', () => {
    const { config, warnings } = loadZooCfg(
      [
        'tickTime=3000',
        'initLimit=11',
        'syncLimit=6',
        'dataLogDir=/log',
        'clientPort=2182',
        'clientPortAddress=10.0.0.2',
        'maxClientCnxns=7',
        'minSessionTimeout=5000',
        'maxSessionTimeout=50000',
        'snapCount=1000',
        'snapSizeLimitInKb=2048',
        'autopurge.snapRetainCount=4',
        'autopurge.purgeInterval=24',
        'znode.container.checkIntervalMs=5000',
        'nio.sessionlessCnxnTimeout=5000',
        '4lw.commands.whitelist=stat, ruok',
        'jute.maxbuffer=0x9fffff',
        'standaloneEnabled=false',
        `zookeeper.DigestAuthenticationProvider.superDigest=super:${'x/'.repeat(13)}x=`,
        'admin.serverPort=8099',
        ...three,
        'server.4=d:2888:3888:observer',
      ],
      '2\n',
    );
    expect(warnings).toEqual([OPEN_TO_STRANGERS]);
    expect(config).toMatchObject({
      serverId: 2,
      dataDir: '/data',
      dataLogDir: '/log',
      client: {
        host: '10.0.0.2',
        port: 2182,
        maxConnectionsPerAddress: 7,
        maxFrameBytes: 0x9fffff,
        sessionlessTimeoutMs: 5_000,
      },
      peer: { host: 'b', secrets: [], takesUnproved: true },
      superDigest: `super:${'x/'.repeat(13)}x=`,
      tickTimeMs: 3000,
      initLimit: 11,
      syncLimit: 6,
      minSessionTimeoutMs: 5000,
      maxSessionTimeoutMs: 50_000,
      snapshotEveryEntries: 1000,
      snapshotEveryBytes: 2 * 1024 * 1024,
      snapshotRetain: 4,
      purgeIntervalHours: 24,
      containerCheckIntervalMs: 5_000,
      reconfigEnabled: false,
      http: { enabled: true, host: '127.0.0.1', port: 8099, required: true },
    });
    expect([...config.fourLetterWords]).toEqual(['stat', 'ruok']);
    expect(config.members.map(({ serverId, role }) => `${serverId} ${role}`)).toEqual([
      '1 voter',
      '2 voter',
      '3 voter',
      '4 learner',
    ]);
  });

  test("has ZooKeeper's defaults", () => {
    const { config, warnings } = loadZooCfg(['clientPort=2181']);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      serverId: 1,
      dataLogDir: '/data',
      client: {
        host: '::',
        port: 2181,
        maxConnectionsPerAddress: 60,
        maxFrameBytes: 1_048_575,
        sessionlessTimeoutMs: 10_000,
      },
      tickTimeMs: 2000,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      snapshotEveryEntries: 100_000,
      snapshotEveryBytes: 64 * 1024 * 1024,
      snapshotRetain: 3,
      containerCheckIntervalMs: 60_000,
      reconfigEnabled: false,
      http: { enabled: true, host: '127.0.0.1', port: 8080, required: false },
    });
    expect([...config.fourLetterWords]).toEqual(['srvr', 'mntr', 'ruok', 'isro', 'stat', 'conf']);
  });

  test('without servers, or with one, is a standalone member that needs no myid', () => {
    expect(loadZooCfg(['clientPort=2185']).config.members).toEqual([
      { serverId: 1, host: '127.0.0.1', peerPort: 0, role: 'voter', clientPort: 2185 },
    ]);
    const { config, warnings } = loadZooCfg(['server.3=a:2888:3888']);
    expect([config.serverId, config.members.length, warnings]).toEqual([3, 1, []]);
  });

  test('takes the client port from its server line', () => {
    expect(loadZooCfg(['server.1=a:2888:3888;2191'], '1').config.client.port).toBe(2191);
  });

  test('takes session timeouts of -1 as the defaults', () => {
    const { config } = loadZooCfg(['tickTime=100', 'minSessionTimeout=-1', 'maxSessionTimeout=-1']);
    expect([config.minSessionTimeoutMs, config.maxSessionTimeoutMs]).toEqual([200, 2000]);
  });

  test('takes all four-letter words for *', () => {
    expect(loadZooCfg(['4lw.commands.whitelist=*']).config.fourLetterWords.size).toBe(18);
  });

  test('takes system properties as keys', () => {
    const { config, warnings } = loadZooCfg([
      'zookeeper.snapCount=500',
      'zookeeper.admin.enableServer=false',
    ]);
    expect([config.snapshotEveryEntries, config.http.enabled, warnings]).toEqual([500, false, []]);
  });

  test('bounds the log between snapshots also where snapSizeLimitInKb says that it has no bound', () => {
    const { config, warnings } = loadZooCfg(['snapSizeLimitInKb=-1']);
    expect(config.snapshotEveryBytes).toBe(64 * 1024 * 1024);
    expect(warnings).toEqual([
      'zoo.cfg line 2: snapSizeLimitInKb means never in ZooKeeper; here a snapshot is always due by bytes, too: the default is used',
    ]);
    expect(refusalOf(() => loadZooCfg(['snapSizeLimitInKb=4g'])).message).toContain(
      'a whole number of kibibytes',
    );
  });

  test('takes maxCnxns=0 as no limit of its own', () => {
    const { config } = loadZooCfg(['maxCnxns=0']);
    expect(config.limits.connections).toBe(50_000);
    expect(loadZooCfg(['maxCnxns=900']).config.limits.connections).toBe(900);
  });

  test('listens for members on all addresses with quorumListenOnAllIPs', () => {
    expect(loadZooCfg(['quorumListenOnAllIPs=true', ...three], '1').config.peer.host).toBe('::');
  });

  test('reads the members of its dynamicConfigFile', () => {
    const { config, warnings } = loadFrom({
      argv: ['zoo.cfg'],
      files: {
        'zoo.cfg': 'dataDir=/data\ndynamicConfigFile=/etc/zoo.dynamic\nserver.9=old:1:2',
        '/etc/zoo.dynamic': 'server.1=a:2888:3888:participant;2181\nversion=100000000\nodd=1',
        '/data/myid': '1',
      },
    });
    expect(config.members).toEqual([
      { serverId: 1, host: 'a', peerPort: 2888, electionPort: 3888, role: 'voter', clientPort: 2181 },
    ]);
    expect(warnings).toEqual([
      'zoo.cfg: its server.N lines are ignored; those of /etc/zoo.dynamic are used',
      '/etc/zoo.dynamic line 3: odd is not known and has no effect',
    ]);
  });
});

describe('a key of a zoo.cfg without effect', () => {
  test.each([
    ['electionAlg=3', 'zoo.cfg line 2: electionAlg has no effect here: Raft elects the leader'],
    [
      'authProvider.1=X',
      'zoo.cfg line 2: authProvider.1 has no effect here: there is no X; the schemes that are there are ip, digest, sasl, x509',
    ],
    [
      'ssl.quorum.keyStore.location=/x',
      'zoo.cfg line 2: ssl.quorum.keyStore.location has no effect: TLS is not spoken there; set peer.tls.mode',
    ],
    [
      'zookeeper.forceSync=no',
      'zoo.cfg line 2: zookeeper.forceSync has no effect here: every write is on disk before it is acknowledged',
    ],
    ['tickTme=1', 'zoo.cfg line 2: tickTme is not known and has no effect; did you mean tickTime?'],
    ['clientport=1', 'zoo.cfg line 2: clientport is not known and has no effect; did you mean clientPort?'],
    [
      'standaloneEnabled=false',
      'zoo.cfg line 2: standaloneEnabled has no effect here: one server alone is a standalone member, and others may join it',
    ],
    [
      'peerType=observer',
      'zoo.cfg line 2: peerType has no effect here: the role in its server.N line counts',
    ],
    [
      'admin.httpVersion=2',
      'zoo.cfg line 2: admin.httpVersion has no effect here: HTTP/1.1 is spoken, and 1.0 with those who ask by it',
    ],
    ['foo=bar', 'zoo.cfg line 2: foo is not known and has no effect'],
    [
      'autopurge.purgeInterval=0',
      'zoo.cfg line 2: autopurge.purgeInterval 0 means never in ZooKeeper; here old logs and snapshots are purged after each snapshot',
    ],
    [
      '4lw.commands.whitelist=ruok, bogus',
      'zoo.cfg line 2: 4lw.commands.whitelist: there is no word "bogus"',
    ],
  ])('%s is one warning', (line, warning) => {
    const { config, warnings } = loadZooCfg([line]);
    expect(warnings).toEqual([warning]);
    expect(config.warnings).toEqual(warnings);
  });

  test('admin.serverAddress does not open the admin interface to other machines', () => {
    const { config, warnings } = loadZooCfg(['admin.serverAddress=0.0.0.0']);
    expect(config.http.host).toBe('127.0.0.1');
    expect(warnings).toHaveLength(1);
    expect(loadZooCfg(['admin.serverAddress=127.0.0.2']).config.http.host).toBe('127.0.0.2');
  });

  test('given twice is said once, and the last one counts', () => {
    const { config, warnings } = loadZooCfg(['tickTime=100', 'tickTime=200']);
    expect(config.tickTimeMs).toBe(200);
    expect(warnings).toEqual(['zoo.cfg line 3: tickTime is given twice; this last one is used']);
  });

  test('an even number of voters is pointed out', () => {
    expect(loadZooCfg(three.slice(0, 2), '1').warnings).toEqual([
      '2 voters survive the loss of 0, no more than 1 would; use an odd number',
      OPEN_TO_STRANGERS,
    ]);
  });
});

describe('a zoo.cfg is refused in one line with file, line, key and what is allowed:', () => {
  test.each([
    [
      'tickTime=fast',
      'zoo.cfg line 2: tickTime: "fast" is not allowed; allowed is a whole number of milliseconds from 10 to 3600000',
    ],
    [
      'tickTime=',
      'zoo.cfg line 2: tickTime: an empty value is not allowed; allowed is a whole number of milliseconds from 10 to 3600000',
    ],
    [
      'clientPort=65536',
      'zoo.cfg line 2: clientPort: "65536" is not allowed; allowed is a port from 1 to 65535, or 0 (the system chooses one)',
    ],
    [
      'initLimit=0',
      'zoo.cfg line 2: initLimit: "0" is not allowed; allowed is a whole number of ticks from 1 to 100000',
    ],
    [
      'maxClientCnxns=-1',
      'zoo.cfg line 2: maxClientCnxns: "-1" is not allowed; allowed is a whole number of connections from 0 to 1000000',
    ],
    [
      'jute.maxbuffer=12',
      'zoo.cfg line 2: jute.maxbuffer: "12" is not allowed; allowed is a whole number of bytes from 1024 to 67108864',
    ],
    [
      'snapCount=1e5',
      'zoo.cfg line 2: snapCount: "1e5" is not allowed; allowed is a whole number of log entries from 2 to 1000000000',
    ],
    [
      'reconfigEnabled=yes',
      'zoo.cfg line 2: reconfigEnabled: "yes" is not allowed; allowed is true or false',
    ],
    [
      'standaloneEnabled=maybe',
      'zoo.cfg line 2: standaloneEnabled: "maybe" is not allowed; allowed is true or false',
    ],
    [
      'peerType=leader',
      'zoo.cfg line 2: peerType: "leader" is not allowed; allowed is participant or observer',
    ],
    [
      'clientPortAddress=a b',
      'zoo.cfg line 2: clientPortAddress: "a b" is not allowed; allowed is a host name or an IP address',
    ],
    ['server.0=a:1:2', 'zoo.cfg line 2: server.0: "0" is no server id of a member; allowed is 1 to 255'],
    ['server.x=a:1:2', 'zoo.cfg line 2: server.x: "x" is no server id of a member; allowed is 1 to 255'],
    [
      'minSessionTimeout=50000',
      'zoo.cfg line 2: minSessionTimeout: the shortest session timeout (50000 ms) must not be longer than the longest (40000 ms)',
    ],
    [
      'maxSessionTimeout=3000',
      'zoo.cfg line 2: maxSessionTimeout: the shortest session timeout (4000 ms) must not be longer than the longest (3000 ms)',
    ],
    [
      'admin.serverPort=2181',
      "zoo.cfg line 2: admin.serverPort: 2181 is also this member's port for clients",
    ],
    ['dynamicConfigFile=/none', 'zoo.cfg line 2: dynamicConfigFile: cannot read "/none" (ENOENT)'],
    [
      'secureClientPort=2281',
      'zoo.cfg line 2: secureClientPort: TLS needs client.tls.keyStore (ssl.keyStore.location in a zoo.cfg): the private key and certificate that are shown',
    ],
    [
      'sslQuorum=true',
      'zoo.cfg line 2: sslQuorum: TLS needs peer.tls.keyStore (ssl.quorum.keyStore.location in a zoo.cfg): the private key and certificate that are shown',
    ],
    [
      'ssl.ocsp=true',
      'zoo.cfg line 2: ssl.ocsp: this version does not have OCSP; it will not start as if it had. Remove the key to go without',
    ],
    [
      'zookeeper.enforce.auth.enabled=true',
      'zoo.cfg line 2: zookeeper.enforce.auth.enabled: enforce.auth.schemes is missing: it says which schemes are required',
    ],
  ])('%s', (line, message) => {
    const refusal = refusalOf(() => loadZooCfg([line]));
    expect(refusal.message).toBe(message);
    expect(refusal).toMatchObject({ file: 'zoo.cfg', line: 2, key: line.slice(0, line.indexOf('=')) });
  });

  test('a protection that is switched off is only a warning', () => {
    expect(loadZooCfg(['ssl.ocsp=false']).warnings).toHaveLength(1);
  });

  test('a missing file', () => {
    const { message } = refusalOf(() => loadFrom({ argv: ['none.cfg'] }));
    expect(message).toBe('command line: file: cannot read "none.cfg" (ENOENT)');
  });

  test('a missing dataDir', () => {
    const { message } = refusalOf(() =>
      loadFrom({ argv: ['zoo.cfg'], files: { 'zoo.cfg': 'clientPort=1' } }),
    );
    expect(message).toBe('zoo.cfg: dataDir: is missing; allowed is the path of a folder');
  });

  test.each([
    [
      undefined,
      '/data/myid: myid: is missing: it must hold the number N of this member among server.N (or give --server-id)',
    ],
    ['', '/data/myid: myid: "" is no server id of a member; allowed is 1 to 255'],
    ['one', '/data/myid: myid: "one" is no server id of a member; allowed is 1 to 255'],
    ['4', '/data/myid: myid: this is member 4, but the members are 1, 2, 3'],
  ])('a myid of %j', (myid, message) => {
    expect(refusalOf(() => loadZooCfg(three, myid)).message).toBe(message);
  });

  test.each([
    [
      ['server.1=a:1:2', 'server.1=b:1:2'],
      'zoo.cfg line 3: server.1: the server id 1 is given to two members',
    ],
    [
      ['server.1=a:1:2', 'server.2=A:1:3'],
      'zoo.cfg line 3: server.2: members 1 and 2 have the same address, a:1',
    ],
    [['server.1=a:1:2:observer'], 'zoo.cfg line 2: server.1: no member is a voter; at least one is needed'],
    [
      ['server.1=a:2181:2;2181'],
      'zoo.cfg line 2: server.1: 2181 cannot be both its port for clients and its port for members',
    ],
    [
      ['server.1=a:2888:3888', 'clientPort=2888'],
      "zoo.cfg line 3: clientPort: 2888 is also this member's port for members",
    ],
    [
      ['clientPort=2182', 'server.1=a:2888:3888;2181'],
      'zoo.cfg line 2: clientPort: 2182 differs from the client port 2181 of this member (1) among the members',
    ],
  ])('members that contradict each other: %j', (lines, message) => {
    expect(refusalOf(() => loadZooCfg(lines, '1')).message).toBe(message);
  });

  test('more voters than a majority can be waited for', () => {
    const lines = Array.from({ length: 10 }, (_, i) => `server.${i + 1}=h${i}:2888:3888`);
    expect(refusalOf(() => loadZooCfg(lines, '1')).message).toBe(
      'zoo.cfg line 2: server.1: 10 voters; at most 9',
    );
  });
});
