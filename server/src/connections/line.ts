import { ErrorCode } from '../model/error-codes.ts';
import { OpCode } from '../model/op-codes.ts';
import { OperationKind, operationOf } from './operations.ts';
import type { Outstanding } from './outstanding.ts';
import { Waiting } from './outstanding.ts';

/** Who answers: the connection to which the line belongs. */
export interface LineOwner {
  readonly isOpen: boolean;
  /** Whether an answer that could be given now has to wait for a later turn, or for the client to read. */
  readonly mustWait: boolean;
  /** Wants `resume` to be called. */
  waits(): void;
  /** Answers a read, a sync that was reached, or a refusal, from the state as it is now. */
  answer(owed: Outstanding): void;
  /** Puts a request that waited into the log. */
  propose(xid: number, op: number, body: Uint8Array, start: number, end: number): Outstanding;
}

/**
 * The requests of one connection that are owed a reply, in the order in which they came.
 *
 *   │ write │ read │ sync │ read │ write │
 *     in the  waits  waits   waits  is not proposed before the sync is answered: applied too early, it
 *     log             for a round   would show in the read between them
 *
 * Each request sees the state that those before it left, and answers leave in this order. Where their owner cannot take more of them,
 * the rest waits for `resume`, and writes that come meanwhile wait behind it; not so where a write of this line is in the log already:
 * reads before it must not see it.
 */
export class Line {
  private readonly owner: LineOwner;
  private owed: Outstanding[] = [];
  /** Syncs in line. */
  private barriers = 0;
  /** Writes in line that are in the log. */
  private entries = 0;
  /** What stands first could be answered, and waits for `resume`. */
  private isPutOff = false;
  /** Bytes of requests in line. */
  heldBytes = 0;

  constructor(owner: LineOwner) {
    this.owner = owner;
  }

  get length(): number {
    return this.owed.length;
  }

  /** Whether a write that comes now must wait with its proposal. */
  get holdsWrites(): boolean {
    return this.barriers > 0 || this.isPutOff;
  }

  push(owed: Outstanding): void {
    if (owed.waiting === Waiting.barrier) this.barriers++;
    else if (owed.waiting === Waiting.apply) this.entries++;
    this.heldBytes += owed.bytes;
    this.owed.push(owed);
  }

  /**
   * The entry of the first request was applied and answered. It is the first: entries apply in the order of requests, and what
   * stood before it was answered by the same rule.
   */
  firstApplied(): void {
    this.entries--;
    this.advance(1);
  }

  /** Goes on with what was put off; true where nothing is any more. */
  resume(): boolean {
    if (this.isPutOff) this.advance(0);
    return !this.isPutOff;
  }

  /** A sync has been reached; if it is the first, it can be answered. */
  reached(owed: Outstanding): void {
    if (this.owed[0] === owed && !this.isPutOff) this.advance(0);
  }

  /** Nobody waits any more. */
  cancel(): void {
    // The end of a session comes about whether or not its client waits for the reply.
    for (const owed of this.owed) owed.cancelled = owed.op !== OpCode.closeSession;
    this.owed = [];
    this.barriers = 0;
    this.entries = 0;
    this.isPutOff = false;
    this.heldBytes = 0;
  }

  private advance(answered: number): void {
    const { owed, owner } = this;
    const barriersBefore = this.barriers;
    const wasPutOff = this.isPutOff;
    this.isPutOff = false;
    let at = answered;
    for (; at < owed.length && isAnswerable(owed[at]!); at++) {
      if (this.entries === 0 && owner.mustWait) {
        this.isPutOff = true;
        break;
      }
      if (owed[at]!.waiting === Waiting.barrier) this.barriers--;
      owner.answer(owed[at]!);
      if (!owner.isOpen) return;
    }
    for (let i = 0; i < at; i++) this.heldBytes -= owed[i]!.bytes;
    owed.splice(0, at);
    if (this.isPutOff) {
      // What was put off before is looked at in each turn, and must not ask for them: a client that does not read would keep its member busy.
      if (!wasPutOff) owner.waits();
    } else if (wasPutOff || this.barriers < barriersBefore) this.proposeWaiting();
  }

  /** Up to the next sync nothing holds writes back any more. */
  private proposeWaiting(): void {
    const { owed } = this;
    for (let i = 0; i < owed.length; i++) {
      const { waiting, xid, op, record, refusal } = owed[i]!;
      if (waiting === Waiting.barrier) return;
      if (waiting !== Waiting.turn || refusal !== ErrorCode.ok || !entersLog(op)) continue;
      const proposed = this.owner.propose(xid, op, record, 0, record.length);
      this.heldBytes += proposed.bytes - record.length;
      this.entries++;
      owed[i] = proposed;
    }
  }
}

/** Given that everything before it was answered. */
function isAnswerable(owed: Outstanding): boolean {
  if (owed.waiting === Waiting.barrier) return owed.isReached;
  return owed.waiting === Waiting.turn && (owed.refusal !== ErrorCode.ok || !entersLog(owed.op));
}

/** An auth that proves nothing new is answered here; one that does waits as a setIdentities. */
function entersLog(op: number): boolean {
  if (op === OpCode.setIdentities) return true;
  const kind = operationOf(op)?.kind;
  return kind === OperationKind.write || kind === OperationKind.session;
}
