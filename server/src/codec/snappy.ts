import { allocateBytes } from '@rookery/protocol';
import { PieceBuffer } from './piece-buffer.ts';

/**
 * Snappy as Java's `SnappyOutputStream` writes it, big-endian:
 *
 *   82 'SNAPPY' 00, int version, int lowest version that reads it
 *   (int length, block)*
 *
 * A block is a varint of how long it becomes, and elements: bytes as they are, or copies of what came before.
 */
const MAGIC = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0);
const HEADER_BYTES = MAGIC.length + 8;
const VERSION = 1;
const FIRST_BUFFER_BYTES = 64 * 1024;
/** Java's blocks have 32 kB; nobody writes larger ones than this. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

export const SnappyFault = { noSnappy: 'no-snappy', malformed: 'malformed' } as const;
export type SnappyFault = (typeof SnappyFault)[keyof typeof SnappyFault];

/** Reads such a stream in pieces, cut anywhere. Whatever the bytes are, the answer is a fault's code, never an exception. */
export class SnappyReader {
  readonly #buffer = new PieceBuffer(FIRST_BUFFER_BYTES);
  #hasBegun = false;

  /** The blocks that the piece completes, or what is wrong. */
  feed(piece: Uint8Array): Uint8Array[] | SnappyFault {
    const buffer = this.#buffer;
    const blocks: Uint8Array[] = [];
    buffer.append(piece);
    if (!this.#hasBegun) {
      if (buffer.length < HEADER_BYTES) return blocks;
      const { bytes, at } = buffer;
      const isOne =
        MAGIC.every((byte, i) => bytes[at + i] === byte) && intAt(bytes, at + MAGIC.length + 4) <= VERSION;
      if (!isOne) return SnappyFault.noSnappy;
      buffer.at += HEADER_BYTES;
      this.#hasBegun = true;
    }
    while (buffer.length >= 4) {
      const { bytes, at } = buffer;
      const length = intAt(bytes, at);
      if (length < 0 || length > MAX_BLOCK_BYTES) return SnappyFault.malformed;
      if (buffer.length < 4 + length) break;
      const block = uncompress(bytes, at + 4, at + 4 + length);
      if (block === undefined) return SnappyFault.malformed;
      blocks.push(block);
      buffer.at += 4 + length;
    }
    return blocks;
  }

  /** All pieces were fed: whether the last block is whole. */
  get isWhole(): boolean {
    return this.#hasBegun && this.#buffer.length === 0;
  }
}

function intAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** undefined: the bytes are no block. */
function uncompress(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  let at = start;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) return undefined;
    const byte = bytes[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > MAX_BLOCK_BYTES) return undefined;
  const out = allocateBytes(length);
  let filled = 0;
  while (at < end) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let count = tag >> 2;
      const extra = count < 60 ? 0 : count - 59;
      if (extra > 0) {
        if (at + extra > end) return undefined;
        count = littleEndian(bytes, at, extra);
        at += extra;
      }
      count++;
      if (at + count > end || filled + count > length) return undefined;
      out.set(bytes.subarray(at, at + count), filled);
      at += count;
      filled += count;
      continue;
    }
    const offsetBytes = kind === 3 ? 4 : kind;
    if (at + offsetBytes > end) return undefined;
    const low = littleEndian(bytes, at, offsetBytes);
    at += offsetBytes;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? (tag >> 5) * 256 + low : low;
    if (offset === 0 || offset > filled || filled + count > length) return undefined;
    // It may overlap what it makes: byte by byte.
    for (let i = 0; i < count; i++, filled++) out[filled] = out[filled - offset]!;
  }
  return filled === length ? out : undefined;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}
