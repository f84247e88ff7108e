import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const END_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** Where the controllers for memory and for disks are: one folder in version 2, one each in version 1. */
interface Hierarchy {
  readonly version: 1 | 2;
  readonly memory: string;
  readonly disk: string;
}

/** Undefined where this machine has no such controllers, or this process may not use them. */
function hierarchy(): Hierarchy | undefined {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const withController = (controller: string): string | undefined =>
    mounts.find(
      ([, , type = '', options = '']) => type === 'cgroup' && options.split(',').includes(controller),
    )?.[1];
  const memory = withController('memory');
  const disk = withController('blkio');
  if (memory !== undefined && disk !== undefined) return { version: 1, memory, disk };
  const unified = mounts.find(([, , type]) => type === 'cgroup2')?.[1];
  if (unified === undefined) return undefined;
  const controllers = readFileSync(join(unified, 'cgroup.controllers'), 'utf8').trim().split(' ');
  const hasBoth = controllers.includes('memory') && controllers.includes('io');
  return hasBoth ? { version: 2, memory: unified, disk: unified } : undefined;
}

export function missingForControlGroups(): string | undefined {
  return hierarchy() === undefined
    ? 'no control groups with the controllers for memory and disks'
    : undefined;
}

/**
 * A control group of the kernel, of either version, around one member: its memory ends where the limit says (the kernel kills what goes
 * beyond), and its writes to one device can be slowed down.
 */
export class ControlGroup {
  readonly #hierarchy: Hierarchy;
  readonly #folders: readonly string[];

  /** `name` must be this run's own. */
  constructor(name: string, memoryBytes: number) {
    const found = hierarchy();
    if (found === undefined) throw new Error(missingForControlGroups());
    this.#hierarchy = found;
    this.#folders = [...new Set([join(found.memory, name), join(found.disk, name)])];
    if (found.version === 2) writeFileSync(join(found.memory, 'cgroup.subtree_control'), '+memory +io');
    for (const folder of this.#folders) mkdirSync(folder);
    const limit = found.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    writeFileSync(join(this.#memory, limit), String(memoryBytes));
    const swap = join(this.#memory, 'memory.swap.max');
    if (existsSync(swap)) writeFileSync(swap, '0');
  }

  /** Lines of sh that put the shell, and what it becomes, into the group. */
  get entering(): string {
    return this.#folders.map((folder) => `echo $$ > '${join(folder, 'cgroup.procs')}'`).join('\n');
  }

  /** How often the kernel has killed here for want of memory. */
  get memoryKills(): number {
    const file = this.#hierarchy.version === 1 ? 'memory.oom_control' : 'memory.events';
    const line = /^oom_kill (\d+)$/m.exec(readFileSync(join(this.#memory, file), 'utf8'));
    return Number(line?.[1] ?? 0);
  }

  /** `device` as major:minor; no limit without `bytesPerSecond`. Takes effect at once. */
  limitWrites(device: string, bytesPerSecond?: number): void {
    if (this.#hierarchy.version === 1) {
      writeFileSync(join(this.#disk, 'blkio.throttle.write_bps_device'), `${device} ${bytesPerSecond ?? 0}`);
    } else {
      writeFileSync(join(this.#disk, 'io.max'), `${device} wbps=${bytesPerSecond ?? 'max'}`);
    }
  }

  /** Once its processes have been ended. */
  remove(): void {
    for (const folder of this.#folders) removeFolder(folder);
  }

  get #memory(): string {
    return this.#folders[0]!;
  }

  get #disk(): string {
    return this.#folders.at(-1)!;
  }
}

/** Groups, and members in them, of runs that were killed: `isLeftover` knows them by their names. */
export function removeLeftoverGroups(isLeftover: (name: string) => boolean): void {
  const found = hierarchy();
  if (found === undefined) return;
  for (const root of new Set([found.memory, found.disk])) {
    for (const name of readdirSync(root).filter(isLeftover)) {
      const folder = join(root, name);
      for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n')) {
        if (pid !== '') process.kill(Number(pid), 'SIGKILL');
      }
      removeFolder(folder);
    }
  }
}

/** The kernel lets go of a group a moment after the last process of it. */
function removeFolder(folder: string): void {
  const deadlineMs = performance.now() + END_TIMEOUT_MS;
  while (existsSync(folder)) {
    try {
      rmdirSync(folder);
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}
