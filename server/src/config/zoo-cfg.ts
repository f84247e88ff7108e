import { isLoopbackAddress } from './addresses.ts';
import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import type { FlagProperty } from './jvm-flags.ts';
import type { Given, GivenMember, Layer } from './layer.ts';
import { didYouMean } from './nearest.ts';
import { parseProperties } from './properties.ts';
import { parseServerId, parseServerLine } from './server-line.ts';
import { type SettingName, settingOfZooKey, zooKeys } from './settings.ts';
import type { TlsMode } from './tls-config.ts';
import { truth } from './values.ts';
import { ZooAuthentication } from './zoo-authentication.ts';
import { PROTECTIONS, reasonOfNoEffect } from './zoo-keys.ts';

/** Keys that are taken but are no setting of the same meaning. */
const SPECIAL_KEYS = [
  'admin.forceHttps',
  'admin.needClientAuth',
  'admin.portUnification',
  'admin.serverAddress',
  'client.portUnification',
  'authProvider.1',
  'dynamicConfigFile',
  'enforce.auth.enabled',
  'enforce.auth.schemes',
  'maxCnxns',
  'peerType',
  'portUnification',
  'quorumListenOnAllIPs',
  'sslQuorum',
  'sessionRequireClientSASLAuth',
  'snapSizeLimitInKb',
  'standaloneEnabled',
  'superUser',
  'version',
] as const;

/** ZooKeeper's documentation has one name for them, and its code another. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['connection_throttle_tokens', 'connectionMaxTokens'],
  ['connection_throttle_fill_time', 'connectionTokenFillTime'],
  ['connection_throttle_fill_count', 'connectionTokenFillCount'],
]);

const SERVER_KEY = /^server\.(.*)$/;

/** ZooKeeper sets `zookeeper.<key>` as a system property for every key it does not know; both spellings are taken. */
function plainKey(written: string): string {
  const key = written.startsWith('zookeeper.') ? written.slice('zookeeper.'.length) : written;
  return ALIASES.get(key) ?? key;
}

/** Reads one zoo.cfg and its dynamicConfigFile. */
class ZooCfg implements Layer {
  readonly settings = new Map<SettingName, Given>();
  readonly defaults: ReadonlyMap<SettingName, Given>;
  readonly warnings: string[] = [];
  members: GivenMember[] = [];
  #dynamicFile: Given | undefined;
  #distributedOnly: Origin | undefined;
  readonly #file: string;
  readonly #authentication = new ZooAuthentication(this.warnings);

  constructor(file: string, text: string, flags: readonly FlagProperty[]) {
    this.#file = file;
    for (const { key, value, origin } of flags) this.#take(key, { text: value, origin });
    for (const { key, value, line } of parseProperties(text))
      this.#take(key, { text: value, origin: { file, key, line } });
    this.#authentication.finish(this.settings);
    this.#takeSecurePortAlone();
    if (this.#distributedOnly !== undefined && this.members.length < 2 && this.#dynamicFile === undefined) {
      this.#warn(
        this.#distributedOnly,
        'has no effect here: one server alone is a standalone member, and others may join it',
      );
    }
    this.defaults = new Map([
      // ZooKeeper's own default, of both families; elsewhere the default is loopback.
      ['client.host', { text: '::', origin: { file, key: 'clientPortAddress (default)' } }],
      ['peer.insecure', { text: 'true', origin: { file, key: 'sslQuorum (default)' } }],
    ]);
  }

  get dynamicFile(): Given | undefined {
    return this.#dynamicFile;
  }

  /** The dynamic file holds the membership: it replaces server lines of the static one, as in ZooKeeper. */
  takeDynamic(file: string, text: string): void {
    if (this.members.length > 0) {
      this.warnings.push(`${this.#file}: its server.N lines are ignored; those of ${file} are used`);
      this.members = [];
    }
    for (const property of parseProperties(text)) {
      const origin = { file, key: property.key, line: property.line };
      const server = SERVER_KEY.exec(property.key);
      if (server !== null) this.#takeServer(server[1] ?? '', { text: property.value, origin });
      else if (property.key !== 'version') this.#warnNoEffect(property.key, origin);
    }
  }

  #take(written: string, given: Given): void {
    const key = plainKey(written);
    const server = SERVER_KEY.exec(key);
    if (server !== null) this.#takeServer(server[1] ?? '', given);
    else if (this.#takeSpecial(key, given)) return;
    else {
      const name = settingOfZooKey(key);
      if (name === undefined) this.#warnNoEffect(key, given.origin);
      else this.#takeSetting(name, given);
    }
  }

  #takeSetting(name: SettingName, given: Given): void {
    if (this.settings.get(name)?.origin.file === given.origin.file)
      this.#warn(given.origin, 'is given twice; this last one is used');
    if (name === 'purgeIntervalHours' && given.text === '0') {
      this.#warn(
        given.origin,
        '0 means never in ZooKeeper; here old logs and snapshots are purged after each snapshot',
      );
    }
    this.settings.set(name, given);
  }

  #takeServer(id: string, given: Given): void {
    const serverId = parseServerId(id, given.origin);
    const { member, warnings } = parseServerLine(serverId, given.text, given.origin);
    this.members.push({ member, origin: given.origin });
    for (const warning of warnings) this.warnings.push(`${this.#file}: ${warning}`);
  }

  /** Whether the key was one of those with a meaning of its own. */
  #takeSpecial(key: string, given: Given): boolean {
    if (this.#authentication.take(key, given)) return true;
    switch (key) {
      case 'standaloneEnabled':
        if (!this.#truth(given)) this.#distributedOnly = given.origin;
        return true;
      case 'version':
        return true;
      case 'dynamicConfigFile':
        this.#dynamicFile = given;
        return true;
      case 'quorumListenOnAllIPs':
        if (this.#truth(given)) this.settings.set('peer.host', { text: '::', origin: given.origin });
        return true;
      case 'maxCnxns':
        if (given.text !== '0') this.#takeSetting('limits.connections', given);
        return true;
      case 'peerType':
        if (given.text !== 'observer' && given.text !== 'participant') {
          const problem = `${JSON.stringify(given.text)} is not allowed; allowed is participant or observer`;
          throw new ConfigError(given.origin, problem);
        }
        this.#warn(given.origin, 'has no effect here: the role in its server.N line counts');
        return true;
      case 'admin.serverAddress':
        this.#takeAdminAddress(given);
        return true;
      case 'client.portUnification':
        this.#takeTlsMode('client.tls.mode', given, 'optional');
        return true;
      case 'sslQuorum':
        this.#takeTlsMode('peer.tls.mode', given, 'required');
        return true;
      case 'portUnification':
        this.#takeTlsMode('peer.tls.mode', given, 'optional');
        return true;
      case 'admin.forceHttps':
        this.#takeTlsMode('http.tls.mode', given, 'required');
        return true;
      case 'admin.portUnification':
        this.#takeTlsMode('http.tls.mode', given, 'optional');
        return true;
      case 'admin.needClientAuth':
        this.#takeSetting('http.tls.clientAuth', { ...given, text: this.#truth(given) ? 'need' : 'none' });
        return true;
      case 'snapSizeLimitInKb':
        this.#takeSnapshotSize(given);
        return true;
      default:
        this.#refuseMissingProtection(key, given);
        return false;
    }
  }

  /** ZooKeeper's switches come in pairs: the one that takes plain connections as well wins, in whatever order they stand. */
  #takeTlsMode(name: SettingName, given: Given, mode: TlsMode): void {
    if (!this.#truth(given) || this.settings.get(name)?.text === 'optional') return;
    this.settings.set(name, { ...given, text: mode });
  }

  /** Without a clientPort clients connect to the secure one only. */
  #takeSecurePortAlone(): void {
    const secure = this.settings.get('client.securePort');
    if (secure === undefined || this.settings.has('client.port')) return;
    this.settings.delete('client.securePort');
    this.settings.set('client.port', secure);
    this.settings.set('client.tls.mode', { ...secure, text: 'required' });
    const host = this.settings.get('client.secureHost');
    if (host === undefined) return;
    this.settings.delete('client.secureHost');
    this.settings.set('client.host', host);
  }

  /** Our admin interface can do more than read, so it leaves loopback only with a token of its own. */
  #takeAdminAddress(given: Given): void {
    if (isLoopbackAddress(given.text)) this.settings.set('http.host', given);
    else {
      const advice = 'HTTP stays on 127.0.0.1; set ROOKERY_HTTP_HOST and ROOKERY_HTTP_TOKEN_FILE to open it';
      this.#warn(given.origin, `is not taken over: ${advice}`);
    }
  }

  /** In ZooKeeper zero and less mean that the log may grow without bound between snapshots. */
  #takeSnapshotSize(given: Given): void {
    const kibibytes = Number(given.text);
    if (!/^-?\d+$/.test(given.text)) {
      const problem = `${JSON.stringify(given.text)} is not allowed; allowed is a whole number of kibibytes`;
      throw new ConfigError(given.origin, problem);
    }
    if (kibibytes <= 0) {
      this.#warn(
        given.origin,
        'means never in ZooKeeper; here a snapshot is always due by bytes, too: the default is used',
      );
      return;
    }
    this.#takeSetting('snapshotEveryBytes', { text: String(kibibytes * 1024), origin: given.origin });
  }

  #refuseMissingProtection(key: string, given: Given): void {
    const protection = PROTECTIONS.get(key);
    if (protection !== undefined && given.text.toLowerCase() === 'true') {
      const problem = `this version does not have ${protection}; it will not start as if it had. Remove the key to go without`;
      throw new ConfigError(given.origin, problem);
    }
  }

  #truth(given: Given): boolean {
    const value = truth.parse(given.text);
    if (value !== undefined) return value;
    const problem = `${JSON.stringify(given.text)} is not allowed; allowed is ${truth.allowed}`;
    throw new ConfigError(given.origin, problem);
  }

  #warnNoEffect(key: string, origin: Origin): void {
    const reason = reasonOfNoEffect(key);
    if (reason !== undefined) this.#warn(origin, `has no effect here: ${reason}`);
    else
      this.#warn(origin, `is not known and has no effect${didYouMean(key, [...zooKeys(), ...SPECIAL_KEYS])}`);
  }

  #warn(origin: Origin, what: string): void {
    this.warnings.push(`${describeOrigin(origin)} ${what}`);
  }
}

/** Throws ConfigError. `flags` are weaker than the file; `readFile` is asked for the dynamicConfigFile, if there is one. */
export function readZooCfg(
  file: string,
  text: string,
  flags: readonly FlagProperty[],
  readFile: (path: string, origin: Origin) => string,
): Layer {
  const layer = new ZooCfg(file, text, flags);
  const dynamic = layer.dynamicFile;
  if (dynamic !== undefined) layer.takeDynamic(dynamic.text, readFile(dynamic.text, dynamic.origin));
  return layer;
}
