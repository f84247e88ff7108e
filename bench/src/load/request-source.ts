import { REPLY_HEADER_BYTES, STAT_BYTES } from '../../../testkit/src/wire/replies.ts';
import {
  createBody,
  createFlags,
  op,
  readBody,
  request,
  setBody,
  XID_OFFSET,
} from '../../../testkit/src/wire/requests.ts';

export const LOAD_KINDS = ['create', 'set', 'get', 'mixed'] as const;
export type LoadKind = (typeof LOAD_KINDS)[number];

/** In the mixed load. */
const SHARE_OF_READS = 0.9;

/** Lays requests into a connection's buffer and knows what their replies look like. */
export interface RequestSource {
  readonly maxRequestBytes: number;
  /** Lays one request at `at` for the flight slot `slot`; returns where it ends. */
  write(out: Buffer, at: number, slot: number, xid: number): number;
  /** Whether a reply of that error and length can answer the request that was laid for the slot. */
  isReply(slot: number, err: number, frameBytes: number): boolean;
}

export interface SourceOptions {
  readonly kind: LoadKind;
  /** Node that holds the keys and the created nodes; exists already. */
  readonly root: string;
  /** Sets this connection's creates apart from those of all others, ever. */
  readonly prefix: string;
  readonly keys: number;
  readonly valueBytes: number;
  readonly depth: number;
  readonly seed: number;
}

export function requestSource(options: SourceOptions): RequestSource {
  return options.kind === 'create' ? new CreateSource(options) : new KeySource(options);
}

export function keyPath(root: string, key: number): string {
  return `${root}/k${String(key).padStart(6, '0')}`;
}

const CREATE_DIGITS = 10;

/** Creates prefix0000000000, prefix0000000001, …: one template in which the number is counted up in place. */
class CreateSource implements RequestSource {
  readonly maxRequestBytes: number;
  readonly #template: Buffer;
  readonly #digitsEnd: number;
  readonly #replyBytes: number;

  constructor(options: SourceOptions) {
    const path = `${options.root}/${options.prefix}${'0'.repeat(CREATE_DIGITS)}`;
    const value = Buffer.alloc(options.valueBytes, 'v');
    this.#template = request(0, op.create, createBody(path, value, createFlags.persistent));
    this.#digitsEnd = this.#template.indexOf(path) + path.length;
    this.#replyBytes = REPLY_HEADER_BYTES + 4 + path.length;
    this.maxRequestBytes = this.#template.length;
  }

  write(out: Buffer, at: number, _slot: number, xid: number): number {
    const template = this.#template;
    out.set(template, at);
    out.writeInt32BE(xid, at + XID_OFFSET);
    let digit = this.#digitsEnd - 1;
    while (template[digit] === 0x39) {
      template[digit] = 0x30;
      digit -= 1;
    }
    template[digit]! += 1;
    return at + template.length;
  }

  isReply(_slot: number, err: number, frameBytes: number): boolean {
    return err === 0 ? frameBytes === this.#replyBytes : frameBytes === REPLY_HEADER_BYTES;
  }
}

/** Gets and sets of keys chosen at random, all values of one length: one template per key and operation. */
class KeySource implements RequestSource {
  readonly maxRequestBytes: number;
  readonly #gets: Buffer[] = [];
  readonly #sets: Buffer[] = [];
  readonly #shareOfReads: number;
  readonly #isGet: Uint8Array;
  readonly #getReplyBytes: number;
  #random: number;

  constructor(options: SourceOptions) {
    const value = Buffer.alloc(options.valueBytes, 'w');
    for (let key = 0; key < options.keys; key++) {
      const path = keyPath(options.root, key);
      this.#gets.push(request(0, op.getData, readBody(path)));
      this.#sets.push(request(0, op.setData, setBody(path, value, -1)));
    }
    this.#shareOfReads = options.kind === 'get' ? 1 : options.kind === 'set' ? 0 : SHARE_OF_READS;
    this.#isGet = new Uint8Array(options.depth);
    this.#getReplyBytes = REPLY_HEADER_BYTES + 4 + options.valueBytes + STAT_BYTES;
    this.#random = (options.seed | 0) === 0 ? 1 : options.seed | 0;
    this.maxRequestBytes = Math.max(...this.#gets.map(lengthOf), ...this.#sets.map(lengthOf));
  }

  write(out: Buffer, at: number, slot: number, xid: number): number {
    const isGet = this.#next() < this.#shareOfReads;
    const templates = isGet ? this.#gets : this.#sets;
    const template = templates[Math.floor(this.#next() * templates.length)]!;
    this.#isGet[slot] = isGet ? 1 : 0;
    out.set(template, at);
    out.writeInt32BE(xid, at + XID_OFFSET);
    return at + template.length;
  }

  isReply(slot: number, err: number, frameBytes: number): boolean {
    if (err !== 0) return frameBytes === REPLY_HEADER_BYTES;
    return frameBytes === (this.#isGet[slot] === 1 ? this.#getReplyBytes : REPLY_HEADER_BYTES + STAT_BYTES);
  }

  /** xorshift32, as a number from 0 up to 1. */
  #next(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) / 0x1_0000_0000;
  }
}

function lengthOf(buffer: Buffer): number {
  return buffer.length;
}
