import { digestId, type OpName, opCodes } from '../requests.ts';
import type { RecordedConnect, RecordedPart, RecordedRequest } from './recording.ts';

const names = new Map<number, OpName>(
  (Object.entries(opCodes) as [OpName, number][]).map(([name, code]) => [code, name]),
);

/** What stands in the place of an identity's proof. */
const SOMEBODY = 'somebody:secret';
const SOMEBODY_ID = digestId('somebody', 'secret');

/** The name of an operation of Apache ZooKeeper's. */
export function opNamed(code: number): OpName | undefined {
  return names.get(code);
}

/** @param frame of a client, its length in front. Throws where it is none of that operation. */
export function readRequest(op: OpName, frame: Buffer): RecordedRequest {
  const reader = new Reader(frame, 12);
  if (op === 'multi' || op === 'multiRead') return { op, parts: [], items: reader.items() };
  return reader.request(op);
}

/** @param frame the first one of a connection, its length in front */
export function readConnect(frame: Buffer): RecordedConnect {
  const timeoutMs = frame.readInt32BE(16);
  const isAgain = frame.readBigInt64BE(20) !== 0n;
  const password = Math.max(0, frame.readInt32BE(28));
  const last = frame[32 + password];
  return { timeoutMs, isAgain, readOnly: last === undefined ? 'absent' : last === 1 };
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  request(op: OpName): RecordedRequest {
    return { op, parts: this.#parts(op) };
  }

  items(): RecordedRequest[] {
    const items: RecordedRequest[] = [];
    for (;;) {
      const code = this.#readInt();
      const isDone = this.#readBool();
      this.#readInt();
      if (isDone) return items;
      const op = opNamed(code);
      if (op === undefined) throw new Error(`an item of a multi has the operation ${code}`);
      items.push(this.request(op));
    }
  }

  #parts(op: OpName): RecordedPart[] {
    switch (op) {
      case 'create':
      case 'create2':
      case 'createContainer':
        return [this.#path(), this.#data(), ...this.#acl(), this.#int()];
      case 'createTTL':
        return [this.#path(), this.#data(), ...this.#acl(), this.#int(), this.#long()];
      case 'delete':
      case 'check':
      case 'addWatch':
      case 'removeWatches':
      case 'checkWatches':
        return [this.#path(), this.#int()];
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
        return [this.#path(), { bool: this.#readBool() }];
      case 'setData':
        return [this.#path(), this.#data(), this.#int()];
      case 'setACL':
        return [this.#path(), ...this.#acl(), this.#int()];
      case 'getACL':
      case 'sync':
      case 'getEphemerals':
      case 'getAllChildrenNumber':
        return [this.#path()];
      case 'auth':
        return this.#auth();
      case 'setWatches':
        return [this.#long(), ...this.#lists(3)];
      case 'setWatches2':
        return [this.#long(), ...this.#lists(5)];
      case 'reconfig':
        return [this.#text(), this.#text(), this.#text(), this.#long()];
      case 'sasl':
        return [this.#data()];
      default:
        return [];
    }
  }

  /** The proof stays with the program. */
  #auth(): RecordedPart[] {
    const type = this.#int();
    const scheme = this.#text();
    this.#data();
    return [type, scheme, { text: SOMEBODY }];
  }

  #acl(): RecordedPart[] {
    const count = this.#readInt();
    const parts: RecordedPart[] = [{ int: count }];
    for (let i = 0; i < count; i++) {
      const permissions = this.#int();
      const scheme = this.#readText();
      const id = this.#readText();
      // A digest is made from somebody's password.
      parts.push(permissions, { text: scheme }, { text: scheme === 'digest' ? SOMEBODY_ID : id });
    }
    return parts;
  }

  #lists(count: number): RecordedPart[] {
    return Array.from({ length: count }).flatMap(() => {
      const length = this.#readInt();
      return [{ int: length }, ...Array.from({ length: Math.max(0, length) }, () => this.#path())];
    });
  }

  #path(): RecordedPart {
    return { path: this.#readText() ?? '' };
  }

  #text(): RecordedPart {
    return { text: this.#readText() };
  }

  #data(): RecordedPart {
    const size = this.#readInt();
    this.#at += Math.max(0, size);
    return { size: size < 0 ? null : size };
  }

  #int(): RecordedPart {
    return { int: this.#readInt() };
  }

  #long(): RecordedPart {
    this.#at += 8;
    return { long: Number(this.#bytes.readBigInt64BE(this.#at - 8)) };
  }

  #readText(): string | null {
    const length = this.#readInt();
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  #readInt(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  #readBool(): boolean {
    this.#at += 1;
    return this.#bytes[this.#at - 1] === 1;
  }
}
