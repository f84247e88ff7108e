import { resolve } from 'node:path';
import {
  DEFAULT_FRAME_BYTES,
  DEFAULT_LIMITS,
  DEFAULT_SNAPSHOT_EVERY_BYTES,
  LIMIT_CEILINGS,
  type Limits,
  MAX_FRAME_BYTES,
  MAX_LIMIT_TICKS,
  MAX_SERVER_ID,
  MAX_SNAPSHOT_EVERY_BYTES,
  MAX_TICK_TIME_MS,
  MAX_TIMEOUT_MS,
  MIN_FRAME_BYTES,
  MIN_SERVER_ID,
  MIN_SNAPSHOT_EVERY_BYTES,
  MIN_TICK_TIME_MS,
} from '../bounds/limits.ts';
import type { DigestAlgorithm, LogLevel, MembershipBy } from './config.ts';
import { DEFAULT_FOUR_LETTER_WORDS } from './four-letter-words.ts';
import { HTTP_SETTINGS } from './http-settings.ts';
import { type Rest, type Setting, setting, withDefault } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';
import {
  clusterId,
  digestAlgorithm,
  digestId,
  file,
  folder,
  host,
  integer,
  integerOr,
  jaasFile,
  type Kind,
  logLevel,
  membershipBy,
  password,
  port,
  prettiness,
  schemes,
  sectionName,
  securePort,
  subject,
  tlsMode,
  token,
  truth,
  userNames,
  words,
} from './values.ts';

const byDefault = new Map([[-1, 'the default']]);
const orDefault = integerOr(byDefault, integer(1, MAX_TIMEOUT_MS, 'milliseconds'));
const limit = (name: keyof Limits, unit: string, about: string, rest?: Rest): Setting<number, number> =>
  withDefault(integer(1, LIMIT_CEILINGS[name], unit), DEFAULT_LIMITS[name], about, rest);

export const SETTINGS = {
  serverId: setting(integer(MIN_SERVER_ID, MAX_SERVER_ID, 'server ids'), 'which of the members this is', {
    fallbackText: 'dataDir/myid, or 1',
  }),
  ordinal: setting(
    integer(MIN_SERVER_ID - 1, MAX_SERVER_ID - 1, 'ordinals'),
    'its place in a StatefulSet, counted from 0: its server id is one more',
  ),
  clusterId: setting(
    clusterId,
    'the cluster that it belongs to: no new one begins here, and data of another one are refused',
  ),
  membership: withDefault<MembershipBy>(
    membershipBy,
    'file',
    'who decides who is a member: each configuration file (file), or calls of /admin/members, and the file only at the beginning (admin)',
  ),
  provesVersion: withDefault(
    truth,
    false,
    'this member, a learner, proves a version: it serves no clients, and where its state differs from the others it stays up and says where',
  ),
  dataDir: withDefault(folder, resolve('rookery-data'), 'where its data lives', {
    fallbackText: './rookery-data',
    zoo: 'dataDir',
  }),
  dataLogDir: setting(folder, 'where its log lives', { fallbackText: 'dataDir', zoo: 'dataLogDir' }),
  'client.host': withDefault(host, '127.0.0.1', 'address for clients', {
    fallbackText: '127.0.0.1; with a zoo.cfg all addresses',
    zoo: 'clientPortAddress',
  }),
  'client.port': withDefault(port, 2181, 'port for clients', { zoo: 'clientPort' }),
  'client.maxConnectionsPerAddress': withDefault(
    integer(0, LIMIT_CEILINGS.connections, 'connections'),
    60,
    'connections from one address, 0 for any number',
    { zoo: 'maxClientCnxns' },
  ),
  'client.connectionRate.tokens': withDefault(
    integer(0, LIMIT_CEILINGS.connections, 'connections'),
    0,
    'clients that may come at once before those that come faster are closed, 0 for any number',
    { zoo: 'connectionMaxTokens' },
  ),
  'client.connectionRate.fillMs': withDefault(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    1,
    'so often more clients may come',
    { zoo: 'connectionTokenFillTime' },
  ),
  'client.connectionRate.fillCount': withDefault(
    integer(1, LIMIT_CEILINGS.connections, 'connections'),
    1,
    'so many more may come then',
    { zoo: 'connectionTokenFillCount' },
  ),
  'client.maxFrameBytes': withDefault(
    integer(MIN_FRAME_BYTES, MAX_FRAME_BYTES, 'bytes'),
    DEFAULT_FRAME_BYTES,
    'longest request accepted',
    { zoo: 'jute.maxbuffer' },
  ),
  'client.sessionlessTimeoutMs': withDefault(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    10_000,
    'a connection without a session is closed after so long',
    { zoo: 'nio.sessionlessCnxnTimeout' },
  ),
  'client.readOnlyMode': withDefault(
    truth,
    false,
    'without a leader, serve reads to clients that ask for a read-only member where there is no other',
    { zoo: 'readonlymode.enabled' },
  ),
  'client.tls.mode': withDefault(
    tlsMode,
    'off',
    'TLS at client.port: off, optional (plain and TLS) or required',
  ),
  'client.securePort': setting(securePort, 'a second port for clients, of TLS only', {
    zoo: 'secureClientPort',
  }),
  'client.secureHost': setting(host, 'address for clients of that port', {
    fallbackText: 'client.host',
    zoo: 'secureClientPortAddress',
  }),
  ...tlsSettings('client', 'ssl', 'clients'),
  'peer.host': setting(host, 'address for its peers', { fallbackText: 'its host among the members' }),
  'peer.secret': setting(token, 'join secret: members prove to one another that they know it', {
    noFlag: true,
  }),
  'peer.secretFile': setting(
    file,
    'file that holds the join secret, or two of them, one a line, while it is rotated; it may change',
  ),
  'peer.insecure': setting(
    truth,
    'whoever reaches the peer port may pose as a member: for networks where only members can',
    { fallbackText: 'false; true with a zoo.cfg that says nothing of sslQuorum' },
  ),
  'peer.tls.mode': withDefault(
    tlsMode,
    'off',
    'TLS between members: off, optional (plain as well, while all are changed over) or required',
  ),
  ...tlsSettings('peer', 'ssl.quorum', 'other members'),
  tickTimeMs: withDefault(
    integer(MIN_TICK_TIME_MS, MAX_TICK_TIME_MS, 'milliseconds'),
    2000,
    'the unit of the limits below',
    { zoo: 'tickTime' },
  ),
  initLimit: withDefault(
    integer(1, MAX_LIMIT_TICKS, 'ticks'),
    10,
    'ticks that catching up with the leader may take before it is said to be late',
    { zoo: 'initLimit' },
  ),
  syncLimit: withDefault(integer(1, MAX_LIMIT_TICKS, 'ticks'), 5, 'ticks that a member may be silent', {
    zoo: 'syncLimit',
  }),
  minSessionTimeoutMs: withDefault(orDefault, -1, 'shortest session timeout granted', {
    fallbackText: '2 ticks',
    zoo: 'minSessionTimeout',
  }),
  maxSessionTimeoutMs: withDefault(orDefault, -1, 'longest session timeout granted', {
    fallbackText: '20 ticks',
    zoo: 'maxSessionTimeout',
  }),
  snapshotEveryEntries: withDefault(
    integer(2, 1_000_000_000, 'log entries'),
    100_000,
    'log entries between snapshots',
    { zoo: 'snapCount' },
  ),
  snapshotEveryBytes: withDefault(
    integer(MIN_SNAPSHOT_EVERY_BYTES, MAX_SNAPSHOT_EVERY_BYTES, 'bytes'),
    DEFAULT_SNAPSHOT_EVERY_BYTES,
    'bytes of log between snapshots, whichever of the two comes first',
  ),
  snapshotRetain: withDefault(integer(1, 1000, 'snapshots'), 3, 'snapshots kept', {
    zoo: 'autopurge.snapRetainCount',
  }),
  purgeIntervalHours: withDefault(
    integer(0, 8784, 'hours'),
    0,
    'hours between purges of old logs and snapshots, sooner where the disk is nearly full; 0 for after each snapshot',
    { zoo: 'autopurge.purgeInterval' },
  ),
  'history.retainHours': withDefault(
    integer(0, 87_840, 'hours'),
    0,
    'hours for which logs and snapshots are kept that are needed no more, so that the tree of then can be asked for; 0 for not at all',
  ),
  'history.retainBytes': withDefault(
    integer(0, Number.MAX_SAFE_INTEGER, 'bytes'),
    10 * 1024 ** 3,
    'the most that is kept for that, however few hours it makes',
  ),
  containerCheckIntervalMs: withDefault(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    60_000,
    'between looks for empty containers and TTL nodes whose time is over',
    { zoo: 'znode.container.checkIntervalMs' },
  ),
  fourLetterWords: withDefault(words, DEFAULT_FOUR_LETTER_WORDS, 'four-letter words that answer, or *', {
    zoo: '4lw.commands.whitelist',
  }),
  reconfigEnabled: withDefault(
    truth,
    false,
    'clients may change the membership (reconfig), where membership is "file"',
    { zoo: 'reconfigEnabled' },
  ),
  enforceQuota: withDefault(
    truth,
    false,
    'refuse what goes beyond a hard limit of a quota, not only say so; what the leader has counts',
    { zoo: 'enforceQuota' },
  ),
  'dialects.clickHouseKeeper': withDefault(
    truth,
    false,
    "clients may ask for ClickHouse Keeper's operations (500 to 507), and find in /keeper what there is",
  ),
  'dialects.pagedChildren': withDefault(
    truth,
    false,
    'clients may ask for a page of the children of a node (71, as LinkedIn and Apache Helix do)',
  ),
  superDigest: setting(
    digestId,
    'the user who passes every access list, as user:base64(sha1(user:password))',
    {
      fallbackText: 'nobody',
      zoo: 'DigestAuthenticationProvider.superDigest',
      noFlag: true,
    },
  ),
  superDigestFile: setting(file, 'file that holds that digest; it may change'),
  'digest.enabled': withDefault(truth, true, 'whether clients prove who they are by user and password', {
    zoo: 'DigestAuthenticationProvider.enabled',
  }),
  'digest.algorithm': withDefault<DigestAlgorithm>(
    digestAlgorithm,
    'sha1',
    'what digests of user and password, superDigest among them, are made by: SHA1, SHA-256, SHA-512 or SHA3-256; the same on every member',
    { fallbackText: 'SHA1', zoo: 'DigestAuthenticationProvider.digestAlg' },
  ),
  'auth.schemes': withDefault<readonly string[]>(
    schemes,
    [],
    'further schemes that access lists may name: sasl, x509',
    { fallbackText: 'sasl where it has users' },
  ),
  'auth.requiredSchemes': withDefault<readonly string[]>(
    schemes,
    [],
    'schemes of which a client must have proved one before it asks for anything',
    { fallbackText: 'none' },
  ),
  'sasl.usersFile': setting(file, 'file with the users of SASL, as YAML: a line user: password for each'),
  'sasl.jaasFile': setting(jaasFile, 'file with the users of SASL, as Java has them', {
    zoo: 'java.security.auth.login.config',
  }),
  'sasl.jaasSection': withDefault(sectionName, 'Server', 'the section of that file that is read', {
    zoo: 'sasl.serverconfig',
  }),
  'sasl.superUsers': withDefault<readonly string[]>(
    userNames,
    [],
    'users of SASL who pass every access list',
    { fallbackText: 'nobody' },
  ),
  'sasl.superPassword': setting(password, 'password of the SASL user super, whatever the file says', {
    zoo: 'SASLAuthenticationProvider.superPassword',
    noFlag: true,
  }),
  'sasl.allowFailedClients': withDefault(
    truth,
    false,
    'whether a client that fails to prove who it is by SASL may stay all the same',
    { zoo: 'allowSaslFailedClients' },
  ),
  'x509.superUser': setting(subject, 'subject of the certificate whose owner passes every access list', {
    fallbackText: 'nobody',
    zoo: 'X509AuthenticationProvider.superUser',
  }),
  ...HTTP_SETTINGS,
  'log.level': withDefault<LogLevel>(logLevel, 'info', 'trace, debug, info, warn, error, fatal or silent'),
  'log.pretty': withDefault<boolean | 'auto'>(
    prettiness,
    'auto',
    'true, false or auto: pretty on a terminal',
  ),
  'audit.enable': withDefault(truth, false, 'who did what, a line for each write and each failed proof', {
    zoo: 'audit.enable',
  }),
  'audit.file': setting(file, 'where these lines go; it is opened anew on SIGHUP', {
    fallbackText: "the member's log",
  }),
  'limits.connections': limit('connections', 'connections', 'client connections of this member', {
    fallbackText: `${DEFAULT_LIMITS.connections}; fewer where there are too few file descriptors`,
    zoo: 'maxCnxns',
  }),
  'limits.sessions': limit('sessions', 'sessions', 'sessions of the ensemble'),
  'limits.nodes': limit('nodes', 'nodes', 'znodes'),
  'limits.watches': limit('watches', 'watches', 'watches on this member'),
  'limits.outstandingRequests': limit(
    'outstandingRequests',
    'requests',
    'requests read and not yet answered',
  ),
  'limits.treeBytes': limit('treeBytes', 'bytes', 'memory of the tree'),
} as const;

export type SettingName = keyof typeof SETTINGS;
/** What may be given. */
export type SettingValue<N extends SettingName> =
  (typeof SETTINGS)[N]['kind'] extends Kind<infer T> ? T : never;
/** What holds: what was given, or the default. */
export type Effective<N extends SettingName> = SettingValue<N> | (typeof SETTINGS)[N]['fallback'];

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** For people: the name, and ZooKeeper's where it has one. */
export function nameOf(name: SettingName): string {
  const { zoo }: Rest = SETTINGS[name];
  return zoo === undefined ? name : `${name} (${zoo} in a zoo.cfg)`;
}

/** As a system property of ZooKeeper's; undefined where it has none, or the value is a secret. */
export function propertyOf(name: SettingName): string | undefined {
  const { zoo, noFlag }: Rest = SETTINGS[name];
  if (zoo === undefined || noFlag === true) return undefined;
  return /^(?:java|jute)\./.test(zoo) ? zoo : `zookeeper.${zoo}`;
}

/** `client.maxFrameBytes` → `client-max-frame-bytes`. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`).replaceAll('.', '-');
}

export function flagOf(name: SettingName): string {
  return `--${kebab(name)}`;
}

export function variableOf(name: SettingName): string {
  return `ROOKERY_${kebab(name).toUpperCase().replaceAll('-', '_')}`;
}

/** For --help: what it is, and its default. */
export function aboutOf(name: SettingName): string {
  const { about, fallback, fallbackText }: { about: string; fallback: unknown; fallbackText?: string } =
    SETTINGS[name];
  const text = fallbackText ?? (fallback === undefined ? undefined : String(fallback));
  return text === undefined ? about : `${about} (default: ${text})`;
}

const BY_ZOO_KEY: ReadonlyMap<string, SettingName> = new Map(
  SETTING_NAMES.flatMap((name) => {
    const { zoo }: Rest = SETTINGS[name];
    return zoo === undefined ? [] : [[zoo, name] as const];
  }),
);

export function settingOfZooKey(key: string): SettingName | undefined {
  return BY_ZOO_KEY.get(key);
}

export function zooKeys(): Iterable<string> {
  return BY_ZOO_KEY.keys();
}
