import type { DigestAlgorithm } from './config.ts';
import { ConfigError, describeOrigin } from './config-error.ts';
import type { Layers } from './layer.ts';
import type { ReadFile } from './read-file.ts';
import { type GivenSecret, readSecret, secretIn } from './secret-setting.ts';

/** By its Java name, and how long a digest by it is in base64. */
const ALGORITHMS: Readonly<Record<DigestAlgorithm, readonly [name: string, characters: number]>> = {
  sha1: ['SHA1', 28],
  sha256: ['SHA-256', 44],
  sha512: ['SHA-512', 88],
  'sha3-256': ['SHA3-256', 44],
};

/** The digest of the super user, where there is one. Throws ConfigError. */
export function readSuperDigest(
  layers: Layers,
  readFile: ReadFile,
  warnings: string[],
): GivenSecret | undefined {
  const given = readSecret(layers, 'superDigest', 'the digest of the super user', readFile);
  if (given === undefined) return undefined;
  const problem = digestFaultOf(given.text, layers.value('digest.algorithm'));
  if (problem !== undefined) throw new ConfigError(given.origin, problem);
  if (!layers.value('digest.enabled')) {
    const origin = describeOrigin(
      layers.originOf(given.file === undefined ? 'superDigest' : 'superDigestFile'),
    );
    warnings.push(`${origin} has no effect here: the digest scheme is off (digest.enabled)`);
  }
  return given;
}

/** What a file of that digest holds. Throws an error that shows none of it. */
export function superDigestIn(text: string, algorithm: DigestAlgorithm): string {
  const digest = secretIn('superDigest', text);
  const problem = digestFaultOf(digest, algorithm);
  if (problem !== undefined) throw new Error(problem);
  return digest;
}

/** One that no password can come to would be found out when it is needed. */
export function digestFaultOf(digest: string, algorithm: DigestAlgorithm): string | undefined {
  const length = digest.length - digest.indexOf(':') - 1;
  const [name, characters] = ALGORITHMS[algorithm];
  return length === characters
    ? undefined
    : `it has ${length} characters behind the colon; by ${name} (digest.algorithm) it has ${characters}`;
}
