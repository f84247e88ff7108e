import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import type { Given } from './layer.ts';
import type { SettingName } from './settings.ts';
import { truth } from './values.ts';

/** The classes that a zoo.cfg may name, and the scheme that each provides. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['org.apache.zookeeper.server.auth.IPAuthenticationProvider', 'ip'],
  ['org.apache.zookeeper.server.auth.DigestAuthenticationProvider', 'digest'],
  ['org.apache.zookeeper.server.auth.SASLAuthenticationProvider', 'sasl'],
  ['org.apache.zookeeper.server.auth.X509AuthenticationProvider', 'x509'],
]);

/** What each of the keys is that come as `key` or `key.N`, as many as one likes. */
const SUPER_USER = /^superUser(?:\..*)?$/;
const PROVIDER = /^authProvider\./;

/**
 * The keys of a zoo.cfg by which clients have to, or can, show who they are, and which only together say what is meant (ZooKeeper's
 * AuthenticationHelper and ProviderRegistry).
 */
export class ZooAuthentication {
  readonly #warnings: string[];
  readonly #schemes: string[] = [];
  readonly #superUsers: string[] = [];
  #schemesOrigin: Origin | undefined;
  #superUsersOrigin: Origin | undefined;
  #saslRequired: Origin | undefined;
  #enforced: Origin | undefined;
  #enforcedSchemes: Given | undefined;

  constructor(warnings: string[]) {
    this.#warnings = warnings;
  }

  /** Whether the key is one of these. */
  take(key: string, given: Given): boolean {
    const { origin, text } = given;
    if (SUPER_USER.test(key)) {
      if (text !== '') this.#superUsers.push(text);
      this.#superUsersOrigin = origin;
    } else if (PROVIDER.test(key)) this.#takeProvider(given);
    else if (key === 'sessionRequireClientSASLAuth') this.#saslRequired = isOn(given) ? origin : undefined;
    else if (key === 'enforce.auth.enabled') this.#enforced = isOn(given) ? origin : undefined;
    else if (key === 'enforce.auth.schemes') this.#enforcedSchemes = given;
    else return false;
    return true;
  }

  /** All keys were taken: what they come to. Throws ConfigError. */
  finish(settings: Map<SettingName, Given>): void {
    if (this.#schemesOrigin !== undefined)
      settings.set('auth.schemes', { text: this.#schemes.join(','), origin: this.#schemesOrigin });
    if (this.#superUsersOrigin !== undefined)
      settings.set('sasl.superUsers', { text: this.#superUsers.join(','), origin: this.#superUsersOrigin });
    const required = this.#required();
    if (required !== undefined) settings.set('auth.requiredSchemes', required);
  }

  #takeProvider({ text, origin }: Given): void {
    const scheme = PROVIDERS.get(text);
    if (scheme === undefined) {
      const known = [...PROVIDERS.values()].join(', ');
      this.#warn(
        origin,
        `has no effect here: there is no ${text.slice(0, 120)}; the schemes that are there are ${known}`,
      );
      return;
    }
    this.#schemes.push(scheme);
    this.#schemesOrigin = origin;
  }

  #required(): Given | undefined {
    const schemes = this.#enforcedSchemes;
    if (this.#saslRequired !== undefined) {
      // Whoever asks for SASL gets it, whatever else would do.
      for (const origin of [this.#enforced, schemes?.origin])
        if (origin !== undefined)
          this.#warn(origin, 'has no effect here: sessionRequireClientSASLAuth=true is stronger');
      return { text: 'sasl', origin: this.#saslRequired };
    }
    if (this.#enforced === undefined) {
      if (schemes !== undefined)
        this.#warn(schemes.origin, 'has no effect here: enforce.auth.enabled is not true');
      return undefined;
    }
    if (schemes === undefined || schemes.text === '')
      throw new ConfigError(
        this.#enforced,
        'enforce.auth.schemes is missing: it says which schemes are required',
      );
    return schemes;
  }

  #warn(origin: Origin, what: string): void {
    this.#warnings.push(`${describeOrigin(origin)} ${what}`);
  }
}

/** Nobody who means to close something finds it open by a slip. */
function isOn({ text, origin }: Given): boolean {
  const value = truth.parse(text);
  if (value !== undefined) return value;
  throw new ConfigError(origin, `${JSON.stringify(text)} is not allowed; allowed is ${truth.allowed}`);
}
