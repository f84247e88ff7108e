import type { Applied } from './applied.ts';
import type { NumberRange } from './number-range.ts';
import type { Outbox } from './peers/outbox.ts';
import { beginFrame, endFrame, PeerFrame } from './peers/peer-frames.ts';

/** A write of this member's clients on its way through the log. Its fields are the queue's; its owner gets the outcome. */
export interface Request {
  /** Set by the queue: grows by one from request to request of this member, above every earlier life's. */
  requestNumber: number;
  /** Header and body as they go into the log, the number included. */
  readonly command: Uint8Array;
  /** The term under which it was handed to a leader; 0 while it was not. */
  submittedTerm: number;
  /** Nobody waits for it: where it was not handed over yet it is not any more. */
  cancelled: boolean;
  /** Its entry was applied here. `result` is the state machine's and is valid during this call only. */
  applied(result: Applied): void;
  /** It was handed over, and this member cannot learn any more whether it was applied. */
  abandoned(): void;
}

const COMPACT_AT = 4096;

/**
 * The requests of this member that are not answered yet, in order: `[ handed over … | not handed over … ]`.
 *
 * Invariant: entries of this member enter the log in the order of their numbers, each once. So the applied entry's request is
 * always the oldest one. No more than `windowBytes` are handed over and not applied here (one request always may), so that a leader holds a
 * bounded number of bytes for each member. After the first entry of a newer term was applied, those handed over under an older term can no longer
 * commit (that entry would stand behind them) and go out once more, in the same order.
 */
export class Requests {
  #queue: (Request | undefined)[] = [];
  #head = 0;
  /** Position in `queue` of the first request that was not handed over. */
  #next = 0;
  readonly #numbers: NumberRange;
  readonly #windowBytes: number;
  /** The number given last; of an earlier life where none was. */
  last: number;
  /** Up to here nobody waits: requests of earlier lives, and those abandoned in this one, of which entries may still come. */
  #forgottenTo: number;
  /** Bytes of commands that wait, handed over or not. */
  pendingBytes = 0;
  /** Of these, of commands that were handed over. */
  handedOverBytes = 0;

  constructor(numbers: NumberRange, windowBytes: number) {
    this.#numbers = numbers;
    this.#windowBytes = windowBytes;
    this.last = numbers.before;
    this.#forgottenTo = this.last;
  }

  get pending(): number {
    return this.#queue.length - this.#head;
  }

  /** Places that the queue takes: those of answered requests go now and then, many at once. */
  get places(): number {
    return this.#queue.length;
  }

  get unsent(): number {
    return this.#queue.length - this.#next;
  }

  /** There is no number for one more request. */
  get isUsedUp(): boolean {
    return this.#numbers.isUsedUp(this.last);
  }

  /** Whether it is the number of a request that this life of the member took. */
  isOfThisLife(requestNumber: number): boolean {
    return requestNumber > this.#numbers.before && requestNumber <= this.last;
  }

  nextNumber(): number {
    return this.last + 1;
  }

  push(request: Request): void {
    request.requestNumber = ++this.last;
    this.#queue.push(request);
    this.pendingBytes += request.command.length;
  }

  /**
   * The request that an applied entry of this member belongs to, or undefined where nobody waits for it any more. A number that was never given
   * here is not this member's, whatever its entry says: somebody spoke in its name.
   */
  settle(requestNumber: number): Request | undefined {
    if (requestNumber <= this.#forgottenTo || requestNumber > this.last) return undefined;
    const request = this.#queue[this.#head];
    if (request === undefined || request.requestNumber !== requestNumber) {
      throw new Error(
        `request ${requestNumber} of this member was applied while ${request?.requestNumber ?? 'none'} was the next: an order was broken`,
      );
    }
    this.#queue[this.#head++] = undefined;
    if (this.#next < this.#head) this.#next = this.#head;
    this.pendingBytes -= request.command.length;
    this.handedOverBytes -= request.command.length;
    if (this.#head >= COMPACT_AT && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#next -= this.#head;
      this.#head = 0;
    }
    return request;
  }

  /** The first entry of `term` was applied: what was handed over under older terms did not make it, and goes out again. */
  resolveOlderTerms(term: number): void {
    for (let i = this.#head; i < this.#next; i++) {
      const request = this.#queue[i]!;
      if (request.submittedTerm < term) {
        // From here on nothing was handed over under `term` yet: that happens only after this call.
        this.#takeBackFrom(i);
        return;
      }
    }
  }

  /** The leader of `term` has received everything up to `position` over links that broke; the rest of that term is sent again. */
  resumeAfter(position: number, term: number): void {
    let from = this.#next;
    for (; from > this.#head; from--) {
      const request = this.#queue[from - 1]!;
      if (request.submittedTerm !== term || request.requestNumber <= position) break;
    }
    this.#takeBackFrom(from);
  }

  /** The commands that were handed over, of which nobody knows yet whether they were applied. */
  *handedOver(): Iterable<Uint8Array> {
    for (let i = this.#head; i < this.#next; i++) yield this.#queue[i]!.command;
  }

  /** Those from this position on count as not handed over. */
  #takeBackFrom(position: number): void {
    for (let i = position; i < this.#next; i++) {
      const request = this.#queue[i]!;
      request.submittedTerm = 0;
      this.handedOverBytes -= request.command.length;
    }
    this.#next = position;
  }

  /**
   * Hands waiting requests to `sink`, which takes them into a proposal or forward frames under `term`: as many as the window has room
   * for. Those that nobody waits for any more are left out, for good.
   */
  handOver(term: number, sink: Uint8Array[]): void {
    const queue = this.#queue;
    const windowBytes = this.#windowBytes;
    let at = this.#next;
    for (; at < queue.length; at++) {
      const request = queue[at]!;
      const { length } = request.command;
      if (request.cancelled) {
        this.pendingBytes -= length;
        continue;
      }
      if (this.handedOverBytes > 0 && this.handedOverBytes + length > windowBytes) break;
      this.handedOverBytes += length;
      request.submittedTerm = term;
      sink.push(request.command);
      queue[this.#next++] = request;
    }
    if (at === this.#next) return;
    queue.copyWithin(this.#next, at);
    queue.length -= at - this.#next;
  }

  /** The log was overtaken by a snapshot: whether these were applied cannot be known here. */
  abandonHandedOver(): void {
    for (let i = this.#head; i < this.#next; i++) {
      const request = this.#queue[i]!;
      this.pendingBytes -= request.command.length;
      this.#forgottenTo = request.requestNumber;
      request.abandoned();
    }
    this.#queue.splice(0, this.#next);
    this.#head = 0;
    this.#next = 0;
    this.handedOverBytes = 0;
  }
}

/** Commands in order, in frames of at most `frameBytes` of them (one command always fits): [f64 term][u32 count] and each as a block. */
export function writeForwards(
  writer: Outbox,
  term: number,
  commands: readonly Uint8Array[],
  frameBytes: number,
): void {
  for (let from = 0, end = 0; from < commands.length; from = end) {
    end = endWithin(commands, from, frameBytes);
    const start = beginFrame(writer, PeerFrame.forward);
    writer.f64(term);
    writer.u32(end - from);
    for (let i = from; i < end; i++) writer.block(commands[i]!);
    endFrame(writer, start);
  }
}

/** Where a batch ends that begins at `from` and has at most `maxBytes`, or one command. */
export function endWithin(commands: readonly Uint8Array[], from: number, maxBytes: number): number {
  let bytes = commands[from]!.length;
  let end = from + 1;
  for (; end < commands.length; end++) {
    bytes += commands[end]!.length;
    if (bytes > maxBytes) break;
  }
  return end;
}
