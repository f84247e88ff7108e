import { allocateBytes, copyBytes, decodeLatin1, NO_BYTES } from './bytes.ts';

const LENGTH_BYTES = 4;

/** What `FrameReader.next` found. */
export const FrameStatus = {
  /** Nothing whole is left: push more. */
  none: 0,
  /** A message: `bytes[start, end)`. */
  frame: 1,
  /** The connection began with a four-letter word: `word`. */
  word: 2,
  /** The next message says that it is longer than allowed. No way to go on: close. */
  tooLong: 3,
  /** The next message says that its length is negative. Close. */
  negative: 4,
} as const;
export type FrameStatus = (typeof FrameStatus)[keyof typeof FrameStatus];

/**
 * Splits a stream of chunks into messages: a 4-byte big-endian length and that many bytes.
 *
 *   chunk  …|len|  frame  |len|  frame  |len|  fra        frames are ranges of the chunk
 *   chunk  me  |len|  frame  |…                           the one cut in two is put together in `partial`
 *
 * A frame is valid until the next push.
 */
export class FrameReader {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  word = '';
  /** What the failing length prefix said. */
  badLength = 0;

  readonly #maxFrameBytes: number;
  #chunk: Uint8Array = NO_BYTES;
  #position = 0;
  /** A message whose beginning came in earlier chunks, its prefix included. */
  #partial: Uint8Array = NO_BYTES;
  #partialLength = 0;
  #first: boolean;
  #stuck: FrameStatus = FrameStatus.none;

  /** With `words` the stream may begin with a four-letter word in place of a length. */
  constructor(maxFrameBytes: number, words = false) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#first = words;
  }

  /** Bytes of a message that is not complete yet. */
  get pendingBytes(): number {
    return this.#partialLength + this.#chunk.length - this.#position;
  }

  /** Bytes of memory that it keeps: room for a message that is not complete yet, and what was not read of the chunk. */
  get heldBytes(): number {
    return this.#partial.length + this.#chunk.length - this.#position;
  }

  /** Takes the next chunk of the stream. Everything of the one before must have been read by `next` until `none`. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  next(): FrameStatus {
    if (this.#stuck !== FrameStatus.none) return this.#stuck;
    return this.#partialLength > 0 ? this.#nextFromPartial() : this.#nextFromChunk();
  }

  #nextFromChunk(): FrameStatus {
    const chunk = this.#chunk;
    const at = this.#position;
    const left = chunk.length - at;
    if (left < LENGTH_BYTES) return this.#keep(LENGTH_BYTES);
    const length = readLength(chunk, at);
    if (length < 0 || length > this.#maxFrameBytes) return this.#stick(chunk, at, length);
    if (left - LENGTH_BYTES < length) return this.#keep(LENGTH_BYTES + length);
    this.#first = false;
    this.bytes = chunk;
    this.start = at + LENGTH_BYTES;
    this.end = this.#position = this.start + length;
    return FrameStatus.frame;
  }

  /** Saves what is left of the chunk; `wanted` is how far the message is known to go. */
  #keep(wanted: number): FrameStatus {
    const left = this.#chunk.length - this.#position;
    this.#take(left, wanted);
    return FrameStatus.none;
  }

  #nextFromPartial(): FrameStatus {
    if (!this.#fill(LENGTH_BYTES)) return FrameStatus.none;
    const length = readLength(this.#partial, 0);
    if (length < 0 || length > this.#maxFrameBytes) return this.#stick(this.#partial, 0, length);
    this.#first = false;
    const whole = LENGTH_BYTES + length;
    if (!this.#fill(whole)) return FrameStatus.none;
    this.bytes = this.#partial;
    this.start = LENGTH_BYTES;
    this.end = whole;
    // The memory goes away with the frame: a connection that once sent a large message does not keep its size.
    this.#partial = NO_BYTES;
    this.#partialLength = 0;
    return FrameStatus.frame;
  }

  /** Moves bytes from the chunk to the partial message until it has `wanted` of them. */
  #fill(wanted: number): boolean {
    const missing = wanted - this.#partialLength;
    if (missing > 0) this.#take(Math.min(missing, this.#chunk.length - this.#position), wanted);
    return this.#partialLength >= wanted;
  }

  /** Memory grows with what has arrived (at most doubling, up to `wanted`), not with what a length prefix claims. */
  #take(count: number, wanted: number): void {
    const needed = this.#partialLength + count;
    if (this.#partial.length < needed) {
      const grown = allocateBytes(Math.min(wanted, Math.max(needed, 2 * this.#partial.length)));
      copyBytes(grown, 0, this.#partial, 0, this.#partialLength);
      this.#partial = grown;
    }
    const from = this.#position;
    copyBytes(this.#partial, this.#partialLength, this.#chunk, from, from + count);
    this.#partialLength = needed;
    this.#position = from + count;
    if (this.#position === this.#chunk.length) {
      this.#chunk = NO_BYTES;
      this.#position = 0;
    }
  }

  #stick(bytes: Uint8Array, at: number, length: number): FrameStatus {
    this.badLength = length;
    if (this.#first && isWord(bytes, at)) {
      this.word = decodeLatin1(bytes, at, at + LENGTH_BYTES);
      this.#stuck = FrameStatus.word;
    } else {
      this.#stuck = length < 0 ? FrameStatus.negative : FrameStatus.tooLong;
    }
    return this.#stuck;
  }
}

function readLength(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Four lower-case letters: as a length that would be beyond 1.6 GB. */
function isWord(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + LENGTH_BYTES; i++) if (bytes[i]! < 0x61 || bytes[i]! > 0x7a) return false;
  return true;
}
