import type { MemberAddress } from './config.ts';
import { ConfigError, DEFAULT_ORIGIN, type Origin } from './config-error.ts';
import { type Effective, SETTINGS, type SettingName, type SettingValue } from './settings.ts';
import type { Kind } from './values.ts';

/** A value as somebody wrote it, and where. */
export interface Given {
  readonly text: string;
  readonly origin: Origin;
}

export interface GivenMember {
  readonly member: MemberAddress;
  readonly origin: Origin;
}

/** SASL users that stand in a configuration itself. */
export interface GivenUsers {
  readonly users: ReadonlyMap<string, string>;
  readonly origin: Origin;
}

/** What one source says: the command line, the environment, or a file. */
export interface Layer {
  readonly settings: ReadonlyMap<SettingName, Given>;
  /** Of settings that the source does not give: what its reader would expect. Weaker than whatever any source says. */
  readonly defaults?: ReadonlyMap<SettingName, Given>;
  /** Empty: this source says nothing of the members. */
  readonly members: readonly GivenMember[];
  readonly saslUsers?: GivenUsers | undefined;
  readonly warnings: readonly string[];
}

/** Shown instead of a value that may be secret or endless. */
const MAX_SHOWN_CHARACTERS = 80;

function isSecret(name: SettingName): boolean {
  const { noFlag }: { noFlag?: true } = SETTINGS[name];
  return noFlag === true;
}

function shown(name: SettingName, text: string): string {
  if (isSecret(name)) return 'this value';
  if (text === '') return 'an empty value';
  const cut = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(cut);
}

export function notAllowed(name: SettingName, given: Given): ConfigError {
  return new ConfigError(
    given.origin,
    `${shown(name, given.text)} is not allowed; allowed is ${SETTINGS[name].kind.allowed}`,
  );
}

/** The layers, strongest first, read as one. */
export class Layers {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /** Undefined where nobody wrote it, also where a source has a default of its own. */
  written(name: SettingName): Given | undefined {
    return this.#first((layer) => layer.settings.get(name));
  }

  given(name: SettingName): Given | undefined {
    return this.written(name) ?? this.#first((layer) => layer.defaults?.get(name));
  }

  /** Where what holds was written. */
  originOf(name: SettingName): Origin {
    return this.given(name)?.origin ?? { file: DEFAULT_ORIGIN, key: name };
  }

  #first(of: (layer: Layer) => Given | undefined): Given | undefined {
    for (const layer of this.#layers) {
      const given = of(layer);
      if (given !== undefined) return given;
    }
    return undefined;
  }

  /** The strongest value that was given, or else the default; throws ConfigError where what was given is not allowed. */
  value<N extends SettingName>(name: N): Effective<N> {
    return this.givenValue(name) ?? (SETTINGS[name].fallback as Effective<N>);
  }

  /** The strongest value, or undefined where nobody gave one; throws ConfigError where it is not allowed. */
  givenValue<N extends SettingName>(name: N): SettingValue<N> | undefined {
    const given = this.given(name);
    if (given === undefined) return undefined;
    const kind = SETTINGS[name].kind as Kind<SettingValue<N>>;
    const value = kind.parse(given.text);
    if (value === undefined) throw notAllowed(name, given);
    return value;
  }

  /** The members of the strongest source that names any: lists are replaced, never mixed. */
  members(): readonly GivenMember[] {
    return this.#layers.find((layer) => layer.members.length > 0)?.members ?? [];
  }

  saslUsers(): GivenUsers | undefined {
    return this.#layers.find((layer) => layer.saslUsers !== undefined)?.saslUsers;
  }

  warnings(): readonly string[] {
    return this.#layers.flatMap((layer) => layer.warnings);
  }
}
