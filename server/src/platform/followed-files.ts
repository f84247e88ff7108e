import { promises as files } from 'node:fs';
import { isPassing } from '../ports/disk.ts';
import type { Logger } from '../ports/logger.ts';
import type { WatchedFiles } from './watched-files.ts';

/**
 * Files of a few lines that may change while the member runs: a join secret, users, a digest. What a file held last stays while it cannot be
 * read, or holds what cannot be used.
 */
export class FollowedFiles {
  /** Times that a file could not be used. */
  failures = 0;
  readonly #watched: WatchedFiles;
  readonly #log: Logger;
  /** Of those that could not be used when they were read last: why. */
  readonly #complaints = new Map<string, string>();

  constructor(watched: WatchedFiles, log: Logger) {
    this.#watched = watched;
    this.#log = log;
  }

  /**
   * @param what for people, such as `the join secret`
   * @param take what the file holds; whether that is anything else than before. Throws where it cannot be used, with an error that shows none of it
   */
  follow(path: string, what: string, take: (text: string) => boolean): void {
    this.#watched.watch(
      async () => [path],
      () => this.#read(path, what, take),
    );
  }

  async #read(path: string, what: string, take: (text: string) => boolean): Promise<void> {
    try {
      if (take(await files.readFile(path, 'utf8')))
        this.#log.info({ file: path }, `${what} changed: taken over`);
      this.#complaints.delete(path);
    } catch (error) {
      this.failures++;
      const why = error instanceof Error ? error.message : String(error);
      if (this.#complaints.get(path) !== why)
        this.#log.error({ file: path, why }, `${what} cannot be read anew: what was read last stays`);
      this.#complaints.set(path, why);
      if (isPassing(error)) throw error;
    }
  }
}
