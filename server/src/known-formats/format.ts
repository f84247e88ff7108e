/** What programs are known to keep in a node. */
export interface KnownFormat {
  /** `json`, `kafka broker`, `curator service`, `solr state`, `hbase`, … */
  readonly name: string;
  /** In words, such as "HBase: magic, a server's name, then protobuf". */
  readonly explained: string;
  /** What was understood, name and text, for people. */
  readonly fields: readonly KnownField[];
}

export interface KnownField {
  readonly name: string;
  readonly value: string;
}

/** Of one format: undefined where it is none of them. Throws nothing, whatever the bytes are. */
export type Recogniser<T> = (path: string, value: T) => KnownFormat | undefined;

export type JsonObject = Readonly<Record<string, unknown>>;

const MOST_FIELDS = 100;
const MOST_CHARACTERS = 200;

export function formatOf(
  name: string,
  explained: string,
  fields: readonly (readonly [name: string, value: unknown])[],
): KnownFormat {
  const told = fields
    .filter(([, value]) => value !== undefined)
    .slice(0, MOST_FIELDS)
    .map(([field, value]) => ({ name: cut(field), value: cut(textOf(value)) }));
  return { name, explained, fields: told };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TIME = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });

/** Milliseconds since 1970, as a number or as the text of one, as `2026-11-30 20:06:59 UTC`; whatever else as it is. */
export function timeOf(value: unknown): unknown {
  const isText = typeof value === 'string' && /^\d{1,16}$/.test(value);
  const ms = isText ? Number(value) : value;
  if (typeof ms !== 'number' || !(Math.abs(ms) <= MOST_MS)) return value;
  return `${TIME.format(ms)} UTC`;
}

/** The last one that there is a date of. */
const MOST_MS = 8.64e15;

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.join(', ');
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Nested deeper than can be told.
    return '…';
  }
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
