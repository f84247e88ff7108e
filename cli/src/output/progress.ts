import type { Writable } from 'node:stream';

const PERIOD_MS = 100;
const CLEAR = '\r\u001b[K';

/** One line on a terminal that says how far long work is. Elsewhere it says nothing. */
export class Progress {
  readonly #stream: Writable | undefined;
  readonly #nowMs: () => number;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #isShown = false;

  /** @param stream undefined where there is no terminal */
  constructor(stream: Writable | undefined, nowMs: () => number) {
    this.#stream = stream;
    this.#nowMs = nowMs;
  }

  show(text: string): void {
    if (this.#stream === undefined) return;
    const now = this.#nowMs();
    if (now - this.#shownAtMs < PERIOD_MS) return;
    this.#shownAtMs = now;
    this.#isShown = true;
    this.#stream.write(`${CLEAR}${text}`);
  }

  /** Before anything else is written there. */
  clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#stream?.write(CLEAR);
  }
}
