/** Programs of the system, each run to its end at once: what a run made has to go while the process exits, too. */
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 30_000;

/** Throws with what the command said unless it ends with 0 in half a minute. */
export function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (status === 0) return stdout;
  const why = error?.message ?? `exit ${status}: ${stderr.trim()}`;
  throw new Error(`${[command, ...args].join(' ')} failed: ${why}`);
}

export function isThere(command: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { stdio: 'ignore' }).status === 0;
}
