import type { ClientSocket } from '../ports/client-socket.ts';
import { FrameReader, FrameStatus } from '../wire/frame-reader.ts';

/** What takes the requests of a connection. */
export interface InflowOwner {
  readonly socket: ClientSocket;
  /** Wants no more requests, ever. */
  readonly isDone: boolean;
  /** Whether the client must wait before more of its requests are taken. */
  isFull(): boolean;
  /** A whole message, valid during the call. */
  frame(bytes: Uint8Array, start: number, end: number): void;
  /** What stands there is no message. */
  notAFrame(status: FrameStatus): void;
  /** Begins to wait. */
  waits(): void;
}

/**
 * What comes in over one connection, cut into requests. A client that is owed too much is not read from: the system's buffers fill
 * up, and then its own.
 *
 *   reading ──owner is full──► paused ──reconsider, room again──► reading
 */
export class Inflow {
  paused = false;
  readonly frames: FrameReader;
  private readonly owner: InflowOwner;
  /** Chunks that came while paused. */
  private held: Uint8Array[] = [];
  private heldChunkBytes = 0;

  constructor(owner: InflowOwner, maxFrameBytes: number) {
    this.owner = owner;
    this.frames = new FrameReader(maxFrameBytes, true);
  }

  /** Bytes in memory of what came and was not taken yet. */
  get heldBytes(): number {
    return this.frames.heldBytes + this.heldChunkBytes;
  }

  received(chunk: Uint8Array): void {
    if (this.paused) {
      // The system had read it before it was told to pause.
      this.held.push(chunk);
      this.heldChunkBytes += chunk.length;
      return;
    }
    this.frames.push(chunk);
    this.take();
  }

  /** Looks again whether requests may be taken; true where it waits for nothing any more. */
  reconsider(): boolean {
    if (!this.paused || this.owner.isDone) return true;
    if (this.owner.isFull()) return false;
    this.paused = false;
    this.take();
    if (!this.paused) this.owner.socket.resume();
    return !this.paused;
  }

  /** What stands there instead of a message, for people. */
  whyNoFrame(status: FrameStatus): string {
    const announced = `a message announces ${this.frames.badLength} bytes`;
    return status === FrameStatus.negative ? announced : `${announced}, more than jute.maxbuffer allows`;
  }

  /** Takes requests until there are no more, or as many are owed as may be. */
  private take(): void {
    const { owner, frames } = this;
    for (;;) {
      if (owner.isFull()) {
        this.pause();
        return;
      }
      const status = frames.next();
      if (status === FrameStatus.none) {
        const next = this.held.shift();
        if (next === undefined) return;
        this.heldChunkBytes -= next.length;
        frames.push(next);
        continue;
      }
      if (status !== FrameStatus.frame) {
        owner.notAFrame(status);
        return;
      }
      owner.frame(frames.bytes, frames.start, frames.end);
      if (owner.isDone) return;
    }
  }

  private pause(): void {
    this.paused = true;
    this.owner.socket.pause();
    this.owner.waits();
  }
}
