import {
  copyRange,
  ErrorCode,
  NO_BYTES,
  OpCode,
  Reader,
  readRequestHeader,
  writeHeaderReply,
  writeSaslReply,
  writeWriteReply,
} from '@rookery/protocol';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Applied } from '../replica/applied.ts';
import type { Admission } from './admission.ts';
import type { Authentication } from './authentication.ts';
import type { Client } from './client.ts';
import { type ConnectionEnd, OVERTAKEN } from './connection-end.ts';
import type { OperationTable } from './dialects.ts';
import type { Executor } from './executor.ts';
import { type Operation, OperationKind, operationOf } from './operations.ts';
import type { Outflow } from './outflow.ts';
import { Pending, type PendingIn, Waiting } from './pending.ts';
import { answerSync } from './reads.ts';
import type { ReplyMeter } from './reply-meter.ts';
import type { ClientTurns, Waiter } from './turns.ts';

/** Of the reply to an operation that nobody knows, as in ZooKeeper. */
const UNKNOWN_OPERATION_ZXID = -1;
const reader = new Reader();
const requestHeader = { xid: 0, op: 0 };

/** What the pipelines of a member share. */
export interface PipelineParts {
  readonly executor: Pick<
    Executor,
    | 'lastZxid'
    | 'read'
    | 'propose'
    | 'barrier'
    | 'isReconfigEnabled'
    | 'reconfigure'
    | 'answerReconfig'
    | 'unknownOperation'
  >;
  readonly operations: Pick<OperationTable, 'of'>;
  readonly admission: Pick<Admission, 'admits'>;
  /** Told of what is refused before it is proposed. */
  readonly audit: Pick<AuditTrail, 'refused' | 'reconfig'> | undefined;
  readonly clock: { readonly nowMs: number };
  readonly turns: Pick<ClientTurns, 'isSpent' | 'wait'>;
}

/** What a pipeline works with of its own connection. */
export interface PipelineEnds {
  readonly client: Client;
  readonly authentication: Authentication;
  readonly outflow: Outflow;
  readonly meter: ReplyMeter;
  readonly end: ConnectionEnd;
  /** What turns look at again, while what could be answered is put off. */
  readonly waiter: Waiter;
}

/**
 * The requests of one connection, from the frame to the reply, in the order in which they came.
 *
 *   │ write │ read │ sync │ read │ write │
 *     in the  waits  waits   waits  is not proposed before the sync is answered: applied too early, it
 *     log             for a round   would show in the read between them
 *
 * Each request sees the state that those before it left, and replies leave in this order. A read with nothing before it is answered at once; behind
 * a write it waits. A write goes into the log at once unless a sync stands before it. Where the client cannot take more answers, or the turn is
 * spent, the rest waits for `resume`, and writes that come meanwhile wait behind it; not so where a write of this client is in the log already:
 * reads before it must not see it.
 */
export class RequestPipeline implements PendingIn {
  readonly #parts: PipelineParts;
  readonly #client: Client;
  readonly #authentication: Authentication;
  readonly #outflow: Outflow;
  readonly #meter: ReplyMeter;
  readonly #end: ConnectionEnd;
  readonly #waiter: Waiter;
  #pending: Pending[] = [];
  /** Syncs that are pending. */
  #barriers = 0;
  /** Pending writes that are in the log. */
  #entries = 0;
  /** What stands first could be answered, and waits for `resume`. */
  #isPutOff = false;
  /** Bytes of pending requests. */
  heldBytes = 0;

  constructor(parts: PipelineParts, ends: PipelineEnds) {
    this.#parts = parts;
    this.#client = ends.client;
    this.#authentication = ends.authentication;
    this.#outflow = ends.outflow;
    this.#meter = ends.meter;
    this.#end = ends.end;
    this.#waiter = ends.waiter;
  }

  /** Requests that are owed a reply. */
  get length(): number {
    return this.#pending.length;
  }

  /** Whether answers that could be given now must wait: for a turn, or for the client to read. */
  get mustWait(): boolean {
    return this.#parts.turns.isSpent || !this.#outflow.isBeingRead;
  }

  /** Takes the request `bytes[start, end)`. */
  request(bytes: Uint8Array, start: number, end: number): void {
    reader.reset(bytes, start, end);
    readRequestHeader(reader, requestHeader);
    if (reader.failed) {
      this.#end.misuse('a message is too short for a request');
      return;
    }
    const { operations, executor, admission, clock, audit } = this.#parts;
    const { xid, op } = requestHeader;
    const record = reader.position;
    const operation = operations.of(op, this.#client.isOwn);
    if (!this.#authentication.mayAsk && operation?.kind !== OperationKind.authentication) {
      this.#authentication.turnAway();
      this.#answerInTurn(xid, op, ErrorCode.sessionClosedRequireSaslAuth);
      return;
    }
    if (this.#client.isReadOnly && operation !== undefined && this.#takesFromReader(operation, xid)) return;
    switch (operation?.kind) {
      case OperationKind.read:
        if (this.#pending.length > 0) this.#wait(Waiting.turn, xid, op, copyRange(bytes, record, end));
        else this.#read(operation, xid, clock.nowMs);
        return;
      case OperationKind.write: {
        const err = admission.admits(op, reader, end - record);
        if (err === ErrorCode.ok) this.#proposeInTurn(xid, op, bytes, record, end);
        else {
          if (err !== ErrorCode.marshallingError) audit?.refused(this.#client, op, bytes, record, end);
          this.#answerInTurn(xid, op, err);
        }
        return;
      }
      case OperationKind.barrier:
        executor.barrier(this.#wait(Waiting.barrier, xid, op, copyRange(bytes, record, end)));
        return;
      case OperationKind.session:
        this.#proposeInTurn(xid, op, bytes, record, record);
        return;
      case OperationKind.authentication:
        if (!this.#authentication.postpones(bytes, start, end)) this.#authenticate(xid, op);
        return;
      case OperationKind.reconfiguration:
        if (executor.isReconfigEnabled) {
          this.#wait(Waiting.barrier, xid, op, copyRange(bytes, record, end));
          this.#askForReconfig();
        } else {
          audit?.reconfig(this.#client, 'failure');
          this.#answerInTurn(xid, op, ErrorCode.reconfigDisabled);
        }
        return;
      default:
        executor.unknownOperation(op);
        this.#answerInTurn(xid, op, ErrorCode.unimplemented);
    }
  }

  /** The entry of a write was applied. It is the first: entries apply in the order of requests, and what stood before it was answered by the same rule. */
  answerWrite({ xid, op, token, sinceMs }: Pending, result: Applied): void {
    // Nothing leaves after the end: reads between two writes would be left out.
    if (this.#outflow.isOver) return;
    const { zxid, err, outcome } = result;
    this.#meter.replied(op, xid, zxid, sinceMs);
    if (op === OpCode.setIdentities) {
      this.#authentication.identitiesApplied(result);
      this.#answerAuth(xid, token === undefined ? OpCode.auth : OpCode.sasl, err, token);
    } else if (outcome === undefined) writeHeaderReply(this.#outflow.write(), xid, zxid, err);
    else writeWriteReply(this.#outflow.write(), xid, zxid, op, outcome);
    this.#entries--;
    this.#advance(1);
  }

  /** A sync has been reached, or a reconfig is through; if it is the first, it can be answered. */
  reached(pending: Pending): void {
    if (this.#pending[0] === pending && !this.#isPutOff) this.#advance(0);
  }

  abandoned(): void {
    this.#end.closeFor(OVERTAKEN);
  }

  /** Asks the leader for what stands first, where that is a reconfig. */
  #askForReconfig(): void {
    const pending = this.#pending[0];
    if (pending === undefined || pending.op !== OpCode.reconfig || pending.isAsked) return;
    if (pending.waiting !== Waiting.barrier) return;
    pending.isAsked = true;
    this.#parts.executor.reconfigure(pending.record, this.#client, pending);
  }

  /** Goes on with what was put off; true where nothing is any more. */
  resume(): boolean {
    if (this.#isPutOff) this.#advance(0);
    return !this.#isPutOff;
  }

  /** Nobody waits any more. */
  cancel(): void {
    // The end of a session comes about whether or not its client waits for the reply.
    for (const pending of this.#pending) pending.cancelled = pending.op !== OpCode.closeSession;
    this.#pending = [];
    this.#barriers = 0;
    this.#entries = 0;
    this.#isPutOff = false;
    this.heldBytes = 0;
  }

  /**
   * Of a client on a member that is cut off: whether this was all that its request comes to. Nothing of it may enter the log, nor wait for a leader.
   */
  #takesFromReader({ kind, op }: Operation, xid: number): boolean {
    if (kind === OperationKind.read || kind === OperationKind.authentication) return false;
    this.#answerInTurn(xid, op, kind === OperationKind.session ? ErrorCode.ok : ErrorCode.notReadOnly);
    return true;
  }

  /** `reader` stands at the record. */
  #authenticate(xid: number, op: number): void {
    const proof = this.#authentication.take(op, reader);
    if (proof === undefined) {
      this.#end.misuse('the record of an auth or a sasl cannot be read');
      return;
    }
    const { err, identities, token } = proof;
    if (identities === undefined || this.#authentication.takeAtOnce())
      this.#answerInTurn(xid, op, err, token);
    else this.#proposeInTurn(xid, OpCode.setIdentities, identities, 0, identities.length, token);
  }

  /** @param token of a sasl: its reply's */
  #proposeInTurn(
    xid: number,
    op: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    token?: Uint8Array,
  ): void {
    // A write that overtook a sync, or answers that were put off, would show in them.
    if (this.#barriers > 0 || this.#isPutOff) {
      this.#wait(Waiting.turn, xid, op, copyRange(bytes, start, end), token);
      return;
    }
    const pending = new Pending(this, Waiting.apply, xid, op, NO_BYTES, this.#parts.clock.nowMs);
    pending.token = token;
    this.#parts.executor.propose(this.#client, pending, op, bytes, start, end);
    this.#push(pending);
  }

  /** An answer that is known already, behind those that are still owed. */
  #answerInTurn(xid: number, op: number, err: ErrorCode, token?: Uint8Array): void {
    if (this.#pending.length > 0) this.#wait(Waiting.turn, xid, op, NO_BYTES, token).refusal = err;
    else this.#answerKnown(xid, op, err, token);
  }

  #wait(waiting: Waiting, xid: number, op: number, record: Uint8Array, token?: Uint8Array): Pending {
    const pending = new Pending(this, waiting, xid, op, record, this.#parts.clock.nowMs);
    pending.token = token;
    this.#push(pending);
    return pending;
  }

  #push(pending: Pending): void {
    if (pending.waiting === Waiting.barrier) this.#barriers++;
    else if (pending.waiting === Waiting.apply) this.#entries++;
    this.heldBytes += pending.bytes;
    this.#pending.push(pending);
  }

  /** Answers what can be answered behind the first so many, which have been. */
  #advance(answered: number): void {
    const pending = this.#pending;
    const barriersBefore = this.#barriers;
    const wasPutOff = this.#isPutOff;
    this.#isPutOff = false;
    let at = answered;
    for (; at < pending.length && this.#isAnswerable(pending[at]!); at++) {
      if (this.#entries === 0 && this.mustWait) {
        this.#isPutOff = true;
        break;
      }
      if (pending[at]!.waiting === Waiting.barrier) this.#barriers--;
      this.#answer(pending[at]!);
      if (!this.#end.isOpen) return;
    }
    for (let i = 0; i < at; i++) this.heldBytes -= pending[i]!.bytes;
    pending.splice(0, at);
    this.#askForReconfig();
    if (this.#isPutOff) {
      // What was put off before is looked at in each turn, and must not ask for them: a client that does not read would keep its member busy.
      if (!wasPutOff) this.#parts.turns.wait(this.#waiter);
    } else if (wasPutOff || this.#barriers < barriersBefore) this.#proposeWaiting();
  }

  /** Given that everything before it was answered. */
  #isAnswerable({ waiting, isReached, refusal, op }: Pending): boolean {
    if (waiting === Waiting.barrier) return isReached;
    if (waiting !== Waiting.turn) return false;
    return refusal !== ErrorCode.ok || this.#client.isReadOnly || !this.#entersLog(op);
  }

  /** An auth that proves nothing new is answered here; one that does waits as a setIdentities. */
  #entersLog(op: number): boolean {
    if (op === OpCode.setIdentities) return true;
    const kind = this.#parts.operations.of(op)?.kind;
    return kind === OperationKind.write || kind === OperationKind.session;
  }

  /** Up to the next sync nothing holds writes back any more. */
  #proposeWaiting(): void {
    const { executor } = this.#parts;
    for (const pending of this.#pending) {
      const { waiting, op, record, refusal } = pending;
      if (waiting === Waiting.barrier) return;
      if (waiting !== Waiting.turn || refusal !== ErrorCode.ok || !this.#entersLog(op)) continue;
      executor.propose(this.#client, pending, op, record, 0, record.length);
      pending.waiting = Waiting.apply;
      pending.record = NO_BYTES;
      this.heldBytes += pending.bytes - record.length;
      this.#entries++;
    }
  }

  /** Answers a read, a sync that was reached, or what is known already, from the state as it is now. */
  #answer({ xid, op, record, refusal, token, sinceMs, isAsked }: Pending): void {
    const outflow = this.#outflow;
    if (outflow.ending) return;
    // Reads between two writes are answered together: what that comes to is known only now.
    if (outflow.endsFor('asked for more')) return;
    const { lastZxid } = this.#parts.executor;
    if (isAsked) this.#parts.audit?.reconfig(this.#client, refusal === ErrorCode.ok ? 'success' : 'failure');
    if (refusal !== ErrorCode.ok || isAuthentication(op) || op === OpCode.closeSession)
      this.#answerKnown(xid, op, refusal, token);
    else if (op === OpCode.reconfig) {
      this.#meter.replied(op, xid, lastZxid, sinceMs);
      this.#parts.executor.answerReconfig(outflow.write(), xid);
    } else if (op === OpCode.sync) {
      this.#meter.replied(op, xid, lastZxid, sinceMs);
      answerSync(outflow.write(), xid, record, lastZxid);
    } else {
      reader.reset(record, 0, record.length);
      this.#read(this.#parts.operations.of(op, this.#client.isOwn)!, xid, sinceMs);
    }
  }

  /** `reader` stands at the record. */
  #read(operation: Operation, xid: number, sinceMs: number): void {
    const { executor } = this.#parts;
    this.#meter.replied(operation.op, xid, executor.lastZxid, sinceMs);
    executor.read(operation, xid, reader, this.#outflow.write(), this.#client);
  }

  #answerKnown(xid: number, op: number, err: ErrorCode, token?: Uint8Array): void {
    const outflow = this.#outflow;
    if (isAuthentication(op) || err === ErrorCode.sessionClosedRequireSaslAuth)
      this.#answerAuth(xid, op, err, token);
    else if (this.#parts.operations.of(op, this.#client.isOwn) !== undefined) {
      writeHeaderReply(outflow.write(), xid, this.#parts.executor.lastZxid, err);
      // A reader's: it is nowhere but here.
      if (op === OpCode.closeSession) outflow.end();
    } else {
      writeHeaderReply(outflow.write(), xid, UNKNOWN_OPERATION_ZXID, err);
      outflow.end();
    }
  }

  /** As in ZooKeeper the reply's zxid is 0, and a connection that could not prove what it said, or had to say, is closed. */
  #answerAuth(xid: number, op: number, err: ErrorCode, token: Uint8Array | undefined): void {
    const out = this.#outflow.write();
    if (op === OpCode.sasl) writeSaslReply(out, xid, err, err === ErrorCode.ok ? token : undefined);
    else writeHeaderReply(out, xid, 0, err);
    if (err === ErrorCode.authFailed || err === ErrorCode.sessionClosedRequireSaslAuth) this.#outflow.end();
  }
}

function isAuthentication(op: number): boolean {
  return operationOf(op)?.kind === OperationKind.authentication;
}
