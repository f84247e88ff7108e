import { readdirSync, readFileSync, statSync } from 'node:fs';

/** File descriptors of this process; sockets are among them. What the system does not tell is -1. */
export interface Descriptors {
  readonly open: number;
  /** How many it may have. Node raises the soft limit to the hard one when it starts. */
  readonly most: number;
}

/** Where there is no `/proc`, both are -1. Takes a system call for each open descriptor: not for hot paths. */
export function machineDescriptors(): Descriptors {
  return { open: openDescriptors(), most: mostDescriptors() };
}

/** The same without a look at each of them; undefined where the system does not count them itself, as Linux does from 6.2 on. */
export function countedDescriptors(): Descriptors | undefined {
  try {
    const open = statSync('/proc/self/fd').size;
    const most = mostDescriptors();
    return open > 0 && most > 0 ? { open, most } : undefined;
  } catch {
    return undefined;
  }
}

function openDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return -1;
  }
}

/** `Max open files   1024   524288   files` → 1024; `unlimited` → -1. */
export function mostDescriptors(
  read: () => string = () => readFileSync('/proc/self/limits', 'utf8'),
): number {
  try {
    const soft = /^Max open files\s+(\d+)\s/m.exec(read())?.[1];
    return soft === undefined ? -1 : Number(soft);
  } catch {
    return -1;
  }
}
