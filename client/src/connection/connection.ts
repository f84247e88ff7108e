import {
  type AttachReply,
  type AttachRequest,
  ErrorCode,
  FrameReader,
  FrameStatus,
  Reader,
  readAttachReply,
  readWatchEvent,
  type WatchEvent,
  Writer,
  writeAttachRequest,
  writeCloseSessionRequest,
  writePingRequest,
  Xid,
} from '@rookery/protocol';
import { Call, Progress } from '../calls/call.ts';
import type { Address, Link, World } from '../ports.ts';
import { Queue } from '../queue.ts';

/** What a connection tells the session that it serves. After `closed` nothing more. */
export interface ConnectionEvents {
  /** The first answer: a session is there, or is over (`timeoutMs` 0). */
  attached(reply: AttachReply): void;
  /** Something that was sent at `sentAtMs` was answered: the session was alive then. */
  confirmed(sentAtMs: number): void;
  event(zxid: number, event: WatchEvent): void;
  /** @param unanswered calls, in the order in which they were to be sent; those that never left wait again */
  closed(reason: string, unanswered: readonly Call<unknown>[]): void;
}

/** A connection that lasted no longer was closed for what it is, not for what befell it. */
const SHORT_MS = 100;
const WRITER_BYTES = 4096;
/** A writer that one large request has made larger is not kept. */
const MAX_KEPT_WRITER_BYTES = 256 * 1024;
const MAX_XID = 0x7fff_ffff;

/** What was sent and has not been answered: a call, or something of the session's own. */
type Pending = Call<unknown> | Own;

/** What the session itself asks for: a proof, watches that go on, its end. They are answered in turn, as calls are. */
interface Own {
  readonly xid: number;
  readonly sentAtMs: number;
  readonly answered: OwnAnswered;
}

/** `reader` stands behind the reply header. */
export type OwnAnswered = (err: number, zxid: number, reader: Reader) => void;

/**
 * One connection to one member, from dialling to its end. Requests are gathered, and leave as one write at the end of the turn; the answers come in
 * the order of the requests, those of pings and events in between, and whatever else comes ends the connection.
 *
 *   dialling ──► attaching ──► attached ──► closed
 */
export class Connection {
  readonly address: Address;
  readonly #world: World;
  readonly #events: ConnectionEvents;
  readonly #attach: AttachRequest;
  readonly #link: Link;
  readonly #frames: FrameReader;
  readonly #reader = new Reader();
  readonly #pending = new Queue<Pending>();
  /** When the pings were sent that are not answered. */
  readonly #pings = new Queue<number>();
  #writer = new Writer(WRITER_BYTES);
  #flushes = false;
  #turnAtMs = 0;
  /** Of what is pending the last so many, which have not left. */
  #unsent = 0;
  #xid = 0;
  #attached = false;
  #closed = false;
  #attachSentAtMs = 0;
  /** The greatest zxid of any answer. */
  lastZxid: number;
  /** Once it is closed: it gave a session and ended at once, or gave no answer but that one has to prove who one is. */
  isVain = false;
  #hasServed = false;
  #isRefused = false;
  lastHeardAtMs: number;
  lastSentAtMs: number;

  constructor(
    world: World,
    address: Address,
    attach: AttachRequest,
    maxFrameBytes: number,
    events: ConnectionEvents,
  ) {
    this.address = address;
    this.#world = world;
    this.#attach = attach;
    this.#events = events;
    this.#frames = new FrameReader(maxFrameBytes);
    this.lastZxid = attach.lastZxidSeen;
    this.lastHeardAtMs = this.lastSentAtMs = world.nowMs();
    this.#link = world.dial(address, {
      opened: () => this.#opened(),
      received: (chunk) => this.#received(chunk),
      closed: (reason) => this.#ended(reason),
    });
  }

  get isAttached(): boolean {
    return this.#attached && !this.#closed;
  }

  /** What was sent and has not been answered. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** The calls among it, in the order in which they were sent. */
  *pendingCalls(): Generator<Call<unknown>> {
    for (const pending of this.#pending) if (pending instanceof Call && !pending.isSettled) yield pending;
  }

  send(call: Call<unknown>): void {
    this.#beginTurn();
    call.progress = Progress.sent;
    call.sentAtMs = this.#turnAtMs;
    call.xid = this.#nextXid();
    call.write(this.#writer, call.xid);
    this.#push(call);
  }

  ping(): void {
    this.#beginTurn();
    writePingRequest(this.#writer);
    this.#pings.push(this.#turnAtMs);
  }

  /** @param xid one of the reserved ones; undefined for the next */
  ask(xid: number | undefined, write: (writer: Writer, xid: number) => void, answered: OwnAnswered): void {
    this.#beginTurn();
    const own = { xid: xid ?? this.#nextXid(), sentAtMs: this.#turnAtMs, answered };
    write(this.#writer, own.xid);
    this.#push(own);
  }

  /** Asks the server to end the session; it closes the connection then. */
  closeSession(): void {
    this.ask(undefined, writeCloseSessionRequest, () => {});
  }

  /** Gives it up, at once: `closed` is told before this returns. */
  drop(reason: string): void {
    if (this.#closed) return;
    this.#link.destroy();
    this.#ended(reason);
  }

  #nextXid(): number {
    this.#xid = this.#xid === MAX_XID ? 1 : this.#xid + 1;
    return this.#xid;
  }

  #opened(): void {
    this.#attachSentAtMs = this.lastSentAtMs = this.#world.nowMs();
    const writer = new Writer(128);
    writeAttachRequest(writer, this.#attach);
    this.#link.write(writer.copy());
  }

  #beginTurn(): void {
    if (this.#flushes) return;
    this.#flushes = true;
    this.#turnAtMs = this.#world.nowMs();
    this.#world.atTurnEnd(() => this.#flush());
  }

  #push(pending: Pending): void {
    this.#pending.push(pending);
    this.#unsent++;
  }

  #flush(): void {
    if (this.#closed) return;
    this.#flushes = false;
    this.#unsent = 0;
    this.lastSentAtMs = this.#turnAtMs;
    this.#link.write(this.#writer.copy());
    if (this.#writer.bytes.length > MAX_KEPT_WRITER_BYTES) this.#writer = new Writer(WRITER_BYTES);
    else this.#writer.clear();
  }

  #received(chunk: Uint8Array): void {
    this.lastHeardAtMs = this.#world.nowMs();
    this.#frames.push(chunk);
    for (;;) {
      const status = this.#frames.next();
      if (status === FrameStatus.none || this.#closed) return;
      if (status !== FrameStatus.frame) {
        this.drop(`it sent a frame of ${this.#frames.badLength} bytes`);
        return;
      }
      this.#reader.reset(this.#frames.bytes, this.#frames.start, this.#frames.end);
      if (!this.#attached) this.#takeAttachReply();
      else this.#takeReply();
    }
  }

  #takeAttachReply(): void {
    const reply = readAttachReply(this.#reader);
    if (this.#reader.failed) {
      this.drop('what it answered to the request for a session cannot be read');
      return;
    }
    this.#attached = true;
    if (reply.timeoutMs > 0) this.#events.confirmed(this.#attachSentAtMs);
    this.#events.attached(reply);
  }

  #takeReply(): void {
    const reader = this.#reader;
    const xid = reader.readInt();
    const zxid = reader.readLong();
    const err = reader.readInt();
    if (xid === Xid.watchEvent) {
      const event = readWatchEvent(reader);
      if (reader.failed) this.drop('it sent an event that cannot be read');
      else this.#events.event(zxid, event);
      return;
    }
    if (xid === Xid.ping) {
      this.#takePong(zxid);
      return;
    }
    const pending = this.#pending.peek();
    if (pending === undefined || pending.xid !== xid) {
      this.drop(`it answered request ${xid}, which it was not asked next`);
      return;
    }
    this.#pending.shift();
    if (err === ErrorCode.sessionClosedRequireSaslAuth) this.#isRefused = true;
    else this.#hasServed = true;
    if (zxid > this.lastZxid) this.lastZxid = zxid;
    this.#events.confirmed(pending.sentAtMs);
    if (pending instanceof Call) {
      if (!pending.settle(err, zxid, reader)) this.drop(`its answer to ${pending.operation} cannot be read`);
    } else {
      pending.answered(err, zxid, reader);
    }
  }

  /**
   * Members send an answer to a ping that nobody sent, for clients that would not see otherwise that there is more to read: its zxid is 0, which that of
   * an answer never is, since the session is a write of its own. It says nothing of the session.
   */
  #takePong(zxid: number): void {
    if (zxid === 0) return;
    this.#hasServed = true;
    const sentAtMs = this.#pings.shift();
    if (sentAtMs !== undefined) this.#events.confirmed(sentAtMs);
  }

  #ended(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    const pending = this.#pending.drain();
    const isShort = this.#world.nowMs() - this.#attachSentAtMs < SHORT_MS;
    this.isVain = this.#attached && !this.#hasServed && (this.#isRefused || pending.length > 0 || isShort);
    const sentCount = pending.length - this.#unsent;
    const unanswered: Call<unknown>[] = [];
    for (const [index, call] of pending.entries()) {
      if (!(call instanceof Call) || call.isSettled) continue;
      if (index >= sentCount) call.progress = Progress.waiting;
      unanswered.push(call);
    }
    this.#events.closed(reason, unanswered);
  }
}
