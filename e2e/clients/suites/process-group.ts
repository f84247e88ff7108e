import { spawn } from 'node:child_process';

const running = new Set<number>();

export interface GroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** When all of it is killed. */
  readonly timeoutMs: number;
}

/**
 * Runs a command in a process group of its own, nothing of which outlives it: a test that was cut short leaves its members behind. Resolves with all that
 * it printed, however it ended.
 */
export function runGroup(
  file: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: GroupOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let output = '';
    const take = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const deadline = setTimeout(() => pid !== undefined && killGroup(pid), timeoutMs);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(deadline);
      if (pid === undefined) return;
      killGroup(pid);
      running.delete(pid);
    });
    child.once('close', () => resolve(output));
  });
}

/** Ends what is running, before this process ends. */
export function stopGroups(): void {
  for (const pid of running) killGroup(pid);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
