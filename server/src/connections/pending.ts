import { ErrorCode, NO_BYTES } from '@rookery/protocol';
import type { BarrierWaiter } from '../replica/read-barrier.ts';
import type { ReconfigWaiter } from '../replica/reconfig-requests.ts';
import type { Applied } from '../replica/state-machine.ts';
import type { Proposal } from './executor.ts';

/** What a pending request waits for. */
export const Waiting = {
  /** For its entry to be applied: writes, and the end of the session. */
  apply: 0,
  /** For the tree to hold all that was committed when it came: sync. For the leader: reconfig. Writes behind it wait for it. */
  barrier: 1,
  /** For those before it: a read behind a write, a write behind a sync, a refusal behind either. */
  turn: 2,
} as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** The pipeline in which a request is pending. */
export interface PendingIn {
  answerWrite(pending: Pending, result: Applied): void;
  reached(pending: Pending): void;
  abandoned(): void;
}

/** A request whose reply is still owed: replies leave a connection in the order of its requests. */
export class Pending implements Proposal, BarrierWaiter, ReconfigWaiter {
  waiting: Waiting;
  readonly xid: number;
  readonly op: number;
  /** apply: what goes into the log. */
  command: Uint8Array = NO_BYTES;
  /** barrier and turn: the request's record, a copy. */
  record: Uint8Array;
  /** When it came, monotonic. */
  readonly sinceMs: number;
  requestNumber = 0;
  submittedTerm = 0;
  cancelled = false;
  /** reconfig: the leader is asked. That waits for what stands before it: by this its client has proved who it is. */
  isAsked = false;
  /** barrier: reached. The reply still waits for those in front of it. */
  isReached = false;
  /** turn: what it will be answered, where that is known already. */
  refusal: ErrorCode = ErrorCode.ok;
  /** sasl: what its reply hands on. */
  token: Uint8Array | undefined;
  readonly #pipeline: PendingIn;

  constructor(
    pipeline: PendingIn,
    waiting: Waiting,
    xid: number,
    op: number,
    record: Uint8Array,
    sinceMs: number,
  ) {
    this.#pipeline = pipeline;
    this.waiting = waiting;
    this.xid = xid;
    this.op = op;
    this.record = record;
    this.sinceMs = sinceMs;
  }

  /** What it holds in memory. */
  get bytes(): number {
    return this.command.length + this.record.length + (this.token?.length ?? 0);
  }

  applied(result: Applied): void {
    this.#pipeline.answerWrite(this, result);
  }

  abandoned(): void {
    this.#pipeline.abandoned();
  }

  reconfigured(err: ErrorCode): void {
    this.refusal = err;
    this.reached();
  }

  reached(): void {
    this.isReached = true;
    this.#pipeline.reached(this);
  }
}
