import type { Socket } from 'node:net';
import { dial } from '../../testkit/src/dial.ts';
import type { Endpoint } from '../../testkit/src/endpoint.ts';
import { readLong } from '../../testkit/src/wire/replies.ts';
import type { SessionIdentity } from '../../testkit/src/wire/requests.ts';
import { frame, int, long } from '../../testkit/src/wire/requests.ts';
import { markXid, type OpName } from './requests.ts';

/** What a connection brought, in the order in which it came. */
export type Heard =
  | { readonly kind: 'connected'; readonly bytes: Buffer }
  | { readonly kind: 'reply'; readonly number: string; readonly op: OpName; readonly bytes: Buffer }
  | { readonly kind: 'event'; readonly bytes: Buffer }
  /** No answer to anything that was sent on this connection. */
  | { readonly kind: 'unasked'; readonly bytes: Buffer }
  | { readonly kind: 'closed' };

interface Pending {
  readonly xid: number;
  readonly op: OpName;
  /** The step's. */
  readonly number: string;
}

const CONNECT_REPLY_MIN_BYTES = 20;
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;
/** By TLS Rookery writes one behind several replies (docs/decisions/tls.md): the reply to a ping that nobody sent, with a zxid that none has once there are nodes. */
const MARKER = Buffer.concat([int(markXid.ping), long(0), int(0)]);

/** One connection as bytes: it keeps whatever comes and understands no more of it than which request a reply belongs to. */
export class RawClient {
  readonly heard: Heard[] = [];
  /** The newest zxid of any reply or event, as a client keeps it; 0 before the first. */
  zxidSeen = 0;
  session: SessionIdentity | undefined;
  readonly #socket: Socket;
  readonly #isEncrypted: boolean;
  readonly #onHeard: () => void;
  #pending: Pending[] = [];
  #received = Buffer.alloc(0);
  #closed = false;
  #handshaking = true;
  #xid = 0;

  /** `onHeard` is called after each change of what was heard. */
  constructor(endpoint: Endpoint, onHeard: () => void) {
    this.#onHeard = onHeard;
    this.#isEncrypted = endpoint.tls !== undefined;
    this.#socket = dial(endpoint);
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#lost());
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connecting(): boolean {
    return this.#handshaking && !this.#closed;
  }

  get owed(): number {
    return this.#pending.length;
  }

  /** Of the last reply to a step of a SASL exchange; empty before the first, and where it was null. */
  get lastToken(): Buffer {
    const last = this.heard.findLast((heard) => heard.kind === 'reply' && heard.op === 'sasl');
    return last?.kind === 'reply' ? last.bytes.subarray(HEADER_BYTES + LENGTH_BYTES) : Buffer.alloc(0);
  }

  /** The requests, by number, that are still owed a reply. */
  get unanswered(): readonly Pending[] {
    return this.#pending;
  }

  write(bytes: Buffer): void {
    if (!this.#closed) this.#socket.write(bytes);
  }

  /** A request's whole frame; its reply is recognised by its xid. */
  request(op: OpName, code: number, number: string, body: Buffer): Buffer {
    const xid = xidOf(op) ?? ++this.#xid;
    this.#pending.push({ xid, op, number });
    return frame(int(xid), int(code), body);
  }

  /** Goes away without a word. */
  drop(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#closed) return;
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE(0);
      if (this.#received.length < end) break;
      const body = Buffer.from(this.#received.subarray(4, end));
      this.#received = this.#received.subarray(end);
      this.#message(body);
    }
    this.#onHeard();
  }

  #message(bytes: Buffer): void {
    if (this.#handshaking) {
      this.#handshaking = false;
      this.heard.push({ kind: 'connected', bytes });
      if (bytes.length >= CONNECT_REPLY_MIN_BYTES) {
        const password = bytes.subarray(20, 20 + Math.max(0, bytes.readInt32BE(16)));
        this.session = { id: bytes.subarray(8, 16), password };
      }
      return;
    }
    if (bytes.length < HEADER_BYTES) {
      this.heard.push({ kind: 'unasked', bytes });
      return;
    }
    if (this.#isEncrypted && bytes.equals(MARKER)) return;
    const xid = bytes.readInt32BE(0);
    this.zxidSeen = Math.max(this.zxidSeen, readLong(bytes, 4));
    if (xid === markXid.event) {
      this.heard.push({ kind: 'event', bytes });
      return;
    }
    const at = this.#pending.findIndex((pending) => pending.xid === xid);
    const pending = this.#pending[at];
    if (pending === undefined) {
      this.heard.push({ kind: 'unasked', bytes });
      return;
    }
    this.#pending.splice(at, 1);
    this.heard.push({ kind: 'reply', number: pending.number, op: pending.op, bytes });
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.heard.push({ kind: 'closed' });
    this.#onHeard();
  }
}

function xidOf(op: OpName): number | undefined {
  switch (op) {
    case 'ping':
      return markXid.ping;
    case 'auth':
      return markXid.auth;
    case 'setWatches':
    case 'setWatches2':
      return markXid.setWatches;
    default:
      return undefined;
  }
}
