import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../testkit/src/cache.ts';
import type { Site } from '../../../testkit/src/systems/ensemble.ts';
import { ControlGroup, missingForControlGroups, removeLeftoverGroups } from './control-group.ts';
import { missingForNetworks, Network } from './network.ts';
import { missingForSmallDisks, removeLeftoverDisk, SmallDisk } from './small-disk.ts';

const GROUP_PREFIX = 'rookery-e2e-';

export interface MachineLimits {
  readonly diskBytes: number;
  readonly memoryBytes: number;
  /** File descriptors that a process may have. */
  readonly descriptors: number;
}

/** Why small machines cannot be made here, in one line. */
export function missingForMachines(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'small machines (disks, memory and networks of their own) need Linux and root';
  }
  return missingForControlGroups() ?? missingForSmallDisks() ?? missingForNetworks();
}

/** One small machine: what a member has in a pod or on a cheap server. Its parts are there to be made worse. */
export class Machine implements Site {
  readonly serverId: number;
  readonly host: string;
  readonly disk: SmallDisk;
  readonly group: ControlGroup;
  readonly #network: Network;
  readonly #descriptors: number;

  constructor(serverId: number, network: Network, disk: SmallDisk, group: ControlGroup, descriptors: number) {
    this.serverId = serverId;
    this.host = network.address(serverId);
    this.disk = disk;
    this.group = group;
    this.#network = network;
    this.#descriptors = descriptors;
  }

  get dataDir(): string {
    return join(this.disk.folder, 'data');
  }

  around({ command, args, env }: ReturnType<Site['around']>): ReturnType<Site['around']> {
    const script = `${this.group.entering}\nulimit -n ${this.#descriptors}\nexec "$@"`;
    const enter = this.#network.entering(this.serverId);
    return { command: 'sh', args: ['-ec', script, 'sh', ...enter, command, ...args], env };
  }

  slowDisk(bytesPerSecond?: number): void {
    this.group.limitWrites(this.disk.device, bytesPerSecond);
  }

  slowLink(bytesPerSecond?: number): void {
    this.#network.limit(this.serverId, bytesPerSecond);
  }

  cutLink(): void {
    this.#network.cut(this.serverId);
  }

  mendLink(): void {
    this.#network.mend(this.serverId);
  }
}

/**
 * Small machines for the members of one ensemble: real limits of the kernel, on this machine. All of it goes with `remove`, or when
 * the process exits, whatever made it exit but SIGKILL; what a killed run left goes when the next one begins.
 */
export class Machines {
  readonly machines: readonly Machine[];
  readonly #folder: string;
  readonly #undo: (() => void)[] = [];
  readonly #onExit = (): void => this.remove();

  constructor(count: number, limits: MachineLimits) {
    removeLeftovers();
    process.once('exit', this.#onExit);
    this.#folder = join(parent(), String(process.pid));
    try {
      mkdirSync(this.#folder, { recursive: true });
      this.#undo.push(() => rmSync(this.#folder, { recursive: true }));
      const network = new Network(count);
      this.#undo.push(() => network.remove());
      this.machines = Array.from({ length: count }, (_, i) => {
        const serverId = i + 1;
        const disk = new SmallDisk(join(this.#folder, `disk-${serverId}`), limits.diskBytes);
        this.#undo.push(() => disk.remove());
        const group = new ControlGroup(`${GROUP_PREFIX}${process.pid}-${serverId}`, limits.memoryBytes);
        this.#undo.push(() => group.remove());
        return new Machine(serverId, network, disk, group, limits.descriptors);
      });
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Call once the members have ended. Goes on where one thing cannot be removed, and says it. */
  remove(): void {
    process.off('exit', this.#onExit);
    // A process that hangs on a disk cannot end: the disks go on first.
    for (const machine of this.machines ?? []) machine.disk.resume();
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}

function parent(): string {
  return cacheFolder('machines');
}

/** Of runs that were killed: what they made is named for their process. */
function removeLeftovers(): void {
  mkdirSync(parent(), { recursive: true });
  const dead = readdirSync(parent()).filter((pid) => !isRunning(pid));
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const disks = mounts.map((line) => line.split(' ')[1] ?? '');
  for (const pid of dead) {
    for (const disk of disks) if (disk.startsWith(`${join(parent(), pid)}/`)) removeLeftoverDisk(disk);
    removeLeftoverGroups((name) => name.startsWith(`${GROUP_PREFIX}${pid}-`));
    rmSync(join(parent(), pid), { recursive: true, force: true });
  }
}

function isRunning(pid: string): boolean {
  return existsSync(`/proc/${pid}`);
}
