import { withPlainConfig } from './config-text.ts';
import type { OpName } from './requests.ts';
import type { Entry } from './transcript.ts';

/**
 * What a field holds:
 * - `zxid`: a transaction's own.
 * - `state`: the last transaction that the member had applied; members may have applied some that no client asked for.
 * - `time`, `session`, `password`: compared by which of them are equal.
 * - `token`: of a SASL exchange, compared but for what is made of random numbers.
 * - the rest is compared as it is.
 */
export type FieldKind =
  | 'int'
  | 'long'
  | 'bool'
  | 'text'
  | 'bytes'
  | 'zxid'
  | 'state'
  | 'time'
  | 'session'
  | 'password'
  | 'token';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Where its value stands, a length before it not included. */
  readonly start: number;
  readonly end: number;
}

/** `set`: texts whose order means nothing; `identities`: pairs of texts, the same way. */
type Shape = readonly (readonly [
  name: string,
  kind: FieldKind | 'stat' | 'set' | 'identities' | 'acls' | 'results',
])[];

const stat: Shape = [
  ['czxid', 'zxid'],
  ['mzxid', 'zxid'],
  ['ctime', 'time'],
  ['mtime', 'time'],
  ['version', 'int'],
  ['cversion', 'int'],
  ['aversion', 'int'],
  ['ephemeralOwner', 'session'],
  ['dataLength', 'int'],
  ['numChildren', 'int'],
  ['pzxid', 'zxid'],
];

const connected: Shape = [
  ['protocolVersion', 'int'],
  ['timeoutMs', 'int'],
  ['session', 'session'],
  ['password', 'password'],
  ['readOnly', 'bool'],
];

const event: Shape = [
  ['type', 'int'],
  ['state', 'int'],
  ['path', 'text'],
];

const withStat: Shape = [['stat', 'stat']];
const created: Shape = [['path', 'text']];
const createdWithStat: Shape = [...created, ...withStat];

/** What follows the header of a reply without an error. */
const replies: Readonly<Partial<Record<OpName, Shape>>> = {
  create: created,
  create2: createdWithStat,
  createContainer: createdWithStat,
  createTTL: createdWithStat,
  exists: withStat,
  setData: withStat,
  setACL: withStat,
  getData: [['data', 'bytes'], ...withStat],
  getACL: [['acl', 'acls'], ...withStat],
  getChildren: [['children', 'set']],
  getChildren2: [['children', 'set'], ...withStat],
  sync: [['path', 'text']],
  multi: [['results', 'results']],
  multiRead: [['results', 'results']],
  getEphemerals: [['paths', 'set']],
  getAllChildrenNumber: [['number', 'int']],
  addWatch: [['err', 'int']],
  whoAmI: [['identities', 'identities']],
  reconfig: [['data', 'bytes'], ...withStat],
  sasl: [['token', 'token']],
};

/** Where the error code of a reply ends. */
const REPLY_ERR_END = 16;

/** Operations that are a transaction, even where they fail. */
const writes: ReadonlySet<OpName> = new Set([
  'create',
  'create2',
  'createContainer',
  'createTTL',
  'delete',
  'setData',
  'setACL',
  'multi',
  'reconfig',
  'closeSession',
]);

/** By the operation's code in a multi's result. */
const results: Readonly<Record<number, Shape>> = {
  [-1]: [['err', 'int']],
  1: created,
  15: createdWithStat,
  5: withStat,
  4: [['data', 'bytes'], ...withStat],
  8: [['children', 'set']],
  2: [],
  13: [],
};

/** A reconfig that is refused is a transaction of ZooKeeper's own: it changes nothing. */
function isTransaction(op: OpName, reply: Buffer): boolean {
  const isRefused = reply.length >= REPLY_ERR_END && reply.readInt32BE(REPLY_ERR_END - 4) !== 0;
  return writes.has(op) && !(op === 'reconfig' && isRefused);
}

export interface Decoded {
  /** What came, with lists of children and such put in one order: ZooKeeper's is that of its hash tables. */
  readonly bytes: Buffer;
  readonly fields: readonly Field[];
}

/** The fields of what a client was told. Bytes that no field covers are compared as they are. */
export function decode(entry: Entry): Decoded {
  const bytes =
    entry.op === 'getData' || entry.op === 'reconfig' ? withPlainConfig(entry.bytes) : entry.bytes;
  const decoder = new Decoder(Buffer.from(bytes));
  switch (entry.kind) {
    case 'connected':
      decoder.take(connected);
      break;
    case 'event':
      // The transaction that caused the event.
      decoder.take([['xid', 'int'], ['zxid', 'zxid'], ['err', 'int'], ...event]);
      break;
    case 'reply': {
      const op = entry.op!;
      decoder.take([
        ['xid', 'int'],
        ['zxid', isTransaction(op, bytes) ? 'zxid' : 'state'],
        ['err', 'int'],
      ]);
      decoder.take(replies[op] ?? []);
      break;
    }
    case 'unasked':
    case 'closed':
    case 'no reply':
      break;
    default:
      entry.kind satisfies never;
  }
  decoder.takeRest();
  return decoder;
}

class Decoder implements Decoded {
  readonly fields: Field[] = [];
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  take(shape: Shape, prefix = ''): void {
    for (const [name, kind] of shape) {
      if (this.#at >= this.bytes.length) return;
      this.#one(prefix + name, kind);
    }
  }

  takeRest(): void {
    if (this.#at < this.bytes.length) this.#field('rest', 'bytes', this.bytes.length - this.#at);
  }

  #one(name: string, kind: Shape[number][1]): void {
    switch (kind) {
      case 'stat':
        this.take(stat, `${name}.`);
        break;
      case 'set':
        this.#sort(1);
        this.#each(name, (at) => this.#prefixed(`${name}[${at}]`, 'text'));
        break;
      case 'identities':
        this.#sort(2);
        this.#each(name, (at) => {
          this.#prefixed(`${name}[${at}].scheme`, 'text');
          this.#prefixed(`${name}[${at}].id`, 'text');
        });
        break;
      case 'acls':
        this.#each(name, (at) => {
          this.#field(`${name}[${at}].perms`, 'int', 4);
          this.#prefixed(`${name}[${at}].scheme`, 'text');
          this.#prefixed(`${name}[${at}].id`, 'text');
        });
        break;
      case 'results':
        this.#results(name);
        break;
      case 'text':
      case 'bytes':
      case 'password':
      case 'token':
        this.#prefixed(name, kind);
        break;
      case 'int':
        this.#field(name, kind, 4);
        break;
      case 'bool':
        this.#field(name, kind, 1);
        break;
      default:
        this.#field(name, kind, 8);
    }
  }

  #results(name: string): void {
    for (let at = 0; this.#at + 9 <= this.bytes.length; at++) {
      const code = this.bytes.readInt32BE(this.#at);
      const done = this.bytes[this.#at + 4] !== 0;
      const own = done ? `${name}.end` : `${name}[${at}]`;
      this.#field(`${own}.type`, 'int', 4);
      this.#field(`${own}.done`, 'bool', 1);
      this.#field(`${own}.err`, 'int', 4);
      if (done) return;
      this.take(results[code] ?? [], `${own}.`);
    }
  }

  /** Puts what is listed here in order, in place; each thing is made of so many texts. */
  #sort(texts: number): void {
    const count = this.#int();
    const things: Buffer[] = [];
    let at = this.#at + 4;
    while (things.length < count && at < this.bytes.length) {
      let end = at;
      for (let i = 0; i < texts; i++) end = this.#endOfText(end);
      things.push(Buffer.from(this.bytes.subarray(at, end)));
      at = end;
    }
    Buffer.concat(things.sort(Buffer.compare)).copy(this.bytes, this.#at + 4);
  }

  #endOfText(at: number): number {
    const length = at + 4 <= this.bytes.length ? Math.max(0, this.bytes.readInt32BE(at)) : 0;
    return Math.min(at + 4 + length, this.bytes.length);
  }

  #each(name: string, one: (at: number) => void): void {
    const count = this.#int();
    this.#field(`${name}.count`, 'int', 4);
    for (let at = 0; at < count && this.#at < this.bytes.length; at++) one(at);
  }

  #prefixed(name: string, kind: FieldKind): void {
    const length = this.#int();
    this.#field(`${name}.length`, 'int', 4);
    if (length > 0) this.#field(name, kind, length);
  }

  #int(): number {
    return this.#at + 4 <= this.bytes.length ? this.bytes.readInt32BE(this.#at) : 0;
  }

  /** A field that passes the end is cut to what there is. */
  #field(name: string, kind: FieldKind, length: number): void {
    const end = Math.min(this.#at + length, this.bytes.length);
    const whole = end - this.#at === length;
    if (end > this.#at) this.fields.push({ name, kind: whole ? kind : 'bytes', start: this.#at, end });
    this.#at = end;
  }
}
