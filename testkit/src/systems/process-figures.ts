import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The kernel counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export interface ResidentBytes {
  readonly now: number;
  /** The most that it ever was. */
  readonly peak: number;
}

/** Resident memory of a process; zeros when it is gone. */
export function residentBytes(pid: number): ResidentBytes {
  const status = read(`/proc/${pid}/status`);
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
  return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Processor time that a process has taken so far, all threads, in seconds; 0 when it is gone. */
export function processorSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The command name may hold blanks; the fields after it are counted from its closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : 0;
}

/** Processor time that the whole machine has taken so far, in seconds. */
export function machineProcessorSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys + times.irq) / 1000, 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
