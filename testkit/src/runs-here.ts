import { execFileSync } from 'node:child_process';

const TIMEOUT_MS = 60_000;

/** Whether a command is installed: it ends with 0. */
export function runsHere(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
