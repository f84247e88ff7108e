/**
 * What is running, on disk: written before it is relied upon, so that a later kube-up or kube-down finds what a killed one left.
 * A process is known by its id and its start time, because ids are used again.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFolder } from '../folders.ts';

export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  /** In the kernel's ticks since boot. */
  readonly startTicks: number;
}

interface State {
  /** Ids and start times mean nothing after a reboot. */
  readonly bootId: string;
  readonly processes: readonly RecordedProcess[];
}

const stateFile = join(clusterFolder, 'state.json');

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The processes that were recorded since this machine was booted, dead ones included, in the order of their starts. */
export function recordedProcesses(): readonly RecordedProcess[] {
  if (!existsSync(stateFile)) return [];
  const state = JSON.parse(readFileSync(stateFile, 'utf8')) as State;
  return state.bootId === bootId() ? state.processes : [];
}

/** A process that runs now. */
export function identify(name: string, pid: number): RecordedProcess {
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) throw new Error(`${name} (process ${pid}) has ended`);
  return { name, pid, startTicks };
}

export function recordProcess(name: string, pid: number): RecordedProcess {
  const recorded = identify(name, pid);
  const state: State = { bootId: bootId(), processes: [...recordedProcesses(), recorded] };
  mkdirSync(clusterFolder, { recursive: true });
  writeFileSync(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${stateFile}.new`, stateFile);
  return recorded;
}

export function isAlive({ pid, startTicks }: RecordedProcess): boolean {
  return startTicksOf(pid) === startTicks;
}

/** undefined for a process that has ended, be it that nobody has waited for it yet. */
function startTicksOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
}
