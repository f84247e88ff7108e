import { type Client, isCoordinationError } from '@rookery/client';
import { join } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal, UsageError } from '../failures.ts';
import type { LatencyCounts } from '../load/latency-counts.ts';
import { type LoadResult, load } from '../load/load.ts';
import { counted, countText } from '../quantities.ts';

export interface BenchOptions {
  readonly seconds: number;
  readonly connections: number;
  readonly depth: number;
  readonly value: number;
  readonly mix: number;
}

const bounds: Readonly<Record<keyof BenchOptions, readonly [least: number, most: number]>> = {
  seconds: [1, 600],
  connections: [1, 1_000],
  depth: [1, 1_000],
  value: [0, 900_000],
  mix: [0, 100],
};

/** A short load on nodes of its own, which go with it. */
export async function bench(context: Context, text: string, options: BenchOptions): Promise<ExitCode> {
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = options[name as keyof BenchOptions];
    if (value < least || value > most)
      throw new UsageError(`--${name} ${value} is too much or too little: it is from ${least} to ${most}`);
  }
  const { client, path } = await context.at(text);
  if (path === '/') throw new UsageError('/ is everybody’s: name a path of its own, as /rookery-bench');
  const isNew = await claim(client, path);
  try {
    const clients = await context.connectMany(text, options.connections);
    const paths = await Promise.all(clients.map((each) => nodeOf(each, path, options.value)));
    context.progress.show(`${counted(options.connections, 'connection')} for ${options.seconds} s`);
    const plan = { ...options, durationMs: options.seconds * 1_000 };
    const result = await load(clients, paths, plan, context.signal);
    await Promise.all(clients.map((each, i) => remove(each, paths[i]!)));
    await tell(context, path, options, result);
    if (result.failure !== undefined) throw result.failure;
    return ExitCode.ok;
  } finally {
    if (isNew && !context.signal.aborted) await remove(client, path);
  }
}

/**
 * Makes the node, unless it is there and empty. Throws Refusal where it is not empty.
 *
 * It is a container where servers have those, and what is below it is ephemeral: where the command is killed, servers remove both.
 *
 * @returns whether it was made here
 */
async function claim(client: Client, path: string): Promise<boolean> {
  try {
    await client.create(path, '', { kind: 'container' });
    return true;
  } catch (error) {
    if (!isCoordinationError(error, 'NODE_EXISTS')) throw error;
  }
  const { data, stat } = await client.get(path);
  if (stat.numChildren === 0 && data.length === 0) return false;
  throw new Refusal(
    `${path} is not empty: nothing is loaded that may be somebody's; name a path that is not there, or is empty`,
  );
}

async function nodeOf(client: Client, parent: string, bytes: number): Promise<string> {
  const value = Buffer.alloc(bytes, 'x');
  const { path } = await client.create(join(parent, 'node-'), value, { kind: 'ephemeral-sequential' });
  return path;
}

async function remove(client: Client, path: string): Promise<void> {
  try {
    await client.delete(path);
  } catch (error) {
    if (!isCoordinationError(error, 'NO_NODE')) throw error;
  }
}

async function tell(
  context: Context,
  path: string,
  options: BenchOptions,
  { reads, writes, failed, elapsedMs }: LoadResult,
): Promise<void> {
  const perSecond = (count: number): number => Math.round((count / elapsedMs) * 1_000);
  if (context.json) {
    const figures = (counts: LatencyCounts): unknown => ({
      count: counts.count,
      opsPerSecond: perSecond(counts.count),
      p50Ms: rounded(counts.quantile(0.5)),
      p99Ms: rounded(counts.quantile(0.99)),
    });
    await context.jsonLine({ path, ...options, reads: figures(reads), writes: figures(writes), failed });
    return;
  }
  const line = (name: string, counts: LatencyCounts): string =>
    `${name.padEnd('writes'.length)}  ${countText(perSecond(counts.count))}/s  p50 ${msText(counts.quantile(0.5))}  p99 ${msText(counts.quantile(0.99))}`;
  const { connections, depth, value, mix, seconds } = options;
  await context.out.line(
    `${counted(connections, 'connection')} with ${depth} requests each, ${mix} of 100 read, values of ${counted(value, 'byte')}, ${seconds} s`,
  );
  if (reads.count > 0) await context.out.line(line('reads', reads));
  if (writes.count > 0) await context.out.line(line('writes', writes));
  await context.out.line(`all     ${countText(perSecond(reads.count + writes.count))}/s`);
  if (failed > 0) context.note(`${counted(failed, 'request')} failed`);
}

function msText(ms: number | undefined): string {
  return ms === undefined ? '-' : `${ms.toFixed(2)} ms`;
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 1_000) / 1_000;
}
