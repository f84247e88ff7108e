import { Writer } from '../codec/jute-writer.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { ClientCounters } from './client-counters.ts';

/** Before each message. */
const lengthBytes = 4;
const minOutBytes = 512;
const maxOutBytes = 256 * 1024;

/** What an outflow needs of its connection. */
export interface OutflowOwner {
  readonly socket: ClientSocket;
  readonly isOpen: boolean;
  /** Wants a `flush` at the end of this turn. */
  awaitsFlush(): void;
  /** All has left that will. */
  ended(): void;
}

/** What goes out over one connection: replies and events of a turn, which leave as one write. */
export class Outflow {
  /** Nothing more will be said once what was written has left. */
  ending = false;
  private readonly owner: OutflowOwner;
  private readonly counters: ClientCounters;
  private readonly out = new Writer(0);
  private dirty = false;
  /** Where the message begins that was written last; -1 where none waits here. */
  private newest = -1;

  constructor(owner: OutflowOwner, counters: ClientCounters) {
    this.counters = counters;
    this.owner = owner;
  }

  /** Bytes that the other side has not taken yet. */
  get unsentBytes(): number {
    return this.out.length + this.owner.socket.bufferedBytes();
  }

  /** Where the next message goes. */
  write(): Writer {
    this.awaitFlush();
    this.messageEnded();
    this.newest = this.out.length;
    return this.out;
  }

  end(): void {
    this.ending = true;
    this.awaitFlush();
  }

  flush(): void {
    const { owner, out } = this;
    this.dirty = false;
    if (!owner.isOpen) return;
    this.messageEnded();
    this.newest = -1;
    const { length } = out;
    if (length > 0) {
      this.counters.sentBytes += length;
      owner.socket.write(out.detach(Math.min(Math.max(length, minOutBytes), maxOutBytes)));
    }
    if (this.ending) {
      owner.socket.end();
      owner.ended();
    }
  }

  /** A message ends where the next one begins, or what was gathered leaves. */
  private messageEnded(): void {
    if (this.newest !== -1) this.counters.sentSizes.record(this.out.length - this.newest - lengthBytes);
  }

  private awaitFlush(): void {
    if (this.dirty) return;
    this.dirty = true;
    this.owner.awaitsFlush();
  }
}
