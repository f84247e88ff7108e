import type { ClientSocket } from '../replica/ports.ts';
import { Writer } from '../wire/writer.ts';

const minOutBytes = 512;
const maxOutBytes = 256 * 1024;

/** What an outflow needs of its connection. */
export interface OutflowOwner {
  readonly socket: ClientSocket;
  readonly isOpen: boolean;
  /** Wants a `flush` at the end of this turn. */
  awaitsFlush(): void;
  sent(bytes: number): void;
  /** All has left that will. */
  ended(): void;
}

/** What goes out over one connection: replies and events of a turn, which leave as one write. */
export class Outflow {
  /** Nothing more will be said once what was written has left. */
  ending = false;
  private readonly owner: OutflowOwner;
  private readonly out = new Writer(0);
  private dirty = false;

  constructor(owner: OutflowOwner) {
    this.owner = owner;
  }

  /** Bytes that the other side has not taken yet. */
  get unsentBytes(): number {
    return this.out.length + this.owner.socket.bufferedBytes();
  }

  /** Where the next message goes. */
  write(): Writer {
    this.awaitFlush();
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
    const { length } = out;
    if (length > 0) {
      owner.sent(length);
      owner.socket.write(out.detach(Math.min(Math.max(length, minOutBytes), maxOutBytes)));
    }
    if (this.ending) {
      owner.socket.end();
      owner.ended();
    }
  }

  private awaitFlush(): void {
    if (this.dirty) return;
    this.dirty = true;
    this.owner.awaitsFlush();
  }
}
