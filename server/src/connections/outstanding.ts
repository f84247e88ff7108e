import { ErrorCode } from '../model/error-codes.ts';
import type { BarrierWaiter } from '../replica/read-barrier.ts';
import type { Request } from '../replica/requests.ts';
import type { Applied } from '../replica/state-machine.ts';
import type { Connection } from './connection.ts';

/** What a place in a connection's line waits for. */
export const Waiting = {
  /** For its entry to be applied: writes, and the session's own beginning and end. */
  apply: 0,
  /** For the tree to hold all that was committed when it came: sync. */
  barrier: 1,
  /** For those before it: a read behind a write, a write behind a sync, a refusal behind either. */
  turn: 2,
} as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

const nothing = new Uint8Array(0);

/** A request whose reply is still owed: replies leave a connection in the order of its requests. */
export class Outstanding implements Request, BarrierWaiter {
  readonly connection: Connection;
  readonly waiting: Waiting;
  readonly xid: number;
  readonly op: number;
  /** apply: what goes into the log. */
  readonly command: Uint8Array;
  /** barrier and turn: the request's record, a copy. */
  readonly record: Uint8Array;
  /** When it came, monotonic. */
  readonly sinceMs: number;
  requestNumber = 0;
  submittedTerm = 0;
  cancelled = false;
  /** barrier: reached. The reply still waits for those in front of it. */
  isReached = false;
  /** turn: what it will be answered, where that is known already. */
  refusal: ErrorCode = ErrorCode.ok;

  constructor(
    connection: Connection,
    waiting: Waiting,
    xid: number,
    op: number,
    bytes: Uint8Array,
    sinceMs: number,
  ) {
    this.connection = connection;
    this.waiting = waiting;
    this.xid = xid;
    this.op = op;
    this.sinceMs = sinceMs;
    this.command = waiting === Waiting.apply ? bytes : nothing;
    this.record = waiting === Waiting.apply ? nothing : bytes;
  }

  /** What it holds in memory. */
  get bytes(): number {
    return this.command.length + this.record.length;
  }

  applied(result: Applied): void {
    this.connection.applied(this, result);
  }

  abandoned(): void {
    this.connection.closeFor(
      'the member was overtaken by a snapshot and cannot know what became of a request',
    );
  }

  reached(): void {
    this.isReached = true;
    this.connection.reached(this);
  }
}
