import { awaited } from './awaited.ts';
import type { Daemon } from './daemon.ts';

const TIMEOUT_MS = 60_000;

/** Awaits that all calls which a consumer made within half a second were answered so; it says `answered by …`. */
export async function answeredCalls(consumer: Daemon, words: RegExp): Promise<void> {
  let latest = '';
  await awaited(
    TIMEOUT_MS,
    async () => {
      latest =
        consumer.log
          .match(/^answered by .*$/gm)
          ?.at(-1)
          ?.replace('answered by ', '') ?? '';
      if (words.test(latest)) return latest;
      if (!consumer.alive) throw new Error(`the consumer ended; its log: ${consumer.logFile}`);
      return undefined;
    },
    () => `calls are answered by "${latest}", not ${words}; its log: ${consumer.logFile}`,
  );
}
