import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isThere, run } from './commands.ts';

const FILL_BYTES = 1024 * 1024;

export function missingForSmallDisks(): string | undefined {
  if (!existsSync('/dev/loop-control')) return 'no loop devices for small disks';
  const tool = ['mkfs.ext4', 'mount', 'umount', 'fsfreeze'].find((name) => !isThere(name));
  return tool === undefined ? undefined : `${tool} is not installed`;
}

/** A real file system of a few hundred megabytes, ext4 on a file of this machine: it can be filled up, freed, and made to hang. */
export class SmallDisk {
  readonly folder: string;
  readonly #image: string;
  #isHung = false;

  /** `folder` is made and becomes the mount point. */
  constructor(folder: string, bytes: number) {
    this.folder = folder;
    this.#image = `${folder}.image`;
    const image = openSync(this.#image, 'w');
    ftruncateSync(image, bytes);
    closeSync(image);
    run('mkfs.ext4', '-q', '-m', '0', this.#image);
    mkdirSync(folder);
    run('mount', '-o', 'loop', this.#image, folder);
  }

  /** major:minor, as control groups name it. */
  get device(): string {
    const { dev } = statSync(this.folder);
    return `${(dev >> 8) & 0xfff}:${dev & 0xff}`;
  }

  /** Bytes in use, whoever uses them. Not to be asked of a disk that hangs. */
  get usedBytes(): number {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    return (blocks - bfree) * bsize;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Somebody else's file takes what is free, but for `leaveBytes`. */
  fill(leaveBytes = 0): void {
    const file = openSync(this.#fillFile, 'w');
    const chunk = Buffer.alloc(FILL_BYTES);
    try {
      while (this.freeBytes > leaveBytes) {
        const room = Math.min(chunk.length, this.freeBytes - leaveBytes);
        if (writeSync(file, chunk, 0, room) === 0) break;
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Takes that file away again. */
  free(): void {
    rmSync(this.#fillFile, { force: true });
  }

  /** From now on nothing that writes comes back, until `resume`. */
  hang(): void {
    if (this.#isHung) return;
    run('fsfreeze', '--freeze', this.folder);
    this.#isHung = true;
  }

  resume(): void {
    if (!this.#isHung) return;
    run('fsfreeze', '--unfreeze', this.folder);
    this.#isHung = false;
  }

  /** Also while a process that was just killed is still on it. */
  remove(): void {
    this.resume();
    run('umount', '--lazy', this.folder);
    rmSync(this.folder, { recursive: true });
    rmSync(this.#image, { force: true });
  }

  get #fillFile(): string {
    return join(this.folder, 'of-somebody-else');
  }
}

/** The disk of a run that was killed: it may hang still. */
export function removeLeftoverDisk(folder: string): void {
  try {
    run('fsfreeze', '--unfreeze', folder);
  } catch {
    // It did not hang.
  }
  run('umount', '--lazy', folder);
}
