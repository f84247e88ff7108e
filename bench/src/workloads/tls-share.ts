import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { inTurn, medianBy, ratios, type Spread } from './in-turn.ts';
import {
  runThroughputWorkload,
  type ThroughputOptions,
  type ThroughputResult,
  type ThroughputWorkload,
} from './throughput.ts';

/** Short slices and many of them: a shared machine changes its speed within seconds, by more than TLS costs. */
const SLICES = 31;
const SLICE_MS = 1_000;
/** Each slice's generator begins with fresh code; the members' is warm. */
const SLICE_WARM_UP_MS = 1_000;

export interface TlsShare {
  /** With TLS: the slice of the median throughput. */
  readonly result: ThroughputResult;
  /** What TLS leaves of the throughput without it. */
  readonly share: Spread;
}

/** A workload with TLS and the same without, in turn, at two ports of the same members. */
export async function runTlsShare(
  ensemble: Ensemble,
  workload: ThroughputWorkload,
  options: ThroughputOptions,
): Promise<TlsShare> {
  const { tls: _, ...plain } = workload;
  const slice = (of: ThroughputWorkload, name: string, at: number): Promise<ThroughputResult> =>
    runThroughputWorkload(ensemble, of, {
      ...options,
      measureMs: SLICE_MS,
      warmUpMs: SLICE_WARM_UP_MS,
      runId: `${options.runId}-${name}${at}`,
    });
  const pairs = await inTurn(
    SLICES,
    (at) => slice(workload, 'tls', at),
    (at) => slice(plain, 'plain', at),
  );
  const throughput = ({ opsPerSecond }: ThroughputResult): number => opsPerSecond;
  const encrypted = pairs.map(({ one }) => one);
  return { result: medianBy(encrypted, throughput), share: ratios(pairs, throughput) };
}
