import { FrameReader, FrameStatus } from '@rookery/protocol';

/** What comes in over one connection, cut into requests. While it is paused, what the system had read before is kept. */
export class Inflow {
  paused = false;
  readonly frames: FrameReader;
  /** Chunks that came while paused. */
  #held: Uint8Array[] = [];
  #heldChunkBytes = 0;

  constructor(maxFrameBytes: number) {
    this.frames = new FrameReader(maxFrameBytes, true);
  }

  /** Bytes in memory of what came and was not taken yet. */
  get heldBytes(): number {
    return this.frames.heldBytes + this.#heldChunkBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.paused) {
      this.#held.push(chunk);
      this.#heldChunkBytes += chunk.length;
    } else this.frames.push(chunk);
  }

  /** Goes to the next message, which `frames` shows until the call after. */
  next(): FrameStatus {
    for (;;) {
      const status = this.frames.next();
      if (status !== FrameStatus.none) return status;
      const chunk = this.#held.shift();
      if (chunk === undefined) return status;
      this.#heldChunkBytes -= chunk.length;
      this.frames.push(chunk);
    }
  }

  /** What stands there instead of a message, for people. */
  whyNoFrame(status: FrameStatus): string {
    const announced = `a message announces ${this.frames.badLength} bytes`;
    return status === FrameStatus.negative ? announced : `${announced}, more than jute.maxbuffer allows`;
  }
}
