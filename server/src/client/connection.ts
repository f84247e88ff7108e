import { allocateBytes } from '../model/bytes.ts';
import { COMMAND_HEADER_BYTES, writeCommandHeader } from '../model/command.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../replica/ports.ts';
import type { Applied } from '../replica/state-machine.ts';
import { readConnectRequest, writeConnectResponse } from '../wire/connect.ts';
import { FrameReader, FrameStatus } from '../wire/frame-reader.ts';
import { Reader } from '../wire/reader.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { readRequestHeader } from '../wire/request-header.ts';
import { Writer } from '../wire/writer.ts';
import { isWriteOp, readWrite, writeWriteReply } from '../wire/writes.ts';
import type { Clients } from './clients.ts';
import { Outstanding, Waiting } from './outstanding.ts';
import { answerRead, answerSync, isReadOp } from './reads.ts';

/** Requests of one connection that may be owed a reply; beyond it the socket is not read. */
const maxOutstanding = 2_000;
/** Bytes of replies that a client may leave unread before its requests are not read any more. */
const maxUnsentBytes = 4 * 1024 * 1024;
/** Frames that a client may send before its connect request is answered. */
const maxEarlyFrames = 100;
const minOutBytes = 512;
const maxOutBytes = 256 * 1024;

const State = { fresh: 0, connecting: 1, connected: 2, closed: 3 } as const;
type State = (typeof State)[keyof typeof State];

const reader = new Reader();
const requestHeader = { xid: 0, op: 0 };
/** For replies that must wait for others. */
const aside = new Writer();

/**
 * One client's connection.
 *
 *   fresh ──connect request──► connecting ──session applied──► connected ──closeSession, loss, misuse──► closed
 *
 * Replies leave in the order of requests: `line` holds those owed. A read with nothing before it is answered at once; behind a write
 * it waits. Everything of one turn leaves as one write.
 */
export class Connection implements ClientSocketEvents {
  readonly socket: ClientSocket;
  session: SessionId = NO_SESSION;
  /** Log index of this connection's attachment to its session. */
  attachIndex = 0;
  timeoutMs = 0;
  /** Something came since the last review of sessions. */
  touched = false;
  readonly connectedMs: number;
  receivedPackets = 0;
  sentPackets = 0;
  lastXid = 0;
  lastZxid = 0;
  lastOp = 0;
  private readonly clients: Clients;
  private readonly frames: FrameReader;
  private readonly out = new Writer(0);
  private state: State = State.fresh;
  private line: Outstanding[] = [];
  private early: Uint8Array[] = [];
  /** undefined where the client's connect request has no such field. */
  private readOnly: boolean | undefined;
  private ending = false;
  private paused = false;
  private dirty = false;

  constructor(clients: Clients, socket: ClientSocket, maxFrameBytes: number, nowMs: number) {
    this.clients = clients;
    this.socket = socket;
    this.frames = new FrameReader(maxFrameBytes, true);
    this.connectedMs = nowMs;
  }

  get outstanding(): number {
    return this.line.length;
  }

  get isOpen(): boolean {
    return this.state !== State.closed;
  }

  received(chunk: Uint8Array): void {
    if (!this.isOpen || this.ending) return;
    this.touched = true;
    this.clients.lookAtClock();
    this.clients.counters.receivedBytes += chunk.length;
    this.frames.push(chunk);
    for (;;) {
      const status = this.frames.next();
      if (status === FrameStatus.none) break;
      if (status !== FrameStatus.frame) {
        this.notAFrame(status);
        return;
      }
      const { bytes, start, end } = this.frames;
      this.receivedPackets++;
      this.clients.counters.receivedPackets++;
      if (this.state === State.connected) this.request(bytes, start, end);
      else if (this.state === State.fresh) this.connect(bytes, start, end);
      else this.tooEarly(bytes, start, end);
      if (!this.isOpen || this.ending) return;
    }
    this.throttle();
  }

  drained(): void {
    this.throttle();
  }

  /** The other side or the network closed it. */
  closed(): void {
    this.release();
  }

  private notAFrame(status: FrameStatus): void {
    if (status === FrameStatus.word) {
      this.clients.word(this.frames.word, this.socket);
      this.ending = true;
      return;
    }
    const { badLength } = this.frames;
    this.misuse(
      status === FrameStatus.negative
        ? `a message announces ${badLength} bytes`
        : `a message announces ${badLength} bytes, more than jute.maxbuffer allows`,
    );
  }

  private tooEarly(bytes: Uint8Array, start: number, end: number): void {
    if (this.early.length >= maxEarlyFrames) this.misuse('requests came before the session was there');
    else this.early.push(bytes.slice(start, end));
  }

  private connect(bytes: Uint8Array, start: number, end: number): void {
    const request = readConnectRequest(reader.reset(bytes, start, end));
    if (request === undefined) {
      this.misuse('the first message is no connect request');
      return;
    }
    const { clients } = this;
    this.readOnly = request.readOnly;
    if (!clients.serving || request.lastZxidSeen > clients.lastZxid) {
      // No reply: the client tries another member, which may be further.
      this.destroy();
      return;
    }
    this.state = State.connecting;
    this.timeoutMs = clients.negotiate(request.timeoutMs);
    const { sessionId } = request;
    if (sessionId === 0) {
      const body = allocateBytes(4);
      new DataView(body.buffer, body.byteOffset, 4).setInt32(0, this.timeoutMs);
      this.submit(0, OpCode.createSession, body, 0, 4);
      return;
    }
    if (!clients.isPassword(sessionId, request.password)) {
      this.refuseSession();
      return;
    }
    this.session = sessionId as SessionId;
    this.submit(0, OpCode.attachSession, body0, 0, 0);
  }

  private refuseSession(): void {
    this.session = NO_SESSION;
    writeConnectResponse(this.write(), {
      timeoutMs: 0,
      sessionId: 0,
      password: zeroPassword,
      readOnly: this.readOnly,
    });
    this.end();
  }

  private established(): void {
    this.state = State.connected;
    this.clients.established(this);
    writeConnectResponse(this.write(), {
      timeoutMs: this.timeoutMs,
      sessionId: this.session,
      password: this.clients.passwordOf(this.session),
      readOnly: this.readOnly,
    });
    const early = this.early;
    this.early = [];
    for (const frame of early) {
      if (this.isOpen && !this.ending) this.request(frame, 0, frame.length);
    }
  }

  private request(bytes: Uint8Array, start: number, end: number): void {
    reader.reset(bytes, start, end);
    readRequestHeader(reader, requestHeader);
    if (reader.failed) {
      this.misuse('a message is too short for a request');
      return;
    }
    const { xid, op } = requestHeader;
    this.lastOp = op;
    this.lastXid = xid;
    const record = reader.position;
    if (isReadOp(op)) {
      if (this.line.length > 0) {
        this.line.push(
          new Outstanding(this, Waiting.turn, xid, op, bytes.slice(record, end), this.clients.nowMs),
        );
      } else this.read(xid, op);
    } else if (isWriteOp(op)) {
      this.writeRequest(xid, op, bytes, record, end);
    } else if (op === OpCode.sync) {
      const owed = new Outstanding(
        this,
        Waiting.barrier,
        xid,
        op,
        bytes.slice(record, end),
        this.clients.nowMs,
      );
      this.line.push(owed);
      this.clients.barrier(owed);
    } else if (op === OpCode.closeSession) {
      this.submit(xid, op, bytes, record, record);
    } else {
      this.unimplemented(xid, op);
    }
  }

  /** `reader` stands at the record. */
  private read(xid: number, op: number): void {
    this.clients.counters.reads++;
    if (!answerRead(this.write(), xid, op, reader, this.clients.tree, this.clients.lastZxid)) {
      this.misuse(`the record of a request with operation ${op} cannot be read`);
    }
  }

  private writeRequest(xid: number, op: number, bytes: Uint8Array, record: number, end: number): void {
    // Decoded whole before it is proposed: what is in the log can be applied by every member.
    if (readWrite(op, reader) === undefined) {
      this.misuse(`the record of a request with operation ${op} cannot be read`);
      return;
    }
    const refused = this.clients.refuses(op);
    if (refused !== ErrorCode.ok) {
      this.answerInTurn(xid, op, refused);
      return;
    }
    this.clients.counters.writes++;
    this.submit(xid, op, bytes, record, end);
  }

  private submit(xid: number, op: number, body: Uint8Array, start: number, end: number): void {
    const command = this.clients.commandBytes(COMMAND_HEADER_BYTES + end - start);
    const header = this.clients.header;
    header.op = op;
    header.session = this.session;
    header.attachIndex = this.attachIndex;
    header.requestNumber = this.clients.nextRequestNumber;
    writeCommandHeader(command, 0, header);
    if (end > start)
      command.set(
        start === 0 && end === body.length ? body : body.subarray(start, end),
        COMMAND_HEADER_BYTES,
      );
    const owed = new Outstanding(this, Waiting.apply, xid, op, command, this.clients.nowMs);
    this.line.push(owed);
    this.clients.submit(owed);
  }

  private unimplemented(xid: number, op: number): void {
    this.clients.unknownOperation(op);
    this.answerInTurn(xid, op, ErrorCode.unimplemented);
  }

  /** An answer that is known already, behind those that are still owed. */
  private answerInTurn(xid: number, op: number, err: ErrorCode): void {
    if (this.line.length === 0) {
      writeHeaderReply(this.write(), xid, this.clients.lastZxid, err);
      return;
    }
    const owed = new Outstanding(this, Waiting.turn, xid, op, body0, this.clients.nowMs);
    aside.clear();
    writeHeaderReply(aside, xid, this.clients.lastZxid, err);
    owed.reply = aside.copy();
    this.line.push(owed);
  }

  /** The entry of a request was applied. */
  applied(owed: Outstanding, result: Applied): void {
    if (this.state === State.closed) return;
    if (this.state === State.connecting) {
      this.line.shift();
      if (result.err !== ErrorCode.ok) {
        this.refuseSession();
        return;
      }
      this.session = result.session;
      this.attachIndex = result.attachIndex;
      this.timeoutMs = result.timeoutMs;
      this.established();
      return;
    }
    if (this.line[0] === owed) {
      this.writeApplied(this.write(), owed, result);
      this.advance();
      return;
    }
    aside.clear();
    this.writeApplied(aside, owed, result);
    owed.reply = aside.copy();
  }

  private writeApplied(writer: Writer, owed: Outstanding, result: Applied): void {
    this.lastZxid = result.zxid;
    this.clients.latency.record(this.clients.nowMs - owed.sinceMs);
    if (result.outcome === undefined) writeHeaderReply(writer, owed.xid, result.zxid, result.err);
    else writeWriteReply(writer, owed.xid, result.zxid, owed.op, result.outcome);
  }

  /** The tree holds all that was committed when `owed` came. */
  reached(owed: Outstanding): void {
    if (this.state === State.closed) return;
    if (this.line[0] === owed) {
      answerSync(this.write(), owed.xid, owed.record, this.clients.lastZxid);
      this.advance();
      return;
    }
    aside.clear();
    answerSync(aside, owed.xid, owed.record, this.clients.lastZxid);
    owed.reply = aside.copy();
  }

  /** The first in line has been answered: answers what waited only for it. */
  private advance(): void {
    let answered = 1;
    for (; answered < this.line.length; answered++) {
      const owed = this.line[answered]!;
      if (owed.reply !== undefined) {
        this.write().writeRaw(owed.reply, 0, owed.reply.length);
      } else if (owed.waiting === Waiting.turn) {
        reader.reset(owed.record, 0, owed.record.length);
        this.read(owed.xid, owed.op);
        if (!this.isOpen) return;
      } else break;
    }
    this.line.splice(0, answered);
    if (this.paused) this.throttle();
  }

  /** Where replies go; the connection is flushed at the end of the turn. */
  private write(): Writer {
    if (!this.dirty) {
      this.dirty = true;
      this.clients.markDirty(this);
    }
    this.sentPackets++;
    this.clients.counters.sentPackets++;
    return this.out;
  }

  flush(): void {
    this.dirty = false;
    const { length } = this.out;
    if (length > 0 && this.state !== State.closed) {
      this.clients.counters.sentBytes += length;
      const next = Math.min(Math.max(length, minOutBytes), maxOutBytes);
      this.socket.write(this.out.detach(next));
    }
    if (this.ending && this.state !== State.closed) {
      this.socket.end();
      this.release();
    }
  }

  /** Closes once what was written has left: the session ended, or attached elsewhere. */
  end(): void {
    this.ending = true;
    if (!this.dirty) {
      this.dirty = true;
      this.clients.markDirty(this);
    }
  }

  private throttle(): void {
    const full =
      this.line.length >= maxOutstanding ||
      this.socket.bufferedBytes() > maxUnsentBytes ||
      this.clients.overloaded;
    if (full === this.paused) return;
    this.paused = full;
    if (full) {
      this.socket.pause();
      this.clients.paused(this);
    } else this.socket.resume();
  }

  /** Looks again whether requests may be read. */
  reconsider(): boolean {
    if (this.state !== State.closed) this.throttle();
    return !this.paused || this.state === State.closed;
  }

  /** What came cannot be understood, so nothing behind it can be. */
  private misuse(reason: string): void {
    this.clients.misused(this.socket, reason);
    this.destroy();
  }

  closeFor(reason: string): void {
    if (this.state === State.closed) return;
    this.clients.closedFor(reason);
    this.destroy();
  }

  destroy(): void {
    if (this.state === State.closed) return;
    this.socket.destroy();
    this.release();
  }

  private release(): void {
    if (this.state === State.closed) return;
    this.state = State.closed;
    this.clients.gone(this);
    for (const owed of this.line) owed.cancelled = true;
    this.line = [];
  }
}

const body0 = new Uint8Array(0);
const zeroPassword = new Uint8Array(16);
