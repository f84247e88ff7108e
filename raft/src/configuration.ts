/**
 * Bytes of a Configuration, as an entry of kind `configuration` or a snapshot's header holds them:
 *
 *   version 1 · index · ids of voters · ids of outgoing · ids of learners · contexts
 *   ids:      count, then each id
 *   contexts: count, then each id, length in bytes, UTF-8; ascending by id
 *
 * Every number is an unsigned LEB128 varint below 2^53.
 */
import { MalformedConfiguration } from './errors.ts';
import type { Configuration, NodeId, SnapshotMeta } from './types.ts';
import { readUtf8, writeUtf8 } from './utf8.ts';

const FORMAT_VERSION = 1;
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

function writeNumber(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

function writeIds(out: number[], ids: readonly NodeId[]): void {
  writeNumber(out, ids.length);
  for (const id of ids) writeNumber(out, id);
}

export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const out: number[] = [FORMAT_VERSION];
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
  if (version !== FORMAT_VERSION) throw new MalformedConfiguration(`format version ${version} is unknown`);
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
  return { index, voters, outgoing, learners, contexts };
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
