import { MIN_SECRET_BYTES, spellingsOf } from './secret-spellings.ts';

export const REDACTED = '[redacted]';

/** Words in the names under which secrets stand. */
const SECRET_WORD =
  'passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|superdigest';
const SECRET_NAME = new RegExp(SECRET_WORD, 'i');
/** Ends of names of what is told of a secret, and is none: its file, its age. */
const TOLD_OF =
  /(?:file|path|folder|dir|store|name|ref|location|mode|type|kind|ids?|seconds|millis|ms|count|size|bytes|total|length|mount|policy|tokens)$/i;

/** Whether the value of a field of that name is not to be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !TOLD_OF.test(name);
}

/*
 * Words begin behind what is no letter, or behind the letter of an escape such as \n in a text within JSON; and they have an end. So no text, however it is
 * made, takes more than a fixed number of looks at each of its characters.
 */
const BEGINNING = String.raw`(?:(?<!\w)|(?<=\\[nrt]))`;

/** What stands there without the value being known, each with what is left of it. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g, REDACTED],
  [
    /(authorization["'\\]{0,8}\s{0,8}[:=]\s{0,8}["'\\]{0,8}(?:(?:bearer|basic|digest|negotiate)\s{1,8})?)[^\s"'\\,}]+/gi,
    `$1${REDACTED}`,
  ],
  [new RegExp(String.raw`${BEGINNING}(bearer\s{1,8})[\w.~+/=-]{6,}`, 'gi'), `$1${REDACTED}`],
  [new RegExp(String.raw`${BEGINNING}(basic\s{1,8})[A-Za-z0-9+/]{8,}={1,2}(?!\w)`, 'gi'), `$1${REDACTED}`],
  [new RegExp(String.raw`${BEGINNING}(digest\s{1,8})[^\s:"']{1,256}:[^\s"'\\,}]+`, 'gi'), `$1${REDACTED}`],
  [/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/@:"']{1,256}:[^\s/@"']{1,256}@/gi, `$1${REDACTED}@`],
  [/(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, REDACTED],
];
/** A word in a name, the rest of it, `:` or `=`, and a value: within escaped quotes, within quotes, or bare. */
const NAMED = new RegExp(
  String.raw`(${SECRET_WORD})([\w.-]{0,64})(\\{0,8}["']?\s{0,8}[:=]\s{0,8})` +
    String.raw`(\\+"(?:[^"\\]|\\+[^"\\])*\\+"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\,;&{}[\]]+)`,
  'gi',
);
/** The same of an argument and its value, as in `--password VALUE`, also as two elements of a list. */
const ARGUMENT = new RegExp(
  String.raw`(${SECRET_WORD})([\w-]{0,64})((?:\\?["',]|\s|\\[nrt]){1,64})([^\s"'\\,-][^\s"'\\,]*)`,
  'gi',
);
/** What stands before the word in an argument. */
const DASHES = new RegExp(String.raw`${BEGINNING}--?[\w-]{0,64}$`);
const MAX_BEFORE = 70;

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
  const without = (whole: string, word: string, end: string, between: string, value: string): string =>
    isSecretName(word + end) && !isLiteral(value) ? `${word}${end}${between}${inQuotesOf(value)}` : whole;
  return rest.replaceAll(NAMED, without).replaceAll(ARGUMENT, (whole, ...groups: unknown[]) => {
    const [word, end, between, value, at, all] = groups as [string, string, string, string, number, string];
    const isArgument = DASHES.test(all.slice(Math.max(0, at - MAX_BEFORE), at));
    return isArgument ? without(whole, word, end, between, value) : whole;
  });
}

function isLiteral(value: string): boolean {
  return /^(?:true|false|null|undefined)$/.test(value) || value.includes(REDACTED);
}

/** What was JSON stays JSON. */
function inQuotesOf(value: string): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? '';
  return `${quote}${REDACTED}${quote}`;
}
