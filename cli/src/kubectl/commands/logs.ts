import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Absent } from '../../failures.ts';
import { findCluster } from '../cluster/find-clusters.ts';
import { parseMember } from '../cluster/member-names.ts';
import type { Kubectl } from '../kubectl.ts';
import { logJson, logText } from '../logs/log-line.ts';
import { memberLog } from '../logs/member-log.ts';
import { merged } from '../logs/merged.ts';

export interface LogsOptions {
  readonly member?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tail?: number;
  readonly since?: number;
}

/** While logs are followed, what members write within so long is put into order. */
const PATIENCE_MS = 500;
/** Lines of one member that are read ahead. */
const AHEAD = 256;
/** Of each member, where nothing is said. */
const DEFAULT_TAIL = 200;

/** The logs of all members as one, by time. */
export async function logs(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: LogsOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  if (found.podsUnread !== undefined) throw found.podsUnread;
  const wanted = options.member === undefined ? undefined : parseMember(cluster, options.member);
  const members = found.status.members.filter(
    ({ serverId, podState }) => podState !== 'absent' && (wanted === undefined || serverId === wanted),
  );
  if (members.length === 0)
    throw new Absent(
      `${cluster} has no pod${wanted === undefined ? '' : ` of member ${wanted}`}; see: kubectl rookery status ${cluster}`,
    );
  const follow = options.follow === true;
  const request = {
    follow,
    previous: options.previous === true,
    tail: options.tail ?? (options.since === undefined ? DEFAULT_TAIL : undefined),
    sinceMs: options.since,
  };
  const failures: Error[] = [];
  const streams = members.map(({ serverId, pod }) =>
    untilFailure(memberLog(found.kubectl, serverId, pod, request, context.signal), (error) => {
      failures.push(error);
      if (!context.signal.aborted) context.note(`member ${serverId}: ${error.message}`);
    }),
  );
  const settings = { patienceMs: follow ? PATIENCE_MS : Number.POSITIVE_INFINITY, ahead: AHEAD, after };
  for await (const line of merged(streams, settings)) {
    const text = context.json ? JSON.stringify(logJson(line)) : logText(line, context.colours);
    await context.out.line(text);
    // Whoever follows wants each line at once.
    if (follow) await context.out.flush();
  }
  // Ctrl-C is the proper end of what goes on for ever, and of nothing else.
  if (!follow) context.signal.throwIfAborted();
  const [first] = failures;
  if (first !== undefined && failures.length === members.length && !context.signal.aborted) throw first;
  return ExitCode.ok;
}

/** The others' logs are worth having where one cannot be had. */
async function* untilFailure<T>(lines: AsyncIterable<T>, failed: (error: Error) => void): AsyncGenerator<T> {
  try {
    yield* lines;
  } catch (error) {
    failed(error as Error);
  }
}

function after(delayMs: number, task: () => void): { readonly cancel: () => void } {
  const timer = setTimeout(task, delayMs);
  return { cancel: () => clearTimeout(timer) };
}
