/** Runs a callback of the disk later, in virtual time. Of the process that made the call: after its end nothing is run. */
export type DiskSchedule = (delayMs: number, run: () => void) => void;

/** For tests without a clock: everything completes in the order in which it was asked for, as soon as the caller waits. */
export const soon: DiskSchedule = (_delayMs, run) => queueMicrotask(run);

export class DiskCallError extends Error {
  override readonly name: string = 'DiskCallError';
  readonly code: string;

  /** `code`: as the system's, ENOENT, ENOSPC, EIO, … */
  constructor(code: string, name: string) {
    super(`${code}: ${name}`);
    this.code = code;
  }
}

/** Splits `folder/file`; the folder of a name without one is the root, ''. */
export function splitName(path: string): { folder: string; name: string } {
  const slash = path.indexOf('/');
  return slash === -1
    ? { folder: '', name: path }
    : { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}
