import { setTimeout as delay } from 'node:timers/promises';
import { CONTAINER } from '../cluster/member-names.ts';
import type { Kubectl } from '../kubectl.ts';
import { type LogLine, logLineOf } from './log-line.ts';
import { isEarlier } from './merged.ts';

/** Of a line; a member's own are far shorter. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Until a pod that was made anew is asked for its log again. */
const RETRY_MS = 1_000;

export interface LogRequest {
  readonly follow: boolean;
  /** The container before the last restart. */
  readonly previous: boolean;
  /** So many lines from the end; undefined: all. */
  readonly tail: number | undefined;
  /** No older ones, in ms; undefined: all. */
  readonly sinceMs: number | undefined;
}

/**
 * The log of one member. One that is followed goes on with the pod that comes in its pod's place, for as long as `signal` lets it. Rejects where the log cannot
 * be had, of one that is followed at the beginning alone.
 */
export async function* memberLog(
  kubectl: Kubectl,
  serverId: number,
  pod: string,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  let time = '';
  let args = [...argumentsOf(request)];
  for (;;) {
    const since = time;
    try {
      for await (const printed of kubectl.lines(
        ['logs', pod, `--container=${CONTAINER}`, '--timestamps', ...args],
        MAX_LINE_BYTES,
      )) {
        const line = logLineOf(serverId, pod, printed, time);
        // Asked anew from a moment on, in whole seconds: what was told of it already comes again.
        if (since !== '' && !isEarlier(since, line.time)) continue;
        time = line.time;
        yield line;
      }
    } catch (error) {
      if (!request.follow || (since === '' && time === '')) throw error;
    }
    if (!request.follow || signal.aborted) return;
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    args = ['--follow', ...(time === '' ? [] : [`--since-time=${time}`])];
  }
}

function* argumentsOf({ follow, previous, tail, sinceMs }: LogRequest): Generator<string> {
  if (follow) yield '--follow';
  if (previous) yield '--previous';
  yield `--tail=${tail ?? -1}`;
  if (sinceMs !== undefined) yield `--since=${Math.max(1, Math.ceil(sinceMs / 1000))}s`;
}
