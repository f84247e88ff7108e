import { durationMs } from '@rookery/crds';
import { parseProperties } from '../../../../../server/src/config/properties.ts';
import { PROTECTIONS, reasonOfNoEffect } from '../../../../../server/src/config/zoo-keys.ts';
import type { Draft } from '../draft.ts';
import { type Given, isObject, type Row, take, textOf } from '../table.ts';
import { wholeNumber } from './members.ts';

const FOUR_LETTER_WORDS = ['srvr', 'mntr', 'ruok', 'isro', 'stat', 'conf'];
const LOG_LEVELS: ReadonlyMap<string, string> = new Map([
  ['ALL', 'trace'],
  ['TRACE', 'trace'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['WARNING', 'warn'],
  ['ERROR', 'error'],
  ['FATAL', 'fatal'],
  ['OFF', 'silent'],
  ['NONE', 'silent'],
]);
/** The largest number of connections beside which the defaults of the other limits hold. */
const MAX_CONNECTIONS_ALONE = 100_000;

type OfKey = Pick<Given, 'key' | 'value' | 'draft'>;

/** Milliseconds, as ZooKeeper counts. */
const milliseconds =
  (field: string, minMs: number, maxMs: number) =>
  ({ key, value, draft }: OfKey) => {
    const ms = wholeNumber(value);
    if (ms >= minMs && ms <= maxMs) draft.take(key, field, lengthOf(ms));
    else draft.leave(key, `${JSON.stringify(value)} is no number of milliseconds from ${minMs} to ${maxMs}`);
  };

/** `2s` for 2,000. */
function lengthOf(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

const count =
  (field: string) =>
  ({ key, value, draft }: OfKey) => {
    const number = wholeNumber(value);
    draft.take(key, field, Number.isNaN(number) ? value : number);
  };

const truth =
  (field: string) =>
  ({ key, value, draft }: OfKey) => {
    const text = String(value).toLowerCase();
    draft.take(key, field, text === 'true' ? true : text === 'false' ? false : value);
  };

const HOUR_MS = 3_600_000;
const MAX_SESSION_TIMEOUT_MS = 500 * HOUR_MS;
const PURGE = 'old logs and snapshots are purged after each snapshot';

/** What ZooKeeper's own settings become; charts and operators have them under names of their own. */
export const ofZooKeeper = {
  tickTime: milliseconds('config.tickTime', 10, HOUR_MS),
  initLimit: count('config.initLimit'),
  syncLimit: count('config.syncLimit'),
  minSessionTimeout: milliseconds('config.minSessionTimeout', 1, MAX_SESSION_TIMEOUT_MS),
  maxSessionTimeout: milliseconds('config.maxSessionTimeout', 1, MAX_SESSION_TIMEOUT_MS),
  snapCount: count('config.snapshotEvery'),
  maxClientCnxns: count('config.maxConnectionsPerAddress'),
  'jute.maxbuffer': count('config.maxRequestBytes'),
  'autopurge.snapRetainCount': count('config.snapshotRetain'),
  '4lw.commands.whitelist': takeFourLetterWords,
  enforceQuota: truth('config.enforceQuotas'),
  'readonlymode.enabled': truth('config.readOnlyMode'),
  maxCnxns: takeMostConnections,
} as const;

export const setting = (name: keyof typeof ofZooKeeper): Row => take(ofZooKeeper[name]);
export const purgeInterval: Row = { notNeeded: PURGE };

function takeFourLetterWords({ key, value, draft }: OfKey): void {
  const words = (Array.isArray(value) ? value.map(textOf) : textOf(value).split(/[\s,]+/)).filter(
    (word) => word !== '',
  );
  const known = [...new Set(words.includes('*') ? FOUR_LETTER_WORDS : words)].filter((word) =>
    FOUR_LETTER_WORDS.includes(word),
  );
  const others = words.filter((word) => word !== '*' && !FOUR_LETTER_WORDS.includes(word));
  if (others.length > 0)
    draft.leave(
      key,
      `${others.join(', ')}: a CoordinationCluster answers ${FOUR_LETTER_WORDS.join(', ')} alone; the rest is at /commands of port 8080`,
    );
  if (words.length === 0) draft.leave(key, `${JSON.stringify(value)} names no four-letter word`);
  if (known.length > 0)
    draft.take(others.length > 0 ? `${key} (${known.join(', ')})` : key, 'config.fourLetterWords', known);
}

function takeMostConnections({ key, value, draft }: OfKey): void {
  const most = wholeNumber(value);
  if (most === 0) return draft.notNeeded(key, 'there is a bound in any case: spec.config.limits.connections');
  if (!draft.take(key, 'config.limits.connections', Number.isNaN(most) ? value : most)) return;
  if (most > MAX_CONNECTIONS_ALONE) draft.complete('config.limits.outstandingRequests', most);
}

export const logLevel = take(({ key, value, draft }) => {
  const level = LOG_LEVELS.get(textOf(value).toUpperCase());
  if (level === undefined) draft.leave(key, `${JSON.stringify(value)} is no level: it is info without it`);
  else draft.take(key, 'config.logLevel', level);
});

const NO_FIELD = 'members know this setting, and a CoordinationCluster has no field for it';
const BY_TLS = 'what is shown and trusted is named by spec.tls: Secrets with PEM, not stores of Java';
const BY_OPERATOR = 'the operator sees to it';
const SASL =
  'users of SASL cannot be given to a CoordinationCluster; clients prove who they are by certificates (spec.tls.client.clientAuth) or by the scheme digest';

/** The first pattern that fits says why there is nothing to take; what is not here is looked up in the server's own table. */
const WITHOUT_FIELD: readonly (readonly [pattern: RegExp, is: 'notNeeded' | 'leave', why: string])[] = [
  [
    /^(?:server\.\d+|dynamicConfigFile|standaloneEnabled|peerType|version|reconfigEnabled)$/,
    'notNeeded',
    'who is a member is decided by the operator',
  ],
  [
    /^(?:dataDir|dataLogDir|clientPort|clientPortAddress|quorumListenOnAllIPs|admin\.serverPort|admin\.serverAddress|admin\.enableServer)$/,
    'notNeeded',
    BY_OPERATOR,
  ],
  [/^autopurge\.purgeInterval$/, 'notNeeded', PURGE],
  [/^snapSizeLimitInKb$/, 'notNeeded', 'a snapshot is made after so many entries of the log'],
  [/^sslQuorum$/, 'notNeeded', 'members speak TLS with one another: spec.tls.peer'],
  [
    /^(?:secureClientPort|secureClientPortAddress|(?:client\.)?portUnification)$/,
    'leave',
    'TLS and plain connections come to the one port 2181: spec.tls.client.mode',
  ],
  [/^ssl\./, 'leave', BY_TLS],
  [
    /^DigestAuthenticationProvider\.superDigest$|^superUser$/,
    'leave',
    'write it into a Secret, under the key digest, and name that by spec.superUser.secretName',
  ],
  [
    /^(?:authProvider(?:\.|$)|sasl\.|SASLAuthenticationProvider\.|java\.security\.|requireClientAuthScheme$|allowSaslFailedClients$|sessionRequireClientSASLAuth$|enforce\.auth\.)/,
    'leave',
    SASL,
  ],
  [
    /^(?:audit\.enable|DigestAuthenticationProvider\.(?:enabled|digestAlg)|X509AuthenticationProvider\.superUser|connectionMaxTokens|connectionTokenFill(?:Time|Count)|connection_throttle_(?:tokens|fill_time|fill_count)|nio\.sessionlessCnxnTimeout|znode\.container\.checkIntervalMs|admin\..+)$/,
    'leave',
    NO_FIELD,
  ],
];

/** One key of a zoo.cfg, or a system property of ZooKeeper's. */
export function takeZooKey(written: string, given: OfKey): void {
  const { key, value, draft } = given;
  const name = written.startsWith('zookeeper.') ? written.slice('zookeeper.'.length) : written;
  if (Object.hasOwn(ofZooKeeper, name)) return ofZooKeeper[name as keyof typeof ofZooKeeper](given);
  const protection = PROTECTIONS.get(name);
  if (protection !== undefined) {
    if (textOf(value) === 'false' || value === false) draft.notNeeded(key, 'it is off');
    else draft.leave(key, `there is no ${protection}`);
    return;
  }
  const row = WITHOUT_FIELD.find(([pattern]) => pattern.test(name));
  if (row !== undefined) return draft[row[1]](key, row[2]);
  const reason = reasonOfNoEffect(name);
  if (reason === undefined) draft.leave(key, 'it is no key of ZooKeeper that is known here');
  else draft.notNeeded(key, reason);
}

/** A whole zoo.cfg. */
export const zooCfg = take(({ key, value, draft }) => {
  if (typeof value !== 'string') return draft.leave(key, 'it has to be a text, as in a zoo.cfg');
  for (const { key: name, value: text } of parseProperties(value))
    takeZooKey(name, { key: `${key}: ${name}`, value: text, draft });
});

/** Keys of a zoo.cfg as an object. */
export const zooKeys = take(({ key, value, draft }) => {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object of keys of a zoo.cfg');
  for (const [name, text] of Object.entries(value))
    takeZooKey(name, { key: `${key}.${name}`, value: text, draft });
});

export const NO_JVM =
  'there is no JVM: memory is spec.resources.limits.memory, of which a quarter is for the heap and half for the tree';

/** Flags of a JVM: of them the system properties of ZooKeeper's mean something. */
export const jvmFlags = take(({ key, value, draft }) => {
  const flags = (Array.isArray(value) ? value.map(textOf) : textOf(value).split(/\s+/)).filter((flag) =>
    flag.startsWith('-'),
  );
  if (flags.length === 0) draft.leave(key, NO_JVM);
  for (const flag of flags) {
    const [, name, text = ''] =
      /^-D(zookeeper\.[^=]+|jute\.[^=]+|readonlymode\.[^=]+|java\.security\.[^=]+)(?:=(.*))?$/s.exec(flag) ??
      [];
    // What stands behind the name may be a secret.
    const shown = /^[^=:]*/.exec(flag)?.[0] ?? '';
    if (name === undefined) draft.leave(`${key}: ${shown}`, NO_JVM);
    else takeZooKey(name, { key: `${key}: ${shown}`, value: text, draft });
  }
});

/** The longest session timeout is not below the shortest one: ZooKeeper does not start with that either. */
export function settleTimeouts(draft: Draft): void {
  const ms = (field: string) => {
    const said = draft.at(field);
    return typeof said === 'string' ? durationMs(said) : undefined;
  };
  const tickMs = ms('config.tickTime') ?? 2000;
  const min = ms('config.minSessionTimeout') ?? 2 * tickMs;
  const max = ms('config.maxSessionTimeout') ?? 20 * tickMs;
  if (min <= max) return;
  const why = `the longest session timeout, ${max} ms, would be below the shortest one, ${min} ms`;
  draft.withdraw('config.minSessionTimeout', why);
  draft.withdraw('config.maxSessionTimeout', why);
}
