import type { Identities } from '../model/acl.ts';
import { copyRange } from '../model/bytes.ts';
import { COMMAND_HEADER_BYTES, writeCommandHeader } from '../model/command.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../replica/ports.ts';
import type { Applied } from '../replica/state-machine.ts';
import { FrameReader, FrameStatus } from '../wire/frame-reader.ts';
import { Reader } from '../wire/reader.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { readRequestHeader } from '../wire/request-header.ts';
import { Writer } from '../wire/writer.ts';
import { isWriteOp, readWrite, writeWriteReply } from '../wire/writes.ts';
import { Authentication, type AuthenticationOwner } from './authentication.ts';
import type { Clients } from './clients.ts';
import { Handshake, type HandshakeOwner } from './handshake.ts';
import { Line, type LineOwner } from './line.ts';
import { Outstanding, Waiting } from './outstanding.ts';
import { addressIdentity } from './proofs.ts';
import { answerRead, answerSync, isReadOp } from './reads.ts';
import { NO_WATCHER, type Watcher } from './watches.ts';

/** Requests of one connection that may be owed a reply; beyond it the socket is not read. */
const maxOutstanding = 2_000;
/** Bytes of replies that a client may leave unread before its requests are not read any more. */
const maxUnsentBytes = 4 * 1024 * 1024;
/**
 * Reads that waited behind a write are answered together, from the state that it left: what that came to is known only then. A client
 * to which more than this is owed is sent away.
 */
const maxOwedBytes = 64 * 1024 * 1024;
const minOutBytes = 512;
const maxOutBytes = 256 * 1024;

const reader = new Reader();
const requestHeader = { xid: 0, op: 0 };

/**
 * One client's connection.
 *
 *   opened ──connect request──► handshake ──session's entry applied──► connected ──closeSession, loss, misuse──► closed
 *
 * Replies leave in the order of requests, and each request sees the state that those before it left: `line` holds what is owed. A
 * read with nothing before it is answered at once; behind a write it waits. A write goes into the log at once unless a sync
 * stands before it: applied too early, it would show in reads between the two. Everything of one turn leaves as one write.
 */
export class Connection
  implements ClientSocketEvents, LineOwner, HandshakeOwner, AuthenticationOwner, Watcher
{
  readonly socket: ClientSocket;
  session: SessionId = NO_SESSION;
  /** Log index of this connection's attachment to its session. */
  attachIndex = 0;
  timeoutMs = 0;
  /** What reads and events are checked with. */
  identities: Identities;
  watcher = NO_WATCHER;
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
  private open = true;
  private readonly line = new Line(this);
  /** Until the session is there. */
  private handshake: Handshake | undefined;
  private readonly authentication: Authentication;
  private ending = false;
  private paused = false;
  /** Chunks that came while paused. */
  private held: Uint8Array[] = [];
  private dirty = false;

  constructor(clients: Clients, socket: ClientSocket, maxFrameBytes: number, nowMs: number) {
    this.clients = clients;
    this.socket = socket;
    this.frames = new FrameReader(maxFrameBytes, true);
    this.connectedMs = nowMs;
    this.identities = [addressIdentity(socket.remoteAddress)];
    this.handshake = new Handshake(this, clients);
    this.authentication = new Authentication(this, clients);
  }

  get outstanding(): number {
    return this.line.length;
  }

  get isOpen(): boolean {
    return this.open;
  }

  received(chunk: Uint8Array): void {
    if (!this.isOpen || this.ending) return;
    this.touched = true;
    this.clients.lookAtClock();
    this.clients.counters.receivedBytes += chunk.length;
    if (this.paused) {
      // The system had read it before it was told to pause.
      this.held.push(chunk);
      return;
    }
    this.frames.push(chunk);
    this.takeFrames();
  }

  drained(): void {
    this.reconsider();
  }

  /** Takes requests until there are no more, or as many are owed as may be. */
  private takeFrames(): void {
    for (;;) {
      if (this.isFull()) {
        this.pause();
        return;
      }
      const status = this.frames.next();
      if (status === FrameStatus.none) {
        const next = this.held.shift();
        if (next === undefined) return;
        this.frames.push(next);
        continue;
      }
      if (status !== FrameStatus.frame) {
        this.notAFrame(status);
        return;
      }
      const { bytes, start, end } = this.frames;
      this.receivedPackets++;
      this.clients.counters.receivedPackets++;
      if (this.handshake === undefined) this.request(bytes, start, end);
      else this.handshake.frame(bytes, start, end);
      if (!this.isOpen || this.ending) return;
    }
  }

  /** Whether this client must wait before more of its requests are taken. */
  private isFull(): boolean {
    if (this.authentication.failed || this.line.length >= maxOutstanding) return true;
    return this.unsentBytes > maxUnsentBytes || this.clients.overloaded;
  }

  private get unsentBytes(): number {
    return this.out.length + this.socket.bufferedBytes();
  }

  private pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.socket.pause();
    this.clients.paused(this);
  }

  /** Looks again whether requests may be taken; true where this connection waits for nothing any more. */
  reconsider(): boolean {
    if (!this.paused || !this.isOpen) return true;
    if (this.isFull()) return false;
    this.paused = false;
    this.takeFrames();
    if (!this.paused) this.socket.resume();
    return !this.paused;
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
      if (this.line.length > 0) this.wait(Waiting.turn, xid, op, bytes, record, end);
      else this.read(xid, op);
    } else if (isWriteOp(op)) {
      this.writeRequest(xid, op, bytes, record, end);
    } else if (op === OpCode.sync) {
      this.clients.barrier(this.wait(Waiting.barrier, xid, op, bytes, record, end));
    } else if (op === OpCode.closeSession) {
      this.proposeInTurn(xid, op, bytes, record, record);
    } else if (op === OpCode.auth) {
      this.authentication.request(xid, reader);
    } else {
      this.clients.unknownOperation(op);
      this.answerInTurn(xid, op, ErrorCode.unimplemented);
    }
  }

  private wait(
    waiting: Waiting,
    xid: number,
    op: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Outstanding {
    const record = copyRange(bytes, start, end);
    const owed = new Outstanding(this, waiting, xid, op, record, this.clients.nowMs);
    this.line.push(owed);
    return owed;
  }

  /** `reader` stands at the record. */
  private read(xid: number, op: number): void {
    this.clients.counters.reads++;
    if (!answerRead(this.write(), xid, op, reader, this.clients, this)) {
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
    this.proposeInTurn(xid, op, bytes, record, end);
  }

  proposeInTurn(xid: number, op: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.line.holdsWrites) this.wait(Waiting.turn, xid, op, bytes, start, end);
    else this.line.push(this.propose(xid, op, bytes, start, end));
  }

  /** Puts a command on its way into the log. */
  propose(xid: number, op: number, body: Uint8Array, start: number, end: number): Outstanding {
    const command = this.clients.commandBytes(COMMAND_HEADER_BYTES + end - start);
    const header = this.clients.header;
    header.op = op;
    header.session = this.session;
    header.attachIndex = this.attachIndex;
    header.requestNumber = this.clients.nextRequestNumber;
    writeCommandHeader(command, 0, header);
    if (end > start) command.set(body.subarray(start, end), COMMAND_HEADER_BYTES);
    const owed = new Outstanding(this, Waiting.apply, xid, op, command, this.clients.nowMs);
    this.clients.submit(owed);
    return owed;
  }

  /** An answer that is known already, behind those that are still owed. */
  answerInTurn(xid: number, op: number, err: ErrorCode): void {
    if (this.line.length > 0) this.wait(Waiting.turn, xid, op, nothing, 0, 0).refusal = err;
    else if (op === OpCode.auth) this.authentication.answer(xid, err);
    else writeHeaderReply(this.write(), xid, this.clients.lastZxid, err);
  }

  /** The entry of a request was applied. */
  applied(owed: Outstanding, result: Applied): void {
    if (!this.isOpen) return;
    if (this.handshake !== undefined) {
      this.established(this.handshake, result);
      return;
    }
    this.lastZxid = result.zxid;
    this.clients.latency.record(this.clients.nowMs - owed.sinceMs);
    const { zxid, err, outcome } = result;
    if (owed.op === OpCode.setIdentities) this.authentication.applied(owed.xid, result);
    else if (outcome === undefined) writeHeaderReply(this.write(), owed.xid, zxid, err);
    else writeWriteReply(this.write(), owed.xid, zxid, owed.op, outcome);
    this.line.firstApplied();
  }

  private established(handshake: Handshake, result: Applied): void {
    const early = handshake.applied(result);
    if (early === undefined) return;
    this.handshake = undefined;
    this.authentication.begin(result);
    this.clients.established(this);
    for (const frame of early) {
      if (!this.open || this.ending || this.authentication.failed) return;
      this.request(frame, 0, frame.length);
    }
  }

  reached(owed: Outstanding): void {
    if (this.isOpen) this.line.reached(owed);
  }

  answer(owed: Outstanding): void {
    if (this.unsentBytes > maxOwedBytes) {
      this.closeFor(`a client has ${this.unsentBytes} bytes of replies to read, and asked for more`);
      return;
    }
    const { xid, op, record, refusal } = owed;
    if (op === OpCode.auth) this.authentication.answer(xid, refusal);
    else if (refusal !== ErrorCode.ok) writeHeaderReply(this.write(), xid, this.clients.lastZxid, refusal);
    else if (op === OpCode.sync) answerSync(this.write(), xid, record, this.clients.lastZxid);
    else {
      reader.reset(record, 0, record.length);
      this.read(xid, op);
    }
  }

  event(frame: Uint8Array, length: number): void {
    if (!this.isOpen || this.ending) return;
    if (this.unsentBytes > maxOwedBytes) {
      this.closeFor(`a client has ${this.unsentBytes} bytes to read, and more happens to what it watches`);
      return;
    }
    this.write().writeRaw(frame, 0, length);
  }

  /** Where replies go; the connection is flushed at the end of the turn. */
  write(): Writer {
    this.awaitFlush();
    this.sentPackets++;
    this.clients.counters.sentPackets++;
    return this.out;
  }

  private awaitFlush(): void {
    if (this.dirty) return;
    this.dirty = true;
    this.clients.markDirty(this);
  }

  /** Replies of this turn leave as one write. */
  flush(): void {
    this.dirty = false;
    if (!this.isOpen) return;
    const { length } = this.out;
    if (length > 0) {
      this.clients.counters.sentBytes += length;
      this.socket.write(this.out.detach(Math.min(Math.max(length, minOutBytes), maxOutBytes)));
    }
    if (this.ending) {
      this.socket.end();
      this.release();
    }
  }

  /** Closes once what was written has left: the session ended, or attached elsewhere. */
  end(): void {
    this.ending = true;
    this.awaitFlush();
  }

  /** What came cannot be understood, so nothing behind it can be. */
  misuse(reason: string): void {
    this.clients.misused(this.socket, reason);
    this.destroy();
  }

  closeFor(reason: string): void {
    if (!this.open) return;
    this.clients.closedFor(reason);
    this.destroy();
  }

  destroy(): void {
    if (!this.open) return;
    this.socket.destroy();
    this.release();
  }

  private release(): void {
    if (!this.open) return;
    this.open = false;
    this.clients.gone(this);
    this.line.cancel();
    this.handshake?.cancel();
  }
}

const nothing = new Uint8Array(0);
