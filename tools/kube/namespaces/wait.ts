/** Waiting for programs that start: until what is expected is so, one of them ends, or too much time has passed. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from './machine.ts';

/** Far more than it takes on two idle cores: a busy machine takes longer. */
const TIMEOUT_MS = 300_000;
const POLL_MS = 100;
const LOG_LINES = 15;

/** Throws with the ends of the logs where a program ended, or where it took too long. */
export async function waitFor(
  what: string,
  isSo: () => Promise<boolean>,
  daemons: readonly Daemon[],
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    const ended = daemons.filter((daemon) => daemon.failure() !== undefined);
    if (ended.length > 0) {
      const accounts = ended.map(
        (daemon) => `${daemon.name} ended (${daemon.failure()}); ${endOfLog(daemon)}`,
      );
      throw new Error(`while waiting until ${what}: ${accounts.join('\n')}`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `not within ${TIMEOUT_MS / 1000} s: ${what}\n${daemons.map((daemon) => `${daemon.name}: ${endOfLog(daemon)}`).join('\n')}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function endOfLog({ logFile }: Daemon): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES);
  return `the end of ${logFile}:\n  ${lines.join('\n  ')}`;
}
