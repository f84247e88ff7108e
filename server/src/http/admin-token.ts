import { createHash, timingSafeEqual } from 'node:crypto';
import { promises as files } from 'node:fs';
import { token as tokenKind } from '../config/values.ts';
import type { Logger } from '../ports/logger.ts';

/** Callers without the token can make this member look at the file so often and no oftener. */
export const LOOK_EVERY_MS = 1_000;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * What callers of /admin have to send. A token that stands in a file follows the file: a call looks there again when LOOK_EVERY_MS have gone
 * by since the last look. While the file is away or holds no token, the one that it last held stays.
 */
export class AdminToken {
  readonly #file: string | undefined;
  readonly #log: Logger;
  readonly #monotonicMs: () => number;
  /** Digests have one length, so that comparing takes one time. */
  #wanted: Buffer;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #complaint = '';

  /** @param file where the token was read; undefined: it was given, and never changes */
  constructor(token: string, file: string | undefined, log: Logger, monotonicMs: () => number) {
    this.#wanted = digest(token);
    this.#file = file;
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  /** @param header of the request: `Bearer`, blanks, the token */
  async isIn(header: string): Promise<boolean> {
    await this.#look();
    const given = /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
    return timingSafeEqual(digest(given), this.#wanted);
  }

  #look(): Promise<void> | undefined {
    if (this.#file === undefined || this.#looking !== undefined) return this.#looking;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return undefined;
    this.#lookedMs = nowMs;
    this.#looking = this.#read(this.#file).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(file: string): Promise<void> {
    try {
      const token = tokenKind.parse((await files.readFile(file, 'utf8')).trim());
      if (token === undefined) throw new Error(`it does not hold ${tokenKind.allowed}`);
      const wanted = digest(token);
      this.#complaint = '';
      if (wanted.equals(this.#wanted)) return;
      this.#wanted = wanted;
      this.#log.info({ file }, 'the token of /admin has changed');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why === this.#complaint) return;
      this.#complaint = why;
      this.#log.warn({ file, why }, 'cannot read the token of /admin anew: the one that was read last stays');
    }
  }
}
