import { createHash } from 'node:crypto';
import { readLong } from '../../testkit/src/wire/replies.ts';
import { type Decoded, decode, type Field } from './fields.ts';
import type { Entry, Transcript } from './transcript.ts';

/**
 * Two servers number transactions and sessions as they like and run at different times. What counts is which are the same and
 * which came first:
 *
 * - A zxid becomes the name of the first thing in the scenario that showed it, so equal zxids stay equal; the order of all of
 *   them is one more entry (`zxids in order`).
 * - The zxid of a state (in the header of a read's reply) becomes the last of these that it has reached: servers log
 *   transactions of their own (Rookery a session's move, ZooKeeper none), which nothing else shows.
 * - A session or password becomes its number by first appearance.
 * - A nonce, and what the server proves with one, becomes as many `*`.
 * - The number of a sequential node beside the scenario's own becomes that by which it follows the first such one: it counts what other
 *   scenarios have made, of whom there are fewer on new ensembles.
 * - A time of a node becomes that of the transaction that set it, or of how many other times that transaction has had before.
 *
 * Zeros and negative numbers mean something of their own and stay.
 */
export interface NormalEntry {
  readonly label: string;
  readonly kind: Entry['kind'] | 'order';
  /** With names and ranks where the server's own numbers stood. */
  readonly bytes: Buffer;
  readonly fields: readonly NormalField[];
}

export interface NormalField {
  readonly name: string;
  /** For people. */
  readonly value: string;
}

/** Between the names of transactions, in their order. */
export const THEN = ' < ';

/** Clocks of this machine agree; a time that is further off is no time of this run. */
const CLOCK_TOLERANCE_MS = 1_000;

interface Told extends Decoded {
  readonly entry: Entry;
}

export function normalise(transcript: Transcript): NormalEntry[] {
  return new Normaliser(transcript).run();
}

class Normaliser {
  readonly #transcript: Transcript;
  readonly #told: readonly Told[];
  /** The first thing that showed a transaction, by zxid. */
  readonly #zxids = new Map<number, string>();
  readonly #sessions = new Ranks();
  readonly #passwords = new Ranks();
  readonly #times = new Map<number, number[]>();
  /** Of the first sequential node beside the scenario's own. */
  #firstBeside: number | undefined;
  #ascending: number[] = [];

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
    this.#told = transcript.entries
      .map((entry) => {
        const { bytes, fields } = decode(entry);
        return { entry, bytes, fields };
      })
      .sort((a, b) => a.entry.order - b.entry.order || (a.entry.label < b.entry.label ? -1 : 1));
  }

  run(): NormalEntry[] {
    // A transaction is named for its own reply if it has one: events and stats that show it may stand before.
    this.#nameZxids(({ kind }, { name }) => kind === 'reply' && name === 'zxid');
    this.#nameZxids(() => true);
    this.#ascending = [...this.#zxids.keys()].sort((a, b) => a - b);
    return [...this.#told.map((decoded) => this.#normal(decoded)), this.#order()];
  }

  #nameZxids(chosen: (entry: Entry, field: Field) => boolean): void {
    for (const { entry, bytes, fields } of this.#told) {
      for (const field of fields) {
        if (field.kind !== 'zxid' || !chosen(entry, field)) continue;
        const zxid = readLong(bytes, field.start);
        if (zxid <= 0 || this.#zxids.has(zxid)) continue;
        const own = field.name === 'zxid' ? '' : ` ${field.name}`;
        this.#zxids.set(zxid, `${entry.label}${own}`);
      }
    }
  }

  #normal({ entry, bytes: own, fields }: Told): NormalEntry {
    const bytes = Buffer.from(own);
    const normal = fields.map((field) => ({
      name: field.name,
      value: this.#value(own, field, fields, bytes),
    }));
    return { label: entry.label, kind: entry.kind, bytes, fields: normal };
  }

  /** Writes the field's rank into `to`, where it has one. */
  #value(bytes: Buffer, field: Field, fields: readonly Field[], to: Buffer): string {
    const { start, end } = field;
    switch (field.kind) {
      case 'int':
        return String(bytes.readInt32BE(start));
      case 'bool':
        return bytes[start] === 0 ? 'false' : bytes[start] === 1 ? 'true' : `bool ${bytes[start]}`;
      case 'long':
        return bytes.readBigInt64BE(start).toString();
      case 'text':
        return JSON.stringify(this.#text(bytes.toString('utf8', start, end), start, to));
      case 'bytes':
        return showBytes(bytes.subarray(start, end));
      case 'zxid':
        return this.#zxid(readLong(bytes, start), start, to);
      case 'state':
        return this.#zxid(this.#reached(readLong(bytes, start)), start, to);
      case 'session': {
        const id = bytes.subarray(start, end).toString('hex');
        if (/^0*$/.test(id)) return 'none';
        const rank = this.#sessions.of(id);
        writeLong(to, start, rank);
        return `session ${rank}`;
      }
      case 'password': {
        const value = bytes.subarray(start, end);
        if (value.every((byte) => byte === 0)) return `${value.length} zeros`;
        const rank = this.#passwords.of(value.toString('hex'));
        to.fill(0, start, end).writeInt32BE(rank, start);
        return `password ${rank}`;
      }
      case 'token':
        return maskRandom(bytes.subarray(start, end), to, start);
      case 'time':
        return this.#time(bytes, field, fields, to);
      default:
        return field.kind satisfies never;
    }
  }

  #text(text: string, start: number, to: Buffer): string {
    const { root } = this.#transcript;
    const beside = text.startsWith(root) ? /^\d{10}(?=\/|$)/.exec(text.slice(root.length))?.[0] : undefined;
    if (beside === undefined) return text.replace(root, '~');
    this.#firstBeside ??= Number(beside);
    const number = String(Number(beside) - this.#firstBeside).padStart(beside.length, '0');
    to.write(number, start + Buffer.byteLength(root), 'latin1');
    return `~${number}${text.slice(root.length + beside.length)}`;
  }

  #zxid(zxid: number, start: number, to: Buffer): string {
    if (zxid <= 0) return String(zxid);
    const label = this.#zxids.get(zxid) ?? 'something before all of these';
    createHash('sha256').update(label).digest().copy(to, start, 0, 8);
    return `that of ${label}`;
  }

  /** The last known transaction that a state includes. */
  #reached(zxid: number): number {
    if (zxid <= 0) return zxid;
    let reached = 1;
    for (const known of this.#ascending) if (known <= zxid) reached = known;
    return reached;
  }

  #time(bytes: Buffer, field: Field, fields: readonly Field[], to: Buffer): string {
    const time = readLong(bytes, field.start);
    if (time <= 0) return String(time);
    const { beganMs, endedMs } = this.#transcript;
    if (time < beganMs - CLOCK_TOLERANCE_MS || time > endedMs + CLOCK_TOLERANCE_MS) {
      return `${new Date(time).toISOString()}, which is not in this run`;
    }
    const setBy = field.name.replace('ctime', 'czxid').replace('mtime', 'mzxid');
    const zxidField = fields.find(({ name }) => name === setBy);
    const zxid = zxidField === undefined ? 0 : readLong(bytes, zxidField.start);
    const times = this.#times.get(zxid) ?? [];
    this.#times.set(zxid, times);
    if (!times.includes(time)) times.push(time);
    const version = times.indexOf(time);
    writeLong(to, field.start, version);
    return version === 0 ? `when ${setBy} was` : `another time than ${setBy} had before`;
  }

  #order(): NormalEntry {
    const labels = this.#ascending.map((zxid) => this.#zxids.get(zxid)!);
    const value = labels.join(THEN);
    return {
      label: 'zxids in order',
      kind: 'order',
      bytes: Buffer.from(value),
      fields: [{ name: 'order', value }],
    };
  }
}

class Ranks {
  readonly #ranks = new Map<string, number>();

  of(value: string): number {
    const known = this.#ranks.get(value);
    if (known !== undefined) return known;
    this.#ranks.set(value, this.#ranks.size + 1);
    return this.#ranks.size;
  }
}

function writeLong(to: Buffer, at: number, value: number): void {
  to.writeBigInt64BE(BigInt(value), at);
}

/** Of a challenge the nonce, and of the last token its proof. */
function maskRandom(token: Buffer, to: Buffer, at: number): string {
  const masked = token
    .toString('latin1')
    .replace(/(?<=nonce=")[^"]*|(?<=rspauth=)[0-9a-f]*/g, (random) => '*'.repeat(random.length));
  to.write(masked, at, 'latin1');
  return JSON.stringify(masked);
}

function showBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return /^[\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `0x${bytes.toString('hex')}`;
}
