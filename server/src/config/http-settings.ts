import { MAX_TIMEOUT_MS } from '../bounds/limits.ts';
import { setting, withDefault } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';
import { commandsPath, file, host, integer, port, tlsMode, token, truth, windowMode } from './values.ts';

/** Of health, metrics, admin, the page and the commands of ZooKeeper's AdminServer. */
export const HTTP_SETTINGS = {
  'http.enabled': withDefault(truth, true, 'health, metrics, admin and the page', {
    zoo: 'admin.enableServer',
  }),
  'http.host': withDefault(host, '127.0.0.1', 'address for HTTP; other than loopback needs a token'),
  // Of ZooKeeper's AdminServer, so that probes which look there find this one.
  'http.port': withDefault(port, 8080, 'port for HTTP', { zoo: 'admin.serverPort' }),
  'http.idleTimeoutMs': withDefault(
    integer(1, MAX_TIMEOUT_MS, 'milliseconds'),
    15_000,
    'a connection to HTTP over which nothing is asked for so long is closed',
    { zoo: 'admin.idleTimeout' },
  ),
  'http.commandsPath': withDefault(
    commandsPath,
    '/commands',
    "where the commands of ZooKeeper's AdminServer are",
    { zoo: 'admin.commandURL' },
  ),
  'http.snapshotEnabled': withDefault(
    truth,
    true,
    "whether a snapshot in ZooKeeper's format can be fetched over HTTP",
    { zoo: 'admin.snapshot.enabled' },
  ),
  'http.restoreEnabled': withDefault(
    truth,
    true,
    "whether a snapshot in ZooKeeper's format can take the place of the tree over HTTP",
    { zoo: 'admin.restore.enabled' },
  ),
  'http.streamIntervalMs': withDefault(
    integer(0, MAX_TIMEOUT_MS, 'milliseconds'),
    300_000,
    'between two snapshots that are fetched, or restored, over HTTP, at least',
    { zoo: 'admin.rateLimiterIntervalInMS' },
  ),
  'http.v1': withDefault(
    truth,
    false,
    'HTTP for programs at /v1: the tree, to whoever reaches the port, as access lists say',
  ),
  'http.window': setting(
    windowMode,
    'what the page and callers of /window may do: ensemble (see the members), read (the tree and the sessions, too) or write (change them, too)',
    { fallbackText: 'write where http.host is loopback, else read' },
  ),
  'http.tls.mode': withDefault(
    tlsMode,
    'off',
    'TLS for HTTP: off, optional (plain and TLS at one port) or required',
  ),
  ...tlsSettings('http', undefined, 'callers of HTTP'),
  'http.token': setting(token, 'token asked of callers of /admin', { noFlag: true }),
  'http.tokenFile': setting(
    file,
    'file that holds that token, or two of them, one a line, while it is rotated; it may change',
  ),
  'http.identitiesFile': setting(
    file,
    'file of bearer tokens for callers of /v1, a line each: TOKEN SCHEME:ID, an id that access lists have; it may change',
  ),
} as const;
