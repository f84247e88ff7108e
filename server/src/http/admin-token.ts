import { createHash, timingSafeEqual } from 'node:crypto';

const FINGERPRINT_DIGITS = 16;

/** What callers of /admin have to send: one, or one of two while the one is changed for the other. */
export class AdminToken {
  /** Digests have one length, so that comparing takes one time. */
  #wanted: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#wanted = tokens.map(digest);
  }

  /** @returns whether they are others than before */
  replace(tokens: readonly string[]): boolean {
    const wanted = tokens.map(digest);
    const isSame =
      wanted.length === this.#wanted.length &&
      wanted.every((one, at) => this.#wanted[at]?.equals(one) === true);
    this.#wanted = wanted;
    return !isSame;
  }

  /** By which those who have one of them know that it is taken: the first hexadecimal digits of their SHA-256. */
  get fingerprints(): readonly string[] {
    return this.#wanted.map((one) => one.toString('hex').slice(0, FINGERPRINT_DIGITS));
  }

  /** @param header of the request: `Bearer`, blanks, the token */
  isIn(header: string): boolean {
    const given = /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
    const digestOfGiven = digest(given);
    let isRight = false;
    // All of them, in constant time.
    for (const wanted of this.#wanted) if (timingSafeEqual(digestOfGiven, wanted)) isRight = true;
    return isRight;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
