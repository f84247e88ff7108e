import { FieldWriter } from '../../codec/field-writer.ts';
import { MemberErrorCode } from '../../errors/error-codes.ts';
import { peerFormat } from './peer-format.ts';

/** Frames of one turn leave as one write, but for so many bytes: gathering more costs copies and lets nobody begin with them. */
const GATHERED_BYTES = 1024 * 1024;

/** A bug of this member: what goes into frames is cut so that each of them fits (bounds/relations.ts). */
export class OversizedFrame extends Error {
  override readonly name: string = 'OversizedFrame';
  readonly code = MemberErrorCode.oversizedFrame;
}

/** Where the frames for one member are gathered. None of them may be longer than what that member takes. */
export class Outbox extends FieldWriter {
  readonly #peerFrameBytes: number;
  readonly #leave: () => void;

  /** `leave` sends what was gathered, where that does not wait for the end of the turn. */
  constructor(peerFrameBytes: number, leave: () => void = () => {}) {
    super(peerFormat);
    this.#peerFrameBytes = peerFrameBytes;
    this.#leave = leave;
  }

  /** The frame whose length prefix stands at `start` is whole. Throws OversizedFrame where it would be refused; it is taken back then. */
  frameEnded(start: number, lengthBytes: number): void {
    const length = this.length - start - lengthBytes;
    if (length > this.#peerFrameBytes) {
      const kind = this.bytes[start + lengthBytes];
      this.length = start;
      throw new OversizedFrame(
        `a frame of kind ${kind} came to ${length} bytes, and members take ${this.#peerFrameBytes}: its writer does not keep to its bound`,
      );
    }
    this.patchU32(start, length);
    if (this.length >= GATHERED_BYTES) this.#leave();
  }
}
