import { REPLY_HEADER_BYTES } from './replies.ts';

/** A frame's length and its reply header. */
const HEAD_BYTES = 4 + REPLY_HEADER_BYTES;

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** What the scanner tells its owner; called for each reply in order, once all of it is there, from within `push`. */
export interface ReplyListener {
  onReply(xid: number, err: number, frameBytes: number): void;
}

/**
 * Splits a byte stream into replies, looking only at their headers and skipping the rest where it lies.
 *
 *     | length 4 | xid 4 | zxid 8 | err 4 | rest: skipped |
 *
 * Allocates nothing after construction; a header cut by the end of a chunk waits in a buffer of 20 bytes.
 */
export class ReplyScanner {
  readonly #listener: ReplyListener;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headLength = 0;
  #toSkip = 0;
  /** Of the reply whose rest is skipped. */
  #xid = 0;
  #err = 0;
  #frameBytes = 0;

  constructor(listener: ReplyListener) {
    this.#listener = listener;
  }

  /** Throws on a frame that cannot be a reply. `chunk` is not kept. */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    if (this.#toSkip > 0) {
      const skipped = Math.min(this.#toSkip, length);
      this.#toSkip -= skipped;
      at = skipped;
      if (this.#toSkip === 0) this.#listener.onReply(this.#xid, this.#err, this.#frameBytes);
    }
    while (at < length) {
      if (this.#headLength > 0 || length - at < HEAD_BYTES) {
        const copied = Math.min(HEAD_BYTES - this.#headLength, length - at);
        chunk.copy(this.#head, this.#headLength, at, at + copied);
        this.#headLength += copied;
        at += copied;
        if (this.#headLength < HEAD_BYTES) return;
        this.#headLength = 0;
        at = this.#reply(this.#head, 0, at, length);
      } else {
        at = this.#reply(chunk, at, at + HEAD_BYTES, length);
      }
    }
  }

  /** Reports the reply whose head stands at `headAt`, once its rest is there, which begins at `restAt`. Returns where the next one begins. */
  #reply(from: Buffer, headAt: number, restAt: number, length: number): number {
    const frameBytes = from.readInt32BE(headAt);
    if (frameBytes < REPLY_HEADER_BYTES || frameBytes > MAX_FRAME_BYTES) {
      throw new Error(`a frame of ${frameBytes} bytes is no reply`);
    }
    const xid = from.readInt32BE(headAt + 4);
    const err = from.readInt32BE(headAt + 16);
    const end = restAt + frameBytes - REPLY_HEADER_BYTES;
    if (end <= length) {
      this.#listener.onReply(xid, err, frameBytes);
      return end;
    }
    this.#xid = xid;
    this.#err = err;
    this.#frameBytes = frameBytes;
    this.#toSkip = end - length;
    return length;
  }
}
