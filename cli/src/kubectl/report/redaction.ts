import { MIN_SECRET_BYTES, spellingsOf } from './secret-spellings.ts';

export const REDACTED = '[redacted]';

/** Names under which secrets stand, whatever is around the word. */
const SECRET_NAME =
  /passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|superdigest/i;
/** Names of what is told of a secret, and is none: its file, its age. */
const TOLD_OF =
  /(?:file|path|folder|dir|store|name|ref|location|mode|type|kind|ids?|seconds|millis|ms|count|size|bytes|total|length|mount|policy|tokens)$/i;

/** Whether the value of a field of that name is not to be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !TOLD_OF.test(name);
}

/*
 * Names begin where words do and have an end, so that no text, however it is made, takes more than its own length to look through.
 */

/** What stands there without the value being known, each with what is left of it. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [
    /(authorization["'\\]*\s*[:=]\s*["'\\]*(?:bearer|basic|digest|negotiate)?\s*)[^\s"'\\,}]+/gi,
    `$1${REDACTED}`,
  ],
  [/\b(bearer\s+)[\w.~+/=-]{6,}/gi, `$1${REDACTED}`],
  [/\b(basic\s+)[A-Za-z0-9+/]{8,}={0,2}(?![\w])/g, `$1${REDACTED}`],
  [/\b(digest\s+)[^\s:"']{1,256}:[^\s"'\\,}]+/gi, `$1${REDACTED}`],
  [/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/@:"']{1,256}:[^\s/@"']{1,256}@/gi, `$1${REDACTED}@`],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, REDACTED],
];
/** A name, `:` or `=`, and a value: quoted, escaped within quotes, or bare. */
const NAMED =
  /(?<![\w.-])([A-Za-z_][\w.-]{0,63})(\\*["']?\s*[:=]\s*)(\\+"(?:[^"\\]|\\+[^"\\])*\\+"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\,;&{}[\]]+)/g;
/** An argument and its value, as in `--password VALUE`. */
const ARGUMENT = /((?<![\w-])--?([A-Za-z][\w-]{0,63})["',\s]+)([^\s"',-][^\s"',]*)/g;

/** What is taken out of everything that leaves this machine. */
export class Redaction {
  /** Longest first: one may be part of another. */
  readonly #spellings: readonly string[];

  /** @param secrets values that are known, of any bytes; those that are too short to be told from chance are left out */
  constructor(secrets: Iterable<Uint8Array>) {
    const found = new Set<string>();
    for (const secret of secrets)
      if (secret.length >= MIN_SECRET_BYTES) for (const spelling of spellingsOf(secret)) found.add(spelling);
    this.#spellings = [...found].sort((a, b) => b.length - a.length);
  }

  /** The same bytes without secrets: known ones in every spelling, others by what stands before them. */
  of(content: Uint8Array | string): Buffer {
    // Known ones first: what is left in the place of a pattern must not cut one in two.
    let bytes = Buffer.from(content as Uint8Array).toString('latin1');
    for (const spelling of this.#spellings)
      if (bytes.includes(spelling)) bytes = bytes.replaceAll(spelling, REDACTED);
    return Buffer.from(withoutPatterns(Buffer.from(bytes, 'latin1').toString('utf8')));
  }
}

function withoutPatterns(text: string): string {
  let rest = text;
  for (const [pattern, left] of patterns) rest = rest.replaceAll(pattern, left);
  return rest
    .replaceAll(NAMED, (whole, name: string, between: string, value: string) =>
      isSecretName(name) && !isLiteral(value) ? `${name}${between}${inQuotesOf(value)}` : whole,
    )
    .replaceAll(ARGUMENT, (whole, before: string, name: string) =>
      isSecretName(name) ? `${before}${REDACTED}` : whole,
    );
}

function isLiteral(value: string): boolean {
  return /^(?:true|false|null|undefined)$/.test(value) || value.includes(REDACTED);
}

/** What was JSON stays JSON. */
function inQuotesOf(value: string): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? '';
  return `${quote}${REDACTED}${quote}`;
}
