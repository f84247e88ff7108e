import { boundsOf } from '../bounds/bounds.ts';
import { type Limits, MAX_TIMEOUT_MS } from '../bounds/limits.ts';
import { brokenRelations } from '../bounds/relations.ts';
import { isEveryAddress, isLoopbackAddress } from './addresses.ts';
import { readTokens } from './admin-tokens.ts';
import { readAuthentication } from './authentication.ts';
import { readBearers } from './bearers-file.ts';
import { readCommandLine } from './command-line.ts';
import {
  type AuditConfig,
  type Config,
  type MemberAddress,
  MemberRole,
  type MembershipBy,
} from './config.ts';
import { ConfigError, DEFAULT_ORIGIN, describeOrigin, type Origin } from './config-error.ts';
import { readEnsemble } from './ensemble.ts';
import { CONFIG_VARIABLE, type Environment, readEnvironment } from './environment.ts';
import { FOUR_LETTER_WORDS, isFourLetterWord } from './four-letter-words.ts';
import { readJvmFlags } from './jvm-flags.ts';
import { type Layer, Layers } from './layer.ts';
import { mostMembers } from './most-members.ts';
import { errorCode, needFile, type ReadFile } from './read-file.ts';
import { readPeer } from './read-peer.ts';
import { readTls } from './read-tls.ts';
import { propertyOf, SETTING_NAMES } from './settings.ts';
import { readSuperDigest } from './super-digest.ts';
import { readYamlFile } from './yaml-file.ts';
import { readZooCfg } from './zoo-cfg.ts';

export interface Loaded {
  readonly config: Config;
  /** The same as config.warnings. */
  readonly warnings: readonly string[];
}

/** A file that may be absent: undefined then. Any other failure is the user's to know. */
function optionalFile(readFile: ReadFile, path: string): string | undefined {
  try {
    return readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ConfigError(
      { file: path, key: 'myid' },
      `cannot read it (${errorCode(error) ?? String(error)})`,
    );
  }
}

function readConfigFile(path: string, origin: Origin, environment: Environment, readFile: ReadFile): Layer {
  const text = needFile(readFile, path, origin);
  if (/\.(ya?ml|json)$/i.test(path)) return readYamlFile(path, text);
  return readZooCfg(path, text, readJvmFlags(environment), (other, at) => needFile(readFile, other, at));
}

function readLimits(layers: Layers): Limits {
  return {
    connections: layers.value('limits.connections'),
    sessions: layers.value('limits.sessions'),
    nodes: layers.value('limits.nodes'),
    watches: layers.value('limits.watches'),
    outstandingRequests: layers.value('limits.outstandingRequests'),
    treeBytes: layers.value('limits.treeBytes'),
  };
}

/** A session's timeout is clamped between these. */
function readSessionTimeouts(layers: Layers, tickTimeMs: number): { minMs: number; maxMs: number } {
  const setMin = layers.value('minSessionTimeoutMs');
  const setMax = layers.value('maxSessionTimeoutMs');
  const minMs = setMin === -1 ? 2 * tickTimeMs : setMin;
  const maxMs = setMax === -1 ? Math.min(20 * tickTimeMs, MAX_TIMEOUT_MS) : setMax;
  if (minMs > maxMs) {
    const blamed = setMax === -1 ? 'minSessionTimeoutMs' : 'maxSessionTimeoutMs';
    const problem = `the shortest session timeout (${minMs} ms) must not be longer than the longest (${maxMs} ms)`;
    throw new ConfigError(layers.originOf(blamed), problem);
  }
  return { minMs, maxMs };
}

function readFourLetterWords(layers: Layers, warnings: string[]): ReadonlySet<string> {
  const given = layers.value('fourLetterWords');
  if (given.includes('*')) return new Set(FOUR_LETTER_WORDS);
  for (const word of given) {
    if (isFourLetterWord(word)) continue;
    warnings.push(
      `${describeOrigin(layers.originOf('fourLetterWords'))}: there is no word ${JSON.stringify(word)}`,
    );
  }
  return new Set(given.filter(isFourLetterWord));
}

function readHttp(
  layers: Layers,
  provable: Pick<Config, 'auth' | 'superDigest'>,
  readFile: ReadFile,
): Config['http'] {
  const { token, other, file } = readTokens(layers, readFile);
  const host = layers.value('http.host');
  const enabled = layers.value('http.enabled');
  if (enabled && token === undefined && !isLoopbackAddress(host)) {
    const origin = layers.originOf('http.host');
    const problem = `${JSON.stringify(host)} can be reached from other machines, so http.token or http.tokenFile is needed; allowed without one are 127.0.0.1, ::1 and localhost`;
    throw new ConfigError(origin, problem);
  }
  return {
    enabled,
    host,
    port: layers.value('http.port'),
    required: layers.given('http.port') !== undefined,
    ...(token === undefined ? {} : { token }),
    ...(other === undefined ? {} : { otherToken: other }),
    ...(file === undefined ? {} : { tokenFile: file }),
    ...readBearers(layers, provable, [token, other], readFile),
    idleTimeoutMs: layers.value('http.idleTimeoutMs'),
    commandsPath: layers.value('http.commandsPath'),
    snapshotEnabled: layers.value('http.snapshotEnabled'),
    restoreEnabled: layers.value('http.restoreEnabled'),
    streamIntervalMs: layers.value('http.streamIntervalMs'),
    v1: layers.value('http.v1'),
    window: layers.value('http.window') ?? (isLoopbackAddress(host) ? 'write' : 'read'),
  };
}

/** Where clients connect: what the setting says and what this member's entry among the members says must agree. */
function readClientPort(layers: Layers, own: MemberAddress | undefined): number {
  const set = layers.givenValue('client.port');
  const listed = own?.clientPort;
  if (set !== undefined && listed !== undefined && set !== listed) {
    const problem = `${set} differs from the client port ${listed} of this member (${own?.serverId}) among the members`;
    throw new ConfigError(layers.originOf('client.port'), problem);
  }
  return set ?? listed ?? layers.value('client.port');
}

/**
 * The setting wins over this member's entry among the members, and must not contradict it. All addresses contradict none: a member may
 * listen at all of them and tell others of one, as in ZooKeeper.
 */
function readClientHost(layers: Layers, own: MemberAddress | undefined): string {
  const host = layers.value('client.host');
  const written = layers.written('client.host');
  const listed = own?.clientHost;
  if (written === undefined) return listed ?? host;
  if (listed !== undefined && !isEveryAddress(host) && host.toLowerCase() !== listed.toLowerCase()) {
    const problem = `${host} differs from the client address ${listed} of this member (${own?.serverId}) among the members`;
    throw new ConfigError(written.origin, problem);
  }
  return host;
}

function readSecure(layers: Layers, clientHost: string): Config['client']['secure'] {
  const port = layers.value('client.securePort');
  return port === undefined
    ? undefined
    : Object.freeze({ host: layers.value('client.secureHost') ?? clientHost, port });
}

/** Others can only join where they can reach this member. */
function readMembership(layers: Layers, own: MemberAddress): MembershipBy {
  const membership = layers.value('membership');
  if (membership === 'admin' && own.peerPort === 0)
    throw new ConfigError(
      layers.originOf('membership'),
      '"admin" needs a list of members that names this one and its peerPort',
    );
  return membership;
}

/** Who votes takes part in what the others acknowledge: a version that is on trial must not. */
function readProvesVersion(layers: Layers, own: MemberAddress): boolean {
  const provesVersion = layers.value('provesVersion');
  if (provesVersion && own.role !== MemberRole.learner)
    throw new ConfigError(
      layers.originOf('provesVersion'),
      'a member that proves a version is a learner: give it that role among the members',
    );
  return provesVersion;
}

function readReconfigEnabled(layers: Layers, membership: MembershipBy, warnings: string[]): boolean {
  const enabled = layers.value('reconfigEnabled');
  if (enabled && membership === 'admin') {
    const origin = describeOrigin(layers.originOf('reconfigEnabled'));
    warnings.push(`${origin} has no effect here: membership is "admin", so callers of /admin/members decide`);
  }
  return enabled;
}

function readAudit(layers: Layers, warnings: string[]): AuditConfig {
  const enabled = layers.value('audit.enable');
  const path = layers.value('audit.file');
  if (path !== undefined && !enabled) {
    const origin = describeOrigin(layers.originOf('audit.file'));
    warnings.push(`${origin} has no effect: nothing is audited unless audit.enable is true`);
  }
  return { enabled, ...(path === undefined ? {} : { file: path }) };
}

function refusePortClash(config: Config, layers: Layers, own: MemberAddress): void {
  const { client, http } = config;
  if (http.enabled && http.port !== 0 && (http.port === client.port || http.port === own.peerPort)) {
    const user = http.port === client.port ? 'clients' : 'members';
    throw new ConfigError(
      layers.originOf('http.port'),
      `${http.port} is also this member's port for ${user}`,
    );
  }
  if (
    client.secure !== undefined &&
    [client.port, http.enabled ? http.port : 0, own.peerPort].includes(client.secure.port)
  ) {
    throw new ConfigError(
      layers.originOf('client.securePort'),
      `${client.secure.port} is also another port of this member`,
    );
  }
  if (client.port !== 0 && client.port === own.peerPort) {
    throw new ConfigError(
      layers.originOf('client.port'),
      `${client.port} is also this member's port for members`,
    );
  }
}

function readProperties(layers: Layers): Config['properties'] {
  const properties: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const key = propertyOf(name);
    const value = layers.value(name);
    if (key !== undefined && value !== undefined) properties[key] = String(value);
  }
  return Object.freeze(properties);
}

/** What the settings make of the bounds must fit together. */
function refuseBrokenBounds(config: Config, layers: Layers): void {
  const [broken] = brokenRelations(boundsOf(config), config.limits);
  if (broken === undefined) return;
  const setting = SETTING_NAMES.find((name) => name === broken.setting);
  if (setting === undefined) throw new RangeError(broken.problem);
  throw new ConfigError(layers.originOf(setting), broken.problem);
}

function sources(layers: Layers, serverIdSource: string | undefined): Readonly<Record<string, string>> {
  const source: Record<string, string> = {};
  for (const name of SETTING_NAMES) source[name] = describeOrigin(layers.originOf(name));
  if (serverIdSource !== undefined) source.serverId = serverIdSource;
  const [member] = layers.members();
  source.members = member === undefined ? DEFAULT_ORIGIN : member.origin.file;
  return Object.freeze(source);
}

const MS_PER_HOUR = 3_600_000;

/**
 * The configuration of one member: the command line wins over the environment, the environment over the file.
 * `argv` is what follows the program's name. Throws ConfigError where something is not allowed (print its message, exit
 * with 2) and UsageRequested for --help and --version (print its text, exit with 0).
 */
export function loadConfig(argv: readonly string[], environment: Environment, readFile: ReadFile): Loaded {
  const commandLine = readCommandLine(argv);
  const variables = readEnvironment(environment);
  const layered: Layer[] = [commandLine, variables];
  const fileOrigin: Origin =
    commandLine.configFile === undefined
      ? { file: 'environment', key: CONFIG_VARIABLE }
      : { file: 'command line', key: 'file' };
  const path = commandLine.configFile ?? environment[CONFIG_VARIABLE];
  const isFile = path !== undefined && path !== '';
  if (isFile) layered.push(readConfigFile(path, fileOrigin, environment, readFile));
  const layers = new Layers(layered);

  if (layers.given('dataDir') === undefined && isFile && !/\.(ya?ml|json)$/i.test(path)) {
    throw new ConfigError({ file: path, key: 'dataDir' }, 'is missing; allowed is the path of a folder');
  }
  return assemble(layers, layers.value('dataDir'), readFile);
}

function assemble(layers: Layers, dataDir: string, readFile: ReadFile): Loaded {
  const warnings = [...layers.warnings()];
  const setPort = layers.value('client.port');
  const ensemble = readEnsemble(layers, dataDir, setPort, (path) => optionalFile(readFile, path));
  warnings.push(...ensemble.warnings);
  const own = ensemble.members.find((member) => member.serverId === ensemble.serverId);
  if (own === undefined) throw new Error('readEnsemble returned members without this one');
  const listed = layers.members().length === 0 ? undefined : own;
  const clientPort = readClientPort(layers, listed);
  const tickTimeMs = layers.value('tickTimeMs');
  const { minMs, maxMs } = readSessionTimeouts(layers, tickTimeMs);
  const maxFrameBytes = layers.value('client.maxFrameBytes');
  const superDigest = readSuperDigest(layers, readFile, warnings);
  const clientHost = readClientHost(layers, listed);
  const secure = readSecure(layers, clientHost);
  const tls = readTls(layers, warnings);
  const membership = readMembership(layers, own);
  const readUsers = (path: string, at: Origin): string => needFile(readFile, path, at);
  const auth = readAuthentication(layers, tls.client, readUsers, warnings);
  const config: Config = Object.freeze({
    serverId: ensemble.serverId,
    clusterId: layers.value('clusterId') ?? '',
    dataDir,
    dataLogDir: layers.value('dataLogDir') ?? dataDir,
    client: Object.freeze({
      host: clientHost,
      port: clientPort,
      ...(secure === undefined ? {} : { secure }),
      maxConnectionsPerAddress: layers.value('client.maxConnectionsPerAddress'),
      connectionRate: {
        tokens: layers.value('client.connectionRate.tokens'),
        fillMs: layers.value('client.connectionRate.fillMs'),
        fillCount: layers.value('client.connectionRate.fillCount'),
      },
      maxFrameBytes,
      sessionlessTimeoutMs: layers.value('client.sessionlessTimeoutMs'),
      readOnlyMode: layers.value('client.readOnlyMode'),
    }),
    peer: Object.freeze(
      readPeer(layers, own, mostMembers({ members: ensemble.members, membership }) > 1, readFile, warnings),
    ),
    members: Object.freeze(ensemble.members.map((member) => Object.freeze(member))),
    tickTimeMs,
    initLimit: layers.value('initLimit'),
    syncLimit: layers.value('syncLimit'),
    minSessionTimeoutMs: minMs,
    maxSessionTimeoutMs: maxMs,
    snapshotEveryEntries: layers.value('snapshotEveryEntries'),
    snapshotEveryBytes: layers.value('snapshotEveryBytes'),
    snapshotRetain: layers.value('snapshotRetain'),
    purgeIntervalHours: layers.value('purgeIntervalHours'),
    history: Object.freeze({
      retainMs: layers.value('history.retainHours') * MS_PER_HOUR,
      maxBytes: layers.value('history.retainBytes'),
    }),
    containerCheckIntervalMs: layers.value('containerCheckIntervalMs'),
    fourLetterWords: readFourLetterWords(layers, warnings),
    membership,
    provesVersion: readProvesVersion(layers, own),
    reconfigEnabled: readReconfigEnabled(layers, membership, warnings),
    enforceQuota: layers.value('enforceQuota'),
    dialects: Object.freeze({
      clickHouseKeeper: layers.value('dialects.clickHouseKeeper'),
      pagedChildren: layers.value('dialects.pagedChildren'),
    }),
    ...(superDigest === undefined ? {} : { superDigest: superDigest.text }),
    ...(superDigest?.file === undefined ? {} : { superDigestFile: superDigest.file }),
    tls,
    auth,
    http: Object.freeze(
      readHttp(
        layers,
        { auth, ...(superDigest === undefined ? {} : { superDigest: superDigest.text }) },
        readFile,
      ),
    ),
    log: Object.freeze({
      level: layers.value('log.level'),
      pretty: layers.value('log.pretty'),
    }),
    audit: Object.freeze(readAudit(layers, warnings)),
    limits: Object.freeze(readLimits(layers)),
    properties: readProperties(layers),
    source: sources(layers, ensemble.serverIdSource),
    warnings: Object.freeze(warnings),
  });
  refusePortClash(config, layers, own);
  refuseBrokenBounds(config, layers);
  return { config, warnings: config.warnings };
}
