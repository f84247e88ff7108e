import { createHash, timingSafeEqual } from 'node:crypto';

/** What callers of /admin have to send. The content changes while the token is rotated. */
export class AdminToken {
  /** Digests have one length, so that comparing takes one time. */
  #wanted: Buffer;

  constructor(token: string) {
    this.#wanted = digest(token);
  }

  /** @returns whether it is another one than before */
  replace(token: string): boolean {
    const wanted = digest(token);
    const isOther = !wanted.equals(this.#wanted);
    this.#wanted = wanted;
    return isOther;
  }

  /** @param header of the request: `Bearer`, blanks, the token */
  isIn(header: string): boolean {
    const given = /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
    return timingSafeEqual(digest(given), this.#wanted);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
