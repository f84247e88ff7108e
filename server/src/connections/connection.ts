import { copyRange, NO_BYTES } from '../codec/bytes.ts';
import { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import type { Identities } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SESSION, type SessionId } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { ClientSocket, ClientSocketEvents } from '../ports/client-socket.ts';
import type { Applied } from '../replica/state-machine.ts';
import { FrameStatus } from '../wire/frame-reader.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { readRequestHeader } from '../wire/request-header.ts';
import { readWrite, writeWriteReply } from '../wire/writes.ts';
import { Authentication, type AuthenticationOwner } from './authentication.ts';
import type { Clients } from './clients.ts';
import { type ConnectionFacts, ConnectionStats } from './connection-stats.ts';
import { Handshake, type HandshakeOwner } from './handshake.ts';
import { Holdings, type HoldingsOwner } from './holdings.ts';
import { Inflow, type InflowOwner } from './inflow.ts';
import { Line, type LineOwner } from './line.ts';
import { type Operation, OperationKind, operationOf } from './operations.ts';
import { Outflow, type OutflowOwner } from './outflow.ts';
import { Outstanding, Waiting } from './outstanding.ts';
import { addressIdentity } from './proofs.ts';
import { answerSync } from './reads.ts';
import { NO_WATCHER, type Watcher } from './watches.ts';

/** The zxid of a reply that no state stands behind. */
const NO_ZXID = -1;
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
  implements
    ClientSocketEvents,
    InflowOwner,
    OutflowOwner,
    LineOwner,
    HandshakeOwner,
    AuthenticationOwner,
    Watcher,
    HoldingsOwner,
    ConnectionFacts
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
  /** When the leader was last told that this session's client is there, monotonic, as far as this member can know. */
  toldMs = 0;
  readonly connectedMs: number;
  readonly stats = new ConnectionStats();
  /** When something came last, monotonic; until the session is there, when it was opened: a trickle buys no time. */
  private heardMs: number;
  private readonly clients: Clients;
  private readonly inflow: Inflow;
  private readonly outflow: Outflow;
  private open = true;
  private readonly line = new Line(this);
  readonly holdings: Holdings;
  /** Until the session is there. */
  private handshake: Handshake | undefined;
  private readonly authentication: Authentication;

  constructor(clients: Clients, socket: ClientSocket, nowMs: number) {
    this.clients = clients;
    this.socket = socket;
    this.inflow = new Inflow(this, clients.bounds.requestBytes);
    this.outflow = new Outflow(this, clients.counters);
    this.holdings = new Holdings(this, clients, this.inflow, this.line, this.outflow);
    this.connectedMs = nowMs;
    this.identities = [addressIdentity(socket.remoteAddress)];
    clients.lookAtClock();
    this.heardMs = clients.nowMs;
    this.handshake = new Handshake(this, clients);
    this.authentication = new Authentication(this, clients);
  }

  get outstanding(): number {
    return this.line.length;
  }

  get isReading(): boolean {
    return !this.inflow.paused && !this.outflow.ending;
  }

  /** Milliseconds until it is given up if nothing comes. */
  get remainingMs(): number {
    const patienceMs = this.handshake === undefined ? this.timeoutMs : this.clients.sessionlessTimeoutMs;
    return this.heardMs + patienceMs - this.clients.nowMs;
  }

  get isDone(): boolean {
    return !this.open || this.outflow.ending;
  }

  get isOpen(): boolean {
    return this.open;
  }

  received(chunk: Uint8Array): void {
    if (this.isDone) return;
    this.touched = true;
    this.clients.lookAtClock();
    if (this.handshake === undefined) this.heardMs = this.clients.nowMs;
    this.clients.counters.receivedBytes += chunk.length;
    this.inflow.received(chunk);
    this.holdings.count();
  }

  drained(): void {
    this.reconsider();
  }

  frame(bytes: Uint8Array, start: number, end: number): void {
    this.stats.receivedPackets++;
    this.clients.counters.receivedPackets++;
    this.clients.turns.spend(end - start);
    if (this.handshake === undefined) this.request(bytes, start, end);
    else this.handshake.frame(bytes, start, end);
  }

  isFull(): boolean {
    return this.authentication.failed || this.handshake?.isFull === true || this.holdings.isFull;
  }

  get hasSession(): boolean {
    return this.handshake === undefined;
  }

  get earlyBytes(): number {
    return this.handshake?.earlyBytes ?? 0;
  }

  get mustWait(): boolean {
    return this.holdings.mustWait;
  }

  waits(): void {
    this.clients.paused(this);
  }

  /** Looks again whether requests may be taken; true where this connection waits for nothing any more. */
  reconsider(): boolean {
    const waitsForNothing = this.line.resume() && this.inflow.reconsider();
    this.holdings.count();
    return waitsForNothing;
  }

  /** The other side or the network closed it. */
  closed(): void {
    this.release();
  }

  notAFrame(status: FrameStatus): void {
    if (status === FrameStatus.word) {
      this.clients.word(this.inflow.frames.word, this.socket);
      this.outflow.ending = true;
      return;
    }
    this.misuse(this.inflow.whyNoFrame(status));
  }

  private request(bytes: Uint8Array, start: number, end: number): void {
    reader.reset(bytes, start, end);
    readRequestHeader(reader, requestHeader);
    if (reader.failed) {
      this.misuse('a message is too short for a request');
      return;
    }
    const { xid, op } = requestHeader;
    const record = reader.position;
    const operation = operationOf(op);
    switch (operation?.kind) {
      case OperationKind.read:
        if (this.line.length > 0) this.wait(Waiting.turn, xid, op, bytes, record, end);
        else this.read(xid, operation, this.clients.nowMs);
        return;
      case OperationKind.write:
        this.writeRequest(xid, op, bytes, record, end);
        return;
      case OperationKind.barrier:
        this.clients.barrier(this.wait(Waiting.barrier, xid, op, bytes, record, end));
        return;
      case OperationKind.session:
        this.proposeInTurn(xid, op, bytes, record, record);
        return;
      case OperationKind.authentication:
        this.authentication.request(xid, reader);
        return;
      default:
        this.refuse(xid, op, operation?.refusal ?? ErrorCode.unimplemented);
    }
  }

  private refuse(xid: number, op: number, refusal: ErrorCode): void {
    if (refusal === ErrorCode.unimplemented) this.clients.complaints.unknownOperation(op);
    this.answerInTurn(xid, op, refusal);
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
  private read(xid: number, { op, answer }: Operation, sinceMs: number): void {
    this.clients.counters.reads++;
    const { lastZxid } = this.clients;
    this.replied(xid, op, lastZxid, sinceMs);
    const out = this.write();
    const before = out.length;
    if (!answer!(out, xid, reader, this.clients, this)) {
      this.clients.complaints.unreadable(op);
      writeHeaderReply(out, xid, lastZxid, ErrorCode.marshallingError);
    }
    this.clients.turns.spend(out.length - before);
  }

  private writeRequest(xid: number, op: number, bytes: Uint8Array, record: number, end: number): void {
    // Decoded whole before it is proposed: what is in the log can be applied by every member.
    const write = readWrite(op, reader);
    if (write === undefined) {
      this.clients.complaints.unreadable(op);
      this.answerInTurn(xid, op, ErrorCode.marshallingError);
      return;
    }
    const refused = this.clients.admission.refuses(write, end - record);
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
    return this.clients.propose(this, xid, op, body, start, end);
  }

  /** An answer that is known already, behind those that are still owed. */
  answerInTurn(xid: number, op: number, err: ErrorCode): void {
    if (this.line.length > 0) this.wait(Waiting.turn, xid, op, NO_BYTES, 0, 0).refusal = err;
    else this.answerKnown(xid, op, err);
  }

  private answerKnown(xid: number, op: number, err: ErrorCode): void {
    if (op === OpCode.auth) this.authentication.answer(xid, err);
    else if (operationOf(op) !== undefined) writeHeaderReply(this.write(), xid, this.clients.lastZxid, err);
    else {
      writeHeaderReply(this.write(), xid, NO_ZXID, err);
      this.end();
    }
  }

  /** The entry of a request was applied. */
  applied(owed: Outstanding, result: Applied): void {
    // Nothing leaves after the end: reads between two writes would be left out.
    if (this.isDone) return;
    if (this.handshake !== undefined) {
      this.established(owed, this.handshake, result);
      return;
    }
    const { xid, op } = owed;
    const { zxid, err, outcome } = result;
    this.replied(xid, op, zxid, owed.sinceMs);
    if (op === OpCode.setIdentities) this.authentication.applied(xid, result);
    else if (outcome === undefined) writeHeaderReply(this.write(), xid, zxid, err);
    else writeWriteReply(this.write(), xid, zxid, op, outcome);
    this.line.firstApplied();
  }

  private established(owed: Outstanding, handshake: Handshake, result: Applied): void {
    const early = handshake.applied(result);
    if (early === undefined) return;
    this.replied(owed.xid, owed.op, result.zxid, owed.sinceMs);
    this.handshake = undefined;
    this.heardMs = this.clients.nowMs;
    this.toldMs = this.clients.nowMs;
    this.authentication.begin(result);
    this.clients.established(this);
    for (const frame of early) {
      if (!this.open || this.outflow.ending || this.authentication.failed) return;
      this.request(frame, 0, frame.length);
    }
  }

  reached(owed: Outstanding): void {
    if (this.isOpen) this.line.reached(owed);
  }

  answer(owed: Outstanding): void {
    if (this.outflow.ending) return;
    // Reads between two writes are answered together: what that comes to is known only now.
    if (this.holdings.endsFor('asked for more')) return;
    const { xid, op, record, refusal } = owed;
    if (refusal !== ErrorCode.ok || op === OpCode.auth) this.answerKnown(xid, op, refusal);
    else if (op === OpCode.sync) {
      this.replied(xid, op, this.clients.lastZxid, owed.sinceMs);
      answerSync(this.write(), xid, record, this.clients.lastZxid);
    } else {
      reader.reset(record, 0, record.length);
      this.read(xid, operationOf(op)!, owed.sinceMs);
    }
  }

  event(frame: Uint8Array, length: number): void {
    if (!this.isOpen || this.outflow.ending) return;
    if (this.holdings.endsFor('watches what goes on changing')) return;
    this.write().writeRaw(frame, 0, length);
  }

  private replied(xid: number, op: number, zxid: number, sinceMs: number): void {
    const { nowMs, latency } = this.clients;
    latency.record(nowMs - sinceMs);
    this.stats.replied(op, xid, zxid, nowMs - sinceMs, nowMs);
  }

  /** Where replies go; the connection is flushed at the end of the turn. */
  write(): Writer {
    this.stats.sentPackets++;
    this.clients.counters.sentPackets++;
    return this.outflow.write();
  }

  awaitsFlush(): void {
    this.clients.markDirty(this);
  }

  /** Replies of this turn leave as one write. */
  flush(): void {
    this.outflow.flush();
    this.holdings.count();
  }

  /** Closes once what was written has left: the session ended, or attached elsewhere. */
  end(): void {
    this.outflow.end();
  }

  ended(): void {
    this.release();
  }

  /** What came cannot be understood, so nothing behind it can be. */
  misuse(reason: string): void {
    this.clients.complaints.misused(this.socket, reason);
    this.destroy();
  }

  closeFor(reason: string): void {
    if (!this.open) return;
    this.clients.complaints.closedFor(reason);
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
