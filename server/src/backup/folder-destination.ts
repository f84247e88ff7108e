import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Destination } from './destination.ts';

const UNFINISHED = '.unfinished-';

/** Archives in a folder of this machine, such as a mounted volume. */
export class FolderDestination implements Destination {
  readonly name: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#root = resolve(folder);
    this.name = this.#root;
  }

  async list(prefix: string): Promise<readonly string[]> {
    try {
      const found = await readdir(this.#root, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile() && !entry.name.startsWith(UNFINISHED))
        .map((entry) => relative(this.#root, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((key) => key.startsWith(prefix));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw failed(`cannot list ${this.#root}`, error);
    }
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#root, key);
    const folder = dirname(path);
    const unfinished = join(folder, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
    let file: FileHandle | undefined;
    try {
      await this.#makeFolder(folder);
      file = await open(unfinished, 'wx', 0o600);
      for await (const piece of source) await file.writeFile(piece);
      await file.sync();
      await file.close();
      file = undefined;
      await rename(unfinished, path);
      await syncFolder(folder);
    } catch (error) {
      await file?.close().catch(() => undefined);
      await unlink(unfinished).catch(() => undefined);
      if (error instanceof BackupFault || codeOf(error) === undefined) throw error;
      throw failed(`cannot write ${path}`, error);
    }
  }

  async *read(key: string): AsyncGenerator<Uint8Array, void> {
    const path = join(this.#root, key);
    try {
      for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) yield piece as Buffer;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw new BackupFault('damaged', `${path} is not there`);
      if (error instanceof BackupFault || codeOf(error) === undefined) throw error;
      throw failed(`cannot read ${path}`, error);
    }
  }

  async remove(key: string): Promise<void> {
    const path = join(this.#root, key);
    try {
      await unlink(path);
      await syncFolder(dirname(path));
      // Only one that is empty goes.
      await rmdir(dirname(path)).catch(() => undefined);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw failed(`cannot remove ${path}`, error);
    }
  }

  /** With all above it, durably. */
  async #makeFolder(folder: string): Promise<void> {
    const missing: string[] = [];
    for (let at = folder; ; at = dirname(at)) {
      const isThere = await access(at).then(
        () => true,
        () => false,
      );
      if (isThere || at === dirname(at)) break;
      missing.push(at);
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const each of missing) await syncFolder(dirname(each));
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

function failed(what: string, error: unknown): BackupFault {
  const why = codeOf(error) === 'ENOSPC' ? 'no room is left (ENOSPC)' : (error as Error).message;
  return new BackupFault('destination', `${what}: ${why}`, { cause: error });
}
