import { asSessionId, type SessionId } from '../model/ids.ts';
import type { Entropy } from '../ports/entropy.ts';

/**
 * Beyond all zxids that there ever are, and so beyond all sessions of the log: those grow from 1, by 2^40 at a forced recovery.
 */
const FIRST = 2 ** 52;

/**
 * The sessions of clients that read on a member which is cut off. They are in no log and hold nothing: whoever knows the password of such an id
 * goes on with it on any member that serves readers, and no other member knows it.
 */
export class ReaderSessions {
  readonly #entropy: Entropy;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** An id that most likely nobody has. */
  next(): SessionId {
    // 52 bits below the first.
    return asSessionId(FIRST + (this.#entropy.uint32() & 0xfffff) * 2 ** 32 + this.#entropy.uint32());
  }

  isOne(session: number): boolean {
    return session >= FIRST;
  }
}
