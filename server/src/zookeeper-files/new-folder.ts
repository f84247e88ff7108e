import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ZookeeperFilesError } from './failure.ts';

/** What is made lies here until it is whole. */
const UNFINISHED = 'importing';
/** What makes a folder a member's; that which is last moves last. */
const PARTS = ['boots', 'log', 'member'];

/**
 * A member's data folder that does not exist yet: its parts are made beside their places, and moved there once they are whole and durable. What a process
 * that was killed has left is no member's, and makes room for the next one.
 */
export class NewFolder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Where the parts are to be made. */
  get unfinished(): string {
    return join(this.#root, UNFINISHED);
  }

  /** Throws ZookeeperFilesError where there are data of a member already. */
  async prepare(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    const wasInterrupted = existsSync(this.unfinished) && !existsSync(join(this.#root, 'member'));
    const there = PARTS.filter((part) => existsSync(join(this.#root, part)));
    if (!wasInterrupted && there.length > 0) {
      throw new ZookeeperFilesError(
        'not-empty',
        `${this.#root} holds data of a member already (${there.join(', ')}): give an empty folder, or move them away`,
      );
    }
    for (const part of wasInterrupted ? there : []) await this.#remove(part);
    await this.discard();
    await mkdir(this.unfinished);
  }

  /** All of them are whole. */
  async finish(): Promise<void> {
    const made = new Set(await readdir(this.unfinished));
    for (const part of PARTS) {
      if (!made.has(part)) continue;
      await syncFolder(join(this.unfinished, part));
      await rename(join(this.unfinished, part), join(this.#root, part));
      await syncFolder(this.#root);
    }
    await this.discard();
    await syncFolder(this.#root);
    await syncFolder(dirname(this.#root));
  }

  /** Nothing becomes of it. */
  discard(): Promise<void> {
    return this.#remove(UNFINISHED);
  }

  #remove(part: string): Promise<void> {
    return rm(join(this.#root, part), { recursive: true, force: true });
  }
}

/** A name in it is durable. Of a file there is nothing to do. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
