import { isSecretName } from './redaction.ts';

/** What stands around keys, and certificates, are for everybody to see. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Parts of a value, such as what stands behind a user's name: shorter ones are words. */
const MIN_PART_CHARACTERS = 8;

/** What is to be looked for of the values of a Secret, as its `data` has them: each whole, and the pieces in which one may stand somewhere. */
export function* secretValues(data: Readonly<Record<string, string>>): Generator<Buffer> {
  for (const base64 of Object.values(data)) {
    const bytes = Buffer.from(base64, 'base64');
    const text = bytes.toString('utf8').replaceAll(CERTIFICATE, '');
    if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) yield bytes;
    for (const line of text.split(/\r?\n/)) {
      const value = line.trim();
      if (value === '' || value.startsWith('-----')) continue;
      yield Buffer.from(value);
      const [, behind = ''] = /^[^:]+:(.+)$/.exec(value) ?? [];
      if (behind.length >= MIN_PART_CHARACTERS) yield Buffer.from(behind);
    }
    for (const part of partsOfJson(text)) if (part.length >= MIN_PART_CHARACTERS) yield Buffer.from(part);
  }
}

/** Of what is JSON, such as the proof for a registry: whatever is called a secret in it. */
function partsOfJson(text: string): readonly string[] {
  try {
    const parts: string[] = [];
    JSON.parse(text, (name: string, value: unknown) => {
      if (typeof value === 'string' && (isSecretName(name) || name === 'auth')) parts.push(value);
      return value;
    });
    return parts;
  } catch {
    return [];
  }
}
