/**
 * The directives of a DIGEST-MD5 message (RFC 2831): `key=value` and `key="quoted \" value"`, with commas or blanks between them. Values are
 * byte strings, one character for each byte, as the message is given here.
 */
export type Directives = ReadonlyMap<string, string>;

const BLANK = /[ \t\r\n]/;
const BETWEEN = /[ \t\r\n,]/;

/** By their keys in lower case; undefined where the message is malformed, or has one of `once` twice. */
export function readDirectives(message: string, once: ReadonlySet<string>): Directives | undefined {
  const directives = new Map<string, string>();
  for (let at = skip(message, 0, BETWEEN); at < message.length; at = skip(message, at, BETWEEN)) {
    const equals = message.indexOf('=', at);
    if (equals < 0) return undefined;
    const key = message.slice(at, equals).trimEnd().toLowerCase();
    if (key === '' || BETWEEN.test(key)) return undefined;
    const value = readValue(message, skip(message, equals + 1, BLANK));
    if (value === undefined) return undefined;
    if (directives.has(key) && once.has(key)) return undefined;
    directives.set(key, value.text);
    at = value.end;
  }
  return directives;
}

interface Value {
  readonly text: string;
  /** Where what comes behind it begins. */
  readonly end: number;
}

function readValue(message: string, start: number): Value | undefined {
  if (start >= message.length) return undefined;
  if (message[start] === '"') return readQuoted(message, start + 1);
  let end = start;
  while (end < message.length && !BETWEEN.test(message[end]!)) end++;
  return { text: message.slice(start, end), end };
}

/** Behind the closing quote has to stand something that separates, or nothing. */
function readQuoted(message: string, start: number): Value | undefined {
  let text = '';
  for (let at = start; at < message.length; at++) {
    const character = message[at]!;
    if (character === '"') {
      const end = at + 1;
      return end < message.length && !BETWEEN.test(message[end]!) ? undefined : { text, end };
    }
    if (character !== '\\') text += character;
    else {
      at++;
      text += message[at] ?? '';
    }
  }
  return undefined;
}

function skip(message: string, start: number, what: RegExp): number {
  let at = start;
  while (at < message.length && what.test(message[at]!)) at++;
  return at;
}

/** As it stands between quotes. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
