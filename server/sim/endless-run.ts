import { processorSeconds } from '../../testkit/src/systems/process-figures.ts';

/** Processor time after which a run is taken for endless: a usual one takes well below a second, however long it has to wait for a processor. */
const MAX_PROCESSOR_SECONDS = 300;
/** Real time after that it is, whatever it took: it may wait for what never comes, and on a system without /proc no processor time is known. */
const MAX_REAL_SECONDS = 1_800;

/** What a run took since it began, in seconds. */
export interface RunCost {
  readonly processor: number;
  readonly real: number;
}

/** Of the process `pid`, counted from now on. */
export function runCost(pid: number, nowMs: () => number = () => performance.now()): () => RunCost {
  const beganMs = nowMs();
  const before = processorSeconds(pid);
  return () => ({
    processor: Math.max(0, processorSeconds(pid) - before),
    real: (nowMs() - beganMs) / 1_000,
  });
}

/** Why a run that has not ended is given up, for people; undefined: it is not. */
export function whyEndless({ processor, real }: RunCost): string | undefined {
  if (processor >= MAX_PROCESSOR_SECONDS)
    return `it has not ended within ${MAX_PROCESSOR_SECONDS} s of processor time`;
  if (real < MAX_REAL_SECONDS) return undefined;
  return `it has not ended within ${MAX_REAL_SECONDS} s of real time, of which it had the processor for ${Math.round(processor)} s`;
}
