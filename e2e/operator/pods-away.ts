import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { kubectlCommand } from '../../tools/kube/kubectl.ts';

/**
 * Runs `during`, and tells how many of so many pods of a namespace were not ready at once, by what the API server told at each change.
 * @throws Error where the watch ended before
 */
export async function mostAway(
  namespace: string,
  expected: number,
  during: () => Promise<unknown>,
): Promise<number> {
  const [file, ...args] = [
    ...kubectlCommand,
    ...['--namespace', namespace, 'get', 'pods', '--watch', '--output-watch-events', '--no-headers'],
  ];
  const watch = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = new Set<string>();
  let most = 0;
  let hasAll = false;
  let isOver = false;
  watch.on('exit', () => {
    isOver = true;
  });
  createInterface({ input: watch.stdout }).on('line', (line) => {
    const [event = '', name = '', count = ''] = line.split(/\s+/);
    if (event !== 'DELETED' && count === '1/1') ready.add(name);
    else ready.delete(name);
    // The first lines are what is there, one after the other.
    hasAll ||= ready.size === expected;
    if (hasAll) most = Math.max(most, expected - ready.size);
  });
  try {
    await during();
    if (isOver || !hasAll)
      throw new Error(`the watch of the pods of ${namespace} ended, or never saw ${expected}`);
    return most;
  } finally {
    watch.kill();
  }
}
