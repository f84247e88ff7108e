import type { Client } from '@rookery/client';
import { LatencyCounts } from './latency-counts.ts';

export interface LoadPlan {
  readonly durationMs: number;
  /** Requests that are under way on each connection. */
  readonly depth: number;
  /** Bytes of each value. */
  readonly value: number;
  /** Of a hundred requests, those that read. */
  readonly mix: number;
}

export interface LoadResult {
  readonly reads: LatencyCounts;
  readonly writes: LatencyCounts;
  readonly failed: number;
  /** Of the last that failed. */
  readonly failure: Error | undefined;
  readonly elapsedMs: number;
}

/**
 * Reads and writes the nodes at `paths`, one of each client, for a time: each of the requests that are under way follows the answer to the one before.
 * What is answered after the end does not count, and none is begun behind it.
 */
export async function load(
  clients: readonly Client[],
  paths: readonly string[],
  { durationMs, depth, value, mix }: LoadPlan,
  signal: AbortSignal,
  nowMs: () => number = () => performance.now(),
): Promise<LoadResult> {
  const reads = new LatencyCounts();
  const writes = new LatencyCounts();
  const data = Buffer.alloc(value, 'x');
  const beganMs = nowMs();
  const endMs = beganMs + durationMs;
  let failed = 0;
  let failure: Error | undefined;
  let begun = 0;
  const follow = async (client: Client, path: string): Promise<void> => {
    for (let now = nowMs(); now < endMs && !signal.aborted; now = nowMs()) {
      const isRead = isReadAt(begun++, mix);
      try {
        await (isRead ? client.get(path) : client.set(path, data));
      } catch (error) {
        failed++;
        failure = error as Error;
        // A server that refuses at once is not asked in a loop.
        if (failed > MAX_FAILURES) return;
        continue;
      }
      const doneMs = nowMs();
      if (doneMs <= endMs) (isRead ? reads : writes).add(doneMs - now);
    }
  };
  await Promise.all(
    clients.flatMap((client, i) => Array.from({ length: depth }, () => follow(client, paths[i]!))),
  );
  return { reads, writes, failed, failure, elapsedMs: Math.min(nowMs() - beganMs, durationMs) };
}

const MAX_FAILURES = 1_000;

/** Spread evenly: after any number of requests the mix is what it should be, to within one. */
export function isReadAt(index: number, mix: number): boolean {
  return Math.floor(((index + 1) * mix) / 100) > Math.floor((index * mix) / 100);
}
