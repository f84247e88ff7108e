/** Attributes by name, as Java's X500Principal takes them; others by their object ids. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'CN',
  'C',
  'L',
  'S',
  'ST',
  'O',
  'OU',
  'T',
  'IP',
  'STREET',
  'DC',
  'DNQUALIFIER',
  'DNQ',
  'SURNAME',
  'GIVENNAME',
  'INITIALS',
  'GENERATION',
  'EMAIL',
  'EMAILADDRESS',
  'UID',
  'SERIALNUMBER',
]);

/** A backslash before two hexadecimal digits, or before what would mean something else without it. */
const ESCAPED = String.raw`\\(?:[0-9a-fA-F]{2}|[,=\n+<>#;\\" ])`;
const QUOTED = new RegExp(String.raw`^"(?:${ESCAPED}|[^"\\])*"[ \n]*$`);
/** Behind what ends it nothing is read: only a name that is split wrongly (see below) has anything there. */
const STRING = new RegExp(String.raw`^(?:${ESCAPED}|[^\\,+<>;"])+(?:[,+;]|$)`);
const HEX = /^#((?:[0-9a-fA-F]{2})+)(?:[,+;]|$)/;

/**
 * Whether an ACL may name this id under the `x509` scheme: whether Java's X500Principal takes it, as ZooKeeper asks. That follows RFC 1779 and
 * 2253 by and large; where it splits a name in ways that neither knows, so does this.
 */
export function isX500Name(name: string): boolean {
  if (name === '') return true;
  return split(name, /[,;]/g, isEscapedSeparator).every((relative) =>
    split(relative, /\+/g, isEscapedPlus).every(isAttribute),
  );
}

type IsEscaped = (text: string, at: number, from: number) => boolean;

/** At each separator that is not escaped, unless exactly one quote stands before it since the last one. */
function split(text: string, separator: RegExp, isEscaped: IsEscaped): string[] {
  const parts: string[] = [];
  let begin = 0;
  let from = 0;
  let quotes = 0;
  for (const { index: at } of text.matchAll(separator)) {
    quotes += countQuotes(text, from, at);
    if (quotes !== 1 && !isEscaped(text, at, from)) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
      quotes = 0;
    }
    from = at + 1;
  }
  parts.push(text.slice(begin));
  return parts;
}

function countQuotes(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (text[at] === '"' && (at === from || text[at - 1] !== '\\')) count++;
  }
  return count;
}

/** Behind two backslashes, all of those since `from` are counted, though others may stand between. */
function isEscapedSeparator(text: string, at: number, from: number): boolean {
  if (text[at - 1] !== '\\') return false;
  if (text[at - 2] !== '\\') return true;
  let count = 0;
  for (let i = from; i < at; i++) if (text[i] === '\\') count++;
  return count % 2 === 1;
}

function isEscapedPlus(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\\';
}

/** `CN=value`. */
function isAttribute(text: string): boolean {
  const equals = text.indexOf('=');
  if (equals < 0 || !isAttributeType(trim(text.slice(0, equals).toUpperCase()))) return false;
  const value = text.slice(equals + 1).replace(/^[ \n]+/, '');
  if (value === '') return true;
  if (value.startsWith('"')) return QUOTED.test(value);
  if (!value.startsWith('#')) return STRING.test(value);
  const hex = HEX.exec(value)?.[1];
  return hex !== undefined && isDer(hex);
}

function isAttributeType(type: string): boolean {
  return KEYWORDS.has(type) || isObjectId(type.replace(/^OID\./, ''));
}

function isObjectId(text: string): boolean {
  const [first, second, ...others] = text
    .split('.')
    .map((part) => (/^[0-9]+$/.test(part) ? Number(part) : -1));
  if (first === undefined || second === undefined) return false;
  const fits = first >= 0 && first <= 2 && second >= 0 && (first === 2 || second <= 39);
  return fits && others.every((part) => part >= 0);
}

/** Java's: what it calls white space is all up to the blank. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from]! <= ' ') from++;
  while (from < to && text[to - 1]! <= ' ') to--;
  return text.slice(from, to);
}

/** Whether these bytes are one value: a tag of one byte, the length, and so many more. Java takes what ends by a mark, too (BER). */
function isDer(hex: string): boolean {
  const bytes = hex.length / 2;
  const at = (index: number): number => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  if (bytes < 2 || (at(0) & 0x1f) === 0x1f) return false;
  const first = at(1);
  if (first < 0x80) return bytes === 2 + first;
  const count = first - 0x80;
  if (count < 1 || count > 4 || bytes < 2 + count) return false;
  const length = Number.parseInt(hex.slice(4, 4 + 2 * count), 16);
  return bytes === 2 + count + length;
}
