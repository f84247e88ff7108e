import type { FieldWriter } from '../model/field-writer.ts';
import { beginFrame, endFrame, PeerFrame } from './peer-frames.ts';
import type { Applied } from './state-machine.ts';

/** A write of this member's clients on its way through the log. Its fields are the queue's; its owner gets the outcome. */
export interface Request {
  /** Set by the queue: grows by one from request to request of this member, above every earlier life's. */
  requestNumber: number;
  /** Header and body as they go into the log, the number included. */
  readonly command: Uint8Array;
  /** The term under which it was handed to a leader; 0 while it was not. */
  submittedTerm: number;
  /** Nobody waits for it: where it was not handed over yet it need not be. */
  cancelled: boolean;
  /** Its entry was applied here. `result` is the state machine's and is valid during this call only. */
  applied(result: Applied): void;
  /** It was handed over, and this member cannot learn any more whether it was applied. */
  abandoned(): void;
}

/** Requests of one boot; the boot counter is durable, so that numbers never repeat under one Raft id. */
const requestsPerBoot = 2 ** 31;
const compactAt = 4096;

/**
 * The requests of this member that are not answered yet, in order: `[ handed over … | not handed over … ]`.
 *
 * Invariant: entries of this member enter the log in the order of their numbers, each once. So the applied entry's request is
 * always the oldest one. After the first entry of a newer term was applied, those handed over under an older term can no longer
 * commit (that entry would stand behind them) and go out once more, in the same order.
 */
export class Requests {
  private queue: (Request | undefined)[] = [];
  private head = 0;
  /** Position in `queue` of the first request that was not handed over. */
  private next = 0;
  private lastNumber: number;
  /** Up to here nobody waits: requests of earlier lives, and those abandoned in this one, of which entries may still come. */
  private forgottenTo: number;
  /** Bytes of commands that wait, handed over or not. */
  pendingBytes = 0;

  constructor(boot: number) {
    this.lastNumber = boot * requestsPerBoot;
    this.forgottenTo = this.lastNumber;
  }

  get pending(): number {
    return this.queue.length - this.head;
  }

  get unsent(): number {
    return this.queue.length - this.next;
  }

  nextNumber(): number {
    return this.lastNumber + 1;
  }

  push(request: Request): void {
    request.requestNumber = ++this.lastNumber;
    this.queue.push(request);
    this.pendingBytes += request.command.length;
  }

  /** The request that an applied entry of this member belongs to, or undefined where nobody waits for it any more. */
  take(requestNumber: number): Request | undefined {
    if (requestNumber <= this.forgottenTo) return undefined;
    const request = this.queue[this.head];
    if (request === undefined || request.requestNumber !== requestNumber) {
      throw new Error(
        `request ${requestNumber} of this member was applied while ${request?.requestNumber ?? 'none'} was the next: an order was broken`,
      );
    }
    this.queue[this.head++] = undefined;
    if (this.next < this.head) this.next = this.head;
    this.pendingBytes -= request.command.length;
    if (this.head >= compactAt && this.head * 2 > this.queue.length) {
      this.queue.splice(0, this.head);
      this.next -= this.head;
      this.head = 0;
    }
    return request;
  }

  /** The first entry of `term` was applied: what was handed over under older terms did not make it, and goes out again. */
  resolveOlderTerms(term: number): void {
    for (let i = this.head; i < this.next; i++) {
      const request = this.queue[i]!;
      if (request.submittedTerm < term) {
        // From here on nothing was handed over under `term` yet: that happens only after this call.
        this.next = i;
        break;
      }
    }
    for (let i = this.next; i < this.queue.length; i++) this.queue[i]!.submittedTerm = 0;
    this.dropCancelled();
  }

  /** The leader of `term` has received everything up to `position` over links that broke; the rest of that term is sent again. */
  resumeAfter(position: number, term: number): void {
    for (; this.next > this.head; this.next--) {
      const request = this.queue[this.next - 1]!;
      if (request.submittedTerm !== term || request.requestNumber <= position) return;
      request.submittedTerm = 0;
    }
  }

  /** Hands all waiting requests to `sink`, which takes them into a proposal or a forward frame under `term`. */
  handOver(term: number, sink: Uint8Array[]): void {
    for (; this.next < this.queue.length; this.next++) {
      const request = this.queue[this.next]!;
      request.submittedTerm = term;
      sink.push(request.command);
    }
  }

  /** Requests that were never handed over and that nobody waits for disappear. */
  dropCancelled(): void {
    let kept = this.next;
    for (let i = this.next; i < this.queue.length; i++) {
      const request = this.queue[i]!;
      if (request.cancelled && request.submittedTerm === 0) this.pendingBytes -= request.command.length;
      else this.queue[kept++] = request;
    }
    this.queue.length = kept;
  }

  /** The log was overtaken by a snapshot: whether these were applied cannot be known here. */
  abandonHandedOver(): void {
    for (let i = this.head; i < this.next; i++) {
      const request = this.queue[i]!;
      this.pendingBytes -= request.command.length;
      this.forgottenTo = request.requestNumber;
      request.abandoned();
    }
    this.queue.splice(0, this.next);
    this.head = 0;
    this.next = 0;
  }
}

/** [f64 term][u32 count] and the commands as blocks, in order. */
export function writeForward(writer: FieldWriter, term: number, commands: readonly Uint8Array[]): void {
  const start = beginFrame(writer, PeerFrame.forward);
  writer.f64(term);
  writer.u32(commands.length);
  for (let i = 0; i < commands.length; i++) writer.block(commands[i]!);
  endFrame(writer, start);
}
