import {
  DEFAULT_FRAME_BYTES,
  DEFAULT_LIMITS,
  DEFAULT_SNAPSHOT_EVERY_BYTES,
  LIMIT_CEILINGS,
  MAX_FRAME_BYTES,
  MAX_LABEL,
  MAX_LIMIT_TICKS,
  MAX_SNAPSHOT_EVERY_BYTES,
  MAX_TICK_TIME_MS,
  MAX_TIMEOUT_MS,
  MIN_FRAME_BYTES,
  MIN_LABEL,
  MIN_SNAPSHOT_EVERY_BYTES,
  MIN_TICK_TIME_MS,
} from '../bounds/limits.ts';
import {
  clusterId,
  digestId,
  file,
  folder,
  host,
  integer,
  integerOr,
  type Kind,
  logLevel,
  port,
  prettiness,
  token,
  truth,
  words,
} from './values.ts';

/**
 * One setting under its four names. The YAML name is the key of the table below (dots are nesting) and the place in
 * Config; a flag is it in kebab-case (`--client-port`), an environment variable in capitals (`ROOKERY_CLIENT_PORT`).
 */
interface Setting<T> {
  readonly kind: Kind<T>;
  /** ZooKeeper's key, where the meaning is the same. */
  readonly zoo?: string;
  /** For --help. */
  readonly about: string;
  /** Secrets: other users see a process's flags. */
  readonly noFlag?: true;
}

function setting<T>(kind: Kind<T>, about: string, zoo?: string, noFlag?: true): Setting<T> {
  return { kind, about, ...(zoo === undefined ? {} : { zoo }), ...(noFlag === undefined ? {} : { noFlag }) };
}

const byDefault = new Map([[-1, 'the default']]);
const limit = (ceiling: number, unit: string): Kind<number> => integer(1, ceiling, unit);

export const SETTINGS = {
  label: setting(
    integer(MIN_LABEL, MAX_LABEL, 'labels'),
    'which of the members this is (default: dataDir/myid, or 1)',
  ),
  ordinal: setting(
    integer(MIN_LABEL - 1, MAX_LABEL - 1, 'ordinals'),
    'its place in a StatefulSet, counted from 0: its label is one more',
  ),
  clusterId: setting(
    clusterId,
    'the cluster that it belongs to: no new one begins here, and data of another one are refused',
  ),
  dataDir: setting(folder, 'where its data lives (default: ./rookery-data)', 'dataDir'),
  dataLogDir: setting(folder, 'where its log lives (default: dataDir)', 'dataLogDir'),
  'client.host': setting(
    host,
    'address for clients (default: 127.0.0.1; with a zoo.cfg all addresses)',
    'clientPortAddress',
  ),
  'client.port': setting(port, 'port for clients (default: 2181)', 'clientPort'),
  'client.maxConnectionsPerAddress': setting(
    integer(0, LIMIT_CEILINGS.connections, 'connections'),
    'connections from one address, 0 for any number (default: 60)',
    'maxClientCnxns',
  ),
  'client.maxFrameBytes': setting(
    integer(MIN_FRAME_BYTES, MAX_FRAME_BYTES, 'bytes'),
    `longest request accepted (default: ${DEFAULT_FRAME_BYTES})`,
    'jute.maxbuffer',
  ),
  'client.sessionlessTimeoutMs': setting(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    'a connection without a session is closed after so long (default: 10000)',
    'nio.sessionlessCnxnTimeout',
  ),
  'peer.host': setting(host, 'address for its peers (default: its host among the members)'),
  tickTimeMs: setting(
    integer(MIN_TICK_TIME_MS, MAX_TICK_TIME_MS, 'milliseconds'),
    'the unit of the limits below (default: 2000)',
    'tickTime',
  ),
  initLimit: setting(
    integer(1, MAX_LIMIT_TICKS, 'ticks'),
    'ticks that catching up with the leader may take before it is said to be late (default: 10)',
    'initLimit',
  ),
  syncLimit: setting(
    integer(1, MAX_LIMIT_TICKS, 'ticks'),
    'ticks that a member may be silent (default: 5)',
    'syncLimit',
  ),
  minSessionTimeoutMs: setting(
    integerOr(byDefault, integer(1, MAX_TIMEOUT_MS, 'milliseconds')),
    'shortest session timeout granted (default: 2 ticks)',
    'minSessionTimeout',
  ),
  maxSessionTimeoutMs: setting(
    integerOr(byDefault, integer(1, MAX_TIMEOUT_MS, 'milliseconds')),
    'longest session timeout granted (default: 20 ticks)',
    'maxSessionTimeout',
  ),
  snapshotEveryEntries: setting(
    integer(2, 1_000_000_000, 'log entries'),
    'log entries between snapshots (default: 100000)',
    'snapCount',
  ),
  snapshotEveryBytes: setting(
    integer(MIN_SNAPSHOT_EVERY_BYTES, MAX_SNAPSHOT_EVERY_BYTES, 'bytes'),
    `bytes of log between snapshots, whichever of the two comes first (default: ${DEFAULT_SNAPSHOT_EVERY_BYTES})`,
  ),
  snapshotRetain: setting(
    integer(1, 1000, 'snapshots'),
    'snapshots kept (default: 3)',
    'autopurge.snapRetainCount',
  ),
  purgeIntervalHours: setting(
    integer(0, 8784, 'hours'),
    'hours between purges of old logs and snapshots, sooner where the disk is nearly full; 0 for after each snapshot (default: 0)',
    'autopurge.purgeInterval',
  ),
  containerCheckIntervalMs: setting(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    'between looks for empty containers and TTL nodes whose time is over (default: 60000)',
    'znode.container.checkIntervalMs',
  ),
  fourLetterWords: setting(
    words,
    'four-letter words that answer, or * (default: srvr,mntr,ruok,isro,stat,conf)',
    '4lw.commands.whitelist',
  ),
  reconfigEnabled: setting(
    truth,
    'no effect: clients cannot change the membership in this version (default: false)',
    'reconfigEnabled',
  ),
  superDigest: setting(
    digestId,
    'the user who passes every access list, as user:base64(sha1(user:password)) (default: nobody)',
    'DigestAuthenticationProvider.superDigest',
    true,
  ),
  'http.enabled': setting(truth, 'health, metrics, admin and the page (default: true)', 'admin.enableServer'),
  'http.host': setting(host, 'address for HTTP; other than loopback needs a token (default: 127.0.0.1)'),
  'http.port': setting(port, 'port for HTTP (default: 8080)', 'admin.serverPort'),
  'http.token': setting(token, 'token asked of callers of /admin', undefined, true),
  'http.tokenFile': setting(file, 'file that holds that token; it may change'),
  'log.level': setting(logLevel, 'trace, debug, info, warn, error, fatal or silent (default: info)'),
  'log.pretty': setting(prettiness, 'true, false or auto: pretty on a terminal (default: auto)'),
  'limits.connections': setting(
    limit(LIMIT_CEILINGS.connections, 'connections'),
    `client connections of this member (default: ${DEFAULT_LIMITS.connections}; fewer where there are too few file descriptors)`,
    'maxCnxns',
  ),
  'limits.sessions': setting(
    limit(LIMIT_CEILINGS.sessions, 'sessions'),
    `sessions of the ensemble (default: ${DEFAULT_LIMITS.sessions})`,
  ),
  'limits.nodes': setting(limit(LIMIT_CEILINGS.nodes, 'nodes'), `znodes (default: ${DEFAULT_LIMITS.nodes})`),
  'limits.watches': setting(
    limit(LIMIT_CEILINGS.watches, 'watches'),
    `watches on this member (default: ${DEFAULT_LIMITS.watches})`,
  ),
  'limits.outstandingRequests': setting(
    limit(LIMIT_CEILINGS.outstandingRequests, 'requests'),
    `requests read and not yet answered (default: ${DEFAULT_LIMITS.outstandingRequests})`,
  ),
  'limits.treeBytes': setting(
    limit(LIMIT_CEILINGS.treeBytes, 'bytes'),
    `memory of the tree (default: ${DEFAULT_LIMITS.treeBytes})`,
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<N extends SettingName> = (typeof SETTINGS)[N] extends Setting<infer T> ? T : never;

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
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

const BY_ZOO_KEY: ReadonlyMap<string, SettingName> = new Map(
  SETTING_NAMES.flatMap((name) => {
    const { zoo }: Setting<unknown> = SETTINGS[name];
    return zoo === undefined ? [] : [[zoo, name] as const];
  }),
);

export function settingOfZooKey(key: string): SettingName | undefined {
  return BY_ZOO_KEY.get(key);
}

export function zooKeys(): Iterable<string> {
  return BY_ZOO_KEY.keys();
}
