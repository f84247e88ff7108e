/**
 * Who belongs to a cluster: what a Configuration says, its bytes, and those of the log.
 *
 * The bytes, as an entry of kind `configuration` or a snapshot's header holds them:
 *
 *   version 1 · index · ids of voters · ids of outgoing · ids of learners · contexts
 *   version 2 · recovery · the same
 *   recovery: number, survivor, index, term
 *   ids:      count, then each id
 *   contexts: count, then each id, length in bytes, UTF-8; ascending by id
 *
 * Version 2 is written after a forced recovery only: a program that does not know of these must not take part in what came out of one.
 *
 * Every number is an unsigned LEB128 varint below 2^53.
 */
import { MalformedConfiguration } from './errors.ts';
import type { Configuration, Entry, NodeId, Recovery, SnapshotMeta } from './types.ts';

const FORMAT_VERSION = 1;
const RECOVERED_VERSION = 2;
const REPLACEMENT = 0xfffd;
/** More members than any ensemble has: larger configurations are refused, and damaged bytes cannot make the reader allocate more. */
export const MAX_MEMBERS = 1_000;

export const emptyConfiguration: Configuration = {
  index: 0,
  voters: [],
  outgoing: [],
  learners: [],
  contexts: new Map(),
};

/** What a member knows that has never heard of its cluster. */
export const blankSnapshot: SnapshotMeta = { index: 0, term: 0, configuration: emptyConfiguration };

/** Whether the member's vote counts, in either majority of a joint consensus. */
export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return configuration.voters.includes(id) || configuration.outgoing.includes(id);
}

export function isMember(configuration: Configuration, id: NodeId): boolean {
  return isVoter(configuration, id) || configuration.learners.includes(id);
}

/** Every id of the configuration once, ascending. */
export function membersOf(configuration: Configuration): NodeId[] {
  const ids = new Set([...configuration.voters, ...configuration.outgoing, ...configuration.learners]);
  return [...ids].sort((a, b) => a - b);
}

/** Voters of both majorities, each once, ascending. */
export function votersOf(configuration: Configuration): NodeId[] {
  return [...new Set([...configuration.voters, ...configuration.outgoing])].sort((a, b) => a - b);
}

function writeNumber(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/**
 * Appends the bytes of `text`; a lone surrogate becomes U+FFFD. By hand: the language itself has no encoder, and the core has neither
 * Node's nor the browser's types.
 */
function writeUtf8(out: number[], text: string): void {
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    const code = point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 0x3f),
        0x80 | ((code >> 6) & 0x3f),
        0x80 | (code & 0x3f),
      );
  }
}

function writeIds(out: number[], ids: readonly NodeId[]): void {
  writeNumber(out, ids.length);
  for (const id of ids) writeNumber(out, id);
}

export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const { recovery } = configuration;
  const out: number[] = [recovery === undefined ? FORMAT_VERSION : RECOVERED_VERSION];
  if (recovery !== undefined)
    for (const number of [recovery.number, recovery.survivor, recovery.index, recovery.term])
      writeNumber(out, number);
  writeNumber(out, configuration.index);
  writeIds(out, configuration.voters);
  writeIds(out, configuration.outgoing);
  writeIds(out, configuration.learners);
  const contexts = [...configuration.contexts].sort((a, b) => a[0] - b[0]);
  writeNumber(out, contexts.length);
  for (const [id, context] of contexts) {
    const text: number[] = [];
    writeUtf8(text, context);
    writeNumber(out, id);
    writeNumber(out, text.length);
    for (const byte of text) out.push(byte);
  }
  return Uint8Array.from(out);
}

/** Smallest code point that may take so many continuation bytes. */
const leastOfLength: readonly number[] = [0, 0x80, 0x800, 0x10000];

/** undefined where the bytes of [from, to) are no well-formed UTF-8. */
function readUtf8(data: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  let at = from;
  while (at < to) {
    const first = data[at] as number;
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : -1;
    if (more < 0 || at + more >= to) return undefined;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 1; i <= more; i += 1) {
      const next = data[at + i] as number;
      if (next >> 6 !== 2) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < (leastOfLength[more] as number) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      return undefined;
    text += String.fromCodePoint(code);
    at += more + 1;
  }
  return text;
}

class ConfigurationReader {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#data[this.#at];
      if (byte === undefined) throw new MalformedConfiguration('ends within a number');
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedConfiguration('number above 2^53 - 1');
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  count(): number {
    const count = this.number();
    if (count > MAX_MEMBERS) throw new MalformedConfiguration(`more than ${MAX_MEMBERS} members`);
    return count;
  }

  ids(): NodeId[] {
    const ids: NodeId[] = [];
    for (let left = this.count(); left > 0; left -= 1) {
      const id = this.number();
      if (id === 0 || ids.includes(id)) throw new MalformedConfiguration(`id ${id} is 0 or repeated`);
      ids.push(id);
    }
    return ids;
  }

  recovery(): Recovery {
    const recovery = {
      number: this.number(),
      survivor: this.number(),
      index: this.number(),
      term: this.number(),
    };
    if (recovery.number === 0) throw new MalformedConfiguration('recovery 0 never was');
    return recovery;
  }

  text(): string {
    const length = this.number();
    if (length > this.#data.length - this.#at) throw new MalformedConfiguration('ends within a context');
    const text = readUtf8(this.#data, this.#at, this.#at + length);
    if (text === undefined) throw new MalformedConfiguration('context is no UTF-8');
    this.#at += length;
    return text;
  }

  end(): void {
    if (this.#at !== this.#data.length) throw new MalformedConfiguration('bytes after the end');
  }
}

/** @throws MalformedConfiguration */
export function decodeConfiguration(data: Uint8Array): Configuration {
  const reader = new ConfigurationReader(data);
  const version = reader.number();
  if (version !== FORMAT_VERSION && version !== RECOVERED_VERSION)
    throw new MalformedConfiguration(`format version ${version} is unknown`);
  const recovered = version === RECOVERED_VERSION ? { recovery: reader.recovery() } : {};
  const index = reader.number();
  const voters = reader.ids();
  const outgoing = reader.ids();
  const learners = reader.ids();
  const contexts = new Map<NodeId, string>();
  for (let left = reader.count(); left > 0; left -= 1) {
    const id = reader.number();
    contexts.set(id, reader.text());
  }
  reader.end();
  return { index, voters, outgoing, learners, contexts, ...recovered };
}

/** The configuration that an entry holds; undefined where its bytes are none, or another index's. */
export function configurationOf(entry: Entry): Configuration | undefined {
  try {
    const configuration = decodeConfiguration(entry.data);
    return configuration.index === entry.index ? configuration : undefined;
  } catch (error) {
    if (error instanceof MalformedConfiguration) return undefined;
    throw error;
  }
}

/**
 * The configurations of the log, newest last. One takes effect when it is appended and is taken back when its entry
 * is truncated (thesis, 4.1); the older ones stay until snapshots no longer need them.
 */
export class ConfigurationHistory {
  #configurations: Configuration[];

  constructor(first: Configuration) {
    this.#configurations = [first];
  }

  get current(): Configuration {
    return this.#configurations[this.#configurations.length - 1] as Configuration;
  }

  /** The one in force at `index`; the oldest known where that is later. */
  at(index: number): Configuration {
    let found = this.#configurations[0] as Configuration;
    for (const configuration of this.#configurations) {
      if (configuration.index <= index) found = configuration;
    }
    return found;
  }

  append(configuration: Configuration): void {
    this.#configurations.push(configuration);
  }

  /** Whether the configuration in force changed. */
  truncateFrom(index: number): boolean {
    const before = this.#configurations.length;
    while (this.#configurations.length > 1 && this.current.index >= index) this.#configurations.pop();
    return this.#configurations.length !== before;
  }

  compact(index: number): void {
    const kept = this.at(index);
    this.#configurations = this.#configurations.filter((each) => each.index >= kept.index);
  }

  reset(configuration: Configuration): void {
    this.#configurations = [configuration];
  }
}
