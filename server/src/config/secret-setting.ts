import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import { type Layers, notAllowed } from './layer.ts';
import { needFile, type ReadFile } from './read-file.ts';
import { SETTINGS, type SettingName } from './settings.ts';

/** Secrets of one line that are given themselves, or by the file that they stand in. */
const FILES = { superDigest: 'superDigestFile' } as const satisfies Partial<Record<SettingName, SettingName>>;

export interface GivenSecret {
  readonly text: string;
  readonly origin: Origin;
  /** Where it was read, and may change. */
  readonly file?: string;
}

/** @param what for people, such as `the token`. Throws ConfigError, which shows nothing of the secret. */
export function readSecret(
  layers: Layers,
  name: keyof typeof FILES,
  what: string,
  readFile: ReadFile,
): GivenSecret | undefined {
  const file = fileOf(layers, FILES[name], name, what);
  if (file === undefined) {
    const text = layers.value(name);
    return text === undefined ? undefined : { text, origin: layers.originOf(name) };
  }
  const origin = { file, key: name };
  const text = SETTINGS[name].kind.parse(needFile(readFile, file, layers.originOf(FILES[name])).trim());
  if (text === undefined) throw notAllowed(name, { text: '', origin });
  return { text, origin, file };
}

/** The path that `fileName` says, undefined where it says none. Throws ConfigError where the secret is given itself as well. */
export function fileOf(
  layers: Layers,
  fileName: 'http.tokenFile' | 'superDigestFile' | 'peer.secretFile',
  name: SettingName,
  what: string,
): string | undefined {
  const file = layers.value(fileName);
  const inline = layers.given(name);
  if (file === undefined || inline === undefined) return file;
  const problem = `${what} is also given by ${describeOrigin(inline.origin)}; give one of them`;
  throw new ConfigError(layers.originOf(fileName), problem);
}

/** The lines of a file that may hold several secrets; undefined where it holds none, more than `most`, or what is no secret. */
export function secretsIn(
  name: 'http.token' | 'peer.secret',
  text: string,
  most: number,
): readonly string[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const { kind } = SETTINGS[name];
  const isRight =
    lines.length > 0 && lines.length <= most && lines.every((line) => kind.parse(line) !== undefined);
  return isRight ? lines : undefined;
}

/** What a file of one secret holds. Throws an error that shows none of it. */
export function secretIn(name: keyof typeof FILES, text: string): string {
  const { kind } = SETTINGS[name];
  const secret = kind.parse(text.trim());
  if (secret === undefined) throw new Error(`it does not hold ${kind.allowed}`);
  return secret;
}
