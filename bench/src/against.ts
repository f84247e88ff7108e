import { resolve } from 'node:path';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { rookery, rookeryOf } from '../../testkit/src/systems/rookery.ts';
import type { BenchOptions } from './options.ts';
import {
  inRunningOrder,
  prepareForLoad,
  runThroughputWorkload,
  type ThroughputResult,
  type ThroughputWorkload,
} from './workloads/throughput.ts';

/** Before each slice: the code is warm from the slices before. */
const SLICE_WARM_UP_MS = 300;

/**
 * How this checkout's server compares with another one's. Both ensembles are up all the time and loaded in turn, slice by slice, so that
 * what else the machine does strikes both alike; what is printed are medians of the ratios of neighbouring slices.
 */
export async function compareCheckouts(
  folder: string,
  options: BenchOptions,
  log: (line: string) => void,
): Promise<void> {
  const both = [rookeryOf(resolve(folder), 'the other checkout'), rookery];
  for (const system of both) {
    const missing = system.missing();
    if (missing !== undefined) throw new Complaint(missing);
    system.prepare(log);
  }
  const [other, own] = await Promise.all(both.map((system) => Ensemble.start(system)));
  try {
    await prepareForLoad(other!, { ...options, runId: 'warm' });
    await prepareForLoad(own!, { ...options, runId: 'warm' });
    for (const workload of inRunningOrder(options.workloads.filter(({ tls }) => tls !== true))) {
      log(describe(workload, await inTurn(workload, [other!, own!], options)));
    }
  } finally {
    await Promise.all([other!.remove(), own!.remove()]);
  }
}

interface Pair {
  readonly other: ThroughputResult;
  readonly own: ThroughputResult;
}

async function inTurn(
  workload: ThroughputWorkload,
  [other, own]: readonly [Ensemble, Ensemble],
  options: BenchOptions,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const slice = (ensemble: Ensemble, at: number): Promise<ThroughputResult> =>
    runThroughputWorkload(ensemble, workload, {
      ...options,
      warmUpMs: SLICE_WARM_UP_MS,
      runId: `slice${at}`,
    });
  for (let at = 0; at < options.slices; at++) {
    // Who comes first changes from pair to pair.
    const first = at % 2 === 0 ? await slice(other, at) : undefined;
    const ofOwn = await slice(own, at);
    pairs.push({ other: first ?? (await slice(other, at)), own: ofOwn });
  }
  return pairs;
}

function describe({ id }: ThroughputWorkload, pairs: readonly Pair[]): string {
  const throughput = pairs.map(({ other, own }) => own.opsPerSecond / other.opsPerSecond);
  const perCore = pairs.map(({ other, own }) => opsPerCore(own) / opsPerCore(other));
  const p99 = pairs.map(({ other, own }) => own.p99Ms / other.p99Ms);
  const ops = Math.round(median(pairs.map(({ own }) => own.opsPerSecond))).toLocaleString('en');
  return `${id}: ${ratio(throughput)} of the throughput (${ops} ops/s), ${ratio(perCore)} of it for each core, p99 × ${ratio(p99)}`;
}

function opsPerCore({ opsPerSecond, serverCores }: ThroughputResult): number {
  return opsPerSecond / serverCores;
}

/** The median, and between which the middle half of the slices lies. */
function ratio(values: readonly number[]): string {
  const quartile = (share: number): string => quantile(values, share).toFixed(2);
  return `${median(values).toFixed(3)} (${quartile(0.25)}–${quartile(0.75)})`;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}
