import { promises as files } from 'node:fs';
import type { Logger } from '../ports/logger.ts';

/** Often enough that what was rotated is in use within a few seconds, and cheap: a stat for each file. */
const LOOK_EVERY_MS = 1_000;

interface Watched {
  /** Asked again at each look: a link may have become a folder. */
  readonly paths: () => Promise<readonly string[]>;
  readonly changed: () => Promise<void>;
  /** `changed` was called and has not settled. */
  isTaken: boolean;
  /** What the files looked like when `changed` was called last. */
  seen: string;
  /** What they looked like at the last look. */
  latest: string;
}

/**
 * Calls those whose files changed. Links are followed, as Kubernetes swaps a link for all files of a Secret at once; files are compared by
 * device, inode, size and times. A change counts once two looks agree on it: whoever writes key and certificate one after the other is not
 * met half-way.
 */
export class WatchedFiles {
  readonly #watched: Watched[] = [];
  readonly #log: Logger;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(log: Logger, everyMs = LOOK_EVERY_MS) {
    this.#log = log;
    this.#everyMs = everyMs;
  }

  /**
   * `changed` is called a first time soon: what changed since the caller read the files is not missed. One at a time; where it rejects it is
   * called again though the files stay as they are.
   */
  watch(paths: () => Promise<readonly string[]>, changed: () => Promise<void>): void {
    this.#watched.push({ paths, changed, isTaken: false, seen: '', latest: '' });
    this.#timer ??= setInterval(() => this.#lookAtAll(), this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.length = 0;
  }

  #lookAtAll(): void {
    // A hung disk does not gather looks.
    if (this.#isLooking) return;
    this.#isLooking = true;
    Promise.all(this.#watched.map((watched) => this.#lookAt(watched)))
      .catch((error: unknown) => this.#log.error({ err: error }, 'cannot look for changed files'))
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async #lookAt(watched: Watched): Promise<void> {
    const now = await look(watched.paths);
    const isSteady = now === watched.latest;
    watched.latest = now;
    if (!isSteady || now === watched.seen || watched.isTaken) return;
    watched.seen = now;
    watched.isTaken = true;
    watched
      .changed()
      .catch(() => {
        watched.seen = '';
      })
      .finally(() => {
        watched.isTaken = false;
      });
  }
}

async function look(paths: () => Promise<readonly string[]>): Promise<string> {
  return (await Promise.all((await paths()).map(signatureOf))).join('\n');
}

async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await files.stat(path);
    return `${path} ${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return `${path} ${codeOf(error)}`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
