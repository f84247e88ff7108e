import { resolve } from 'node:path';
import { Complaint } from '../../testkit/src/scenarios/complaint.ts';
import { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { rookery, rookeryOf } from '../../testkit/src/systems/rookery.ts';
import type { BenchOptions } from './options.ts';
import { describeSpread, inTurn, type Pair, quantile, ratios } from './workloads/in-turn.ts';
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
  const tls = options.workloads.some((workload) => workload.tls === true);
  const [other, own] = await Promise.all(both.map((system) => Ensemble.start(system, { tls })));
  try {
    await prepareForLoad(other!, { ...options, runId: 'warm' });
    await prepareForLoad(own!, { ...options, runId: 'warm' });
    for (const workload of inRunningOrder(options.workloads)) {
      const ofOwn = sliceOf(own!, workload, options);
      log(describe(workload, await inTurn(options.slices, ofOwn, sliceOf(other!, workload, options))));
    }
  } finally {
    await Promise.all([other!.remove(), own!.remove()]);
  }
}

function sliceOf(
  ensemble: Ensemble,
  workload: ThroughputWorkload,
  options: BenchOptions,
): (at: number) => Promise<ThroughputResult> {
  return (at) =>
    runThroughputWorkload(ensemble, workload, {
      ...options,
      warmUpMs: SLICE_WARM_UP_MS,
      runId: `slice${at}`,
    });
}

function describe({ id }: ThroughputWorkload, pairs: readonly Pair[]): string {
  const throughput = ratios(pairs, ({ opsPerSecond }) => opsPerSecond);
  const perCore = ratios(pairs, ({ opsPerSecond, serverCores }) => opsPerSecond / serverCores);
  const p99 = ratios(pairs, ({ p99Ms }) => p99Ms);
  const own = pairs.map(({ one }) => one.opsPerSecond);
  const ops = Math.round(quantile(own, 0.5)).toLocaleString('en');
  return `${id}: ${describeSpread(throughput)} of the throughput (${ops} ops/s), ${describeSpread(perCore)} of it for each core, p99 × ${describeSpread(p99)}`;
}
