/**
 * A machine of the cluster: a process that has a network, mounts and process ids of its own, and all that is started inside of it.
 * Whoever is inside cannot get away from it: when the first process is killed, the kernel ends all the others, and with the last of
 * them go the network, the mounts and the firewall rules. So a machine is also switched off as a real one is by a power cut.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../commands.ts';
import { clusterFolder } from '../folders.ts';
import { identify, isAlive, type RecordedProcess, recordedProcesses, recordProcess } from './state.ts';

/** As each machine sees them, wherever they are on the real one. */
export const PROGRAMS_INSIDE = '/run/rookery/programs';
export const FOLDER_INSIDE = '/run/rookery/machine';

const STARTUP_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

export interface Machine {
  readonly name: string;
  /** Its files on the real machine: etc/ (settings), log/ and var/ (its /var). */
  readonly folder: string;
  /** The real machine's id of the first process inside. */
  readonly pid: number;
}

export function machineFolder(name: string): string {
  return join(clusterFolder, name);
}

/** Starts an empty machine; `programsFolder` appears inside as `PROGRAMS_INSIDE`. */
export async function startMachine(name: string, programsFolder: string): Promise<Machine> {
  const folder = machineFolder(name);
  mkdirSync(join(folder, 'log'), { recursive: true });
  const script = join(import.meta.dirname, 'machine.sh');
  const unshare = 'unshare --mount --propagation slave --net --pid --fork --mount-proc --kill-child'.split(
    ' ',
  );
  const logFile = join(folder, 'log', 'machine.log');
  const log = openSync(logFile, 'w');
  const child = spawn(unshare[0]!, [...unshare.slice(1), 'sh', script, folder, programsFolder], {
    cwd: '/',
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const recorded = recordProcess(name, child.pid!);
  // What becomes of it is in its log.
  child.stdin?.on('error', () => {}).end('recorded\n');
  const deadline = Date.now() + STARTUP_TIMEOUT_MS;
  while (!readFileSync(logFile, 'utf8').endsWith('ready\n')) {
    if (!isAlive(recorded) || Date.now() > deadline) {
      throw new Error(
        `${name} cannot be given namespaces of its own (needs root and a kernel that allows it):\n${readFileSync(logFile, 'utf8')}`,
      );
    }
    await sleep(POLL_MS);
  }
  return { name, folder, pid: firstInside(recorded) };
}

/** The machines that run now, by name. */
export function runningMachines(): ReadonlyMap<string, Machine> {
  const machines = recordedProcesses().filter(isAlive);
  return new Map(
    machines.map((recorded) => {
      const { name } = recorded;
      return [name, { name, folder: machineFolder(name), pid: firstInside(recorded) }];
    }),
  );
}

function firstInside({ name, pid }: RecordedProcess): number {
  const first = childrenOf(pid)[0];
  if (first === undefined) throw new Error(`${name} (process ${pid}) has nothing inside`);
  return first;
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

type Namespace = 'mount' | 'net' | 'pid';

/** The beginning of a command that is run inside a machine, or only in some of its namespaces. */
export function enter(
  machine: Machine,
  namespaces: readonly Namespace[] = ['mount', 'net', 'pid'],
): string[] {
  return ['nsenter', '--target', `${machine.pid}`, ...namespaces.map((name) => `--${name}`), '--'];
}

/**
 * Starts a program that stays, its output in the machine's log folder. It ends with the machine, and nothing starts it again if it
 * ends before. `namespaces` are what it is in besides the machine's processes.
 */
export function startDaemon(
  machine: Machine,
  name: string,
  command: readonly string[],
  namespaces: readonly ('mount' | 'net')[] = ['mount', 'net'],
): Daemon {
  const logFile = join(machine.folder, 'log', `${name}.log`);
  const log = openSync(logFile, 'a');
  const [file, ...args] = [...enter(machine, [...namespaces, 'pid']), ...command];
  const child = spawn(file!, args, { cwd: '/', stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  child.on('error', (error) => {
    failure = error.message;
  });
  child.on('exit', (code, signal) => {
    failure = signal ?? `exit ${code}`;
  });
  return { name: `${name} on ${machine.name}`, logFile, failure: () => failure };
}

export interface Daemon {
  readonly name: string;
  readonly logFile: string;
  /** Why it has ended; undefined while it runs. */
  readonly failure: () => string | undefined;
}

/** As one hangs: nothing runs inside any more, and nothing is answered. */
export async function suspendMachine(machine: Machine): Promise<void> {
  // All in its process namespace but the first, which starts nothing.
  await run([...enter(machine, ['pid']), 'sh', '-c', 'kill -STOP -1']);
}

/** Whatever was suspended goes on. */
export async function resumeMachine(machine: Machine): Promise<void> {
  await run([...enter(machine, ['pid']), 'sh', '-c', 'kill -CONT -1']);
  resumeDoors(machine.pid);
}

/**
 * nsenter waits outside for what it has started inside, and stops itself where that is stopped. Nobody would tell it to go on, and what ends
 * inside would never be quite gone.
 */
function resumeDoors(first: number): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let command: string;
    try {
      command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      // It has ended meanwhile.
      continue;
    }
    if (command.startsWith(`nsenter\0--target\0${first}\0`)) process.kill(Number(pid), 'SIGCONT');
  }
}

/** Ends every recorded machine at once and waits until nothing of them is left. */
export async function endMachines(): Promise<void> {
  const doomed: RecordedProcess[] = [];
  for (const outside of recordedProcesses().filter(isAlive)) {
    const inside = childrenOf(outside.pid);
    doomed.push(outside, ...inside.map((pid) => identify(outside.name, pid)));
    process.kill(outside.pid, 'SIGKILL');
    // One may have been left suspended.
    for (const pid of inside) resumeDoors(pid);
  }
  // The first process inside is gone only after all the others of its namespace are.
  const deadline = Date.now() + END_TIMEOUT_MS;
  for (const recorded of doomed) {
    while (isAlive(recorded)) {
      if (Date.now() > deadline) throw new Error(`${recorded.name} (process ${recorded.pid}) does not end`);
      await sleep(POLL_MS);
    }
  }
}
