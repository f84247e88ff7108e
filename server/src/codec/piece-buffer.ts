import { allocateBytes, copyBytes } from '@rookery/protocol';

/**
 * What came in pieces and was not taken yet, in one place: `bytes[at, end)`. Whoever takes some of it raises `at`. Each byte is moved a few times at
 * most, however long what is taken at once and however short the pieces.
 */
export class PieceBuffer {
  bytes: Uint8Array;
  at = 0;
  end = 0;

  constructor(firstBytes: number) {
    this.bytes = allocateBytes(firstBytes);
  }

  get length(): number {
    return this.end - this.at;
  }

  append(piece: Uint8Array): void {
    const left = this.length;
    if (left + piece.length > this.bytes.length) {
      const grown = allocateBytes(Math.max(this.bytes.length * 2, left + piece.length));
      copyBytes(grown, 0, this.bytes, this.at, this.end);
      this.bytes = grown;
    } else if (this.at > 0) this.bytes.copyWithin(0, this.at, this.end);
    this.at = 0;
    copyBytes(this.bytes, left, piece, 0, piece.length);
    this.end = left + piece.length;
  }
}
