import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import { Writers } from './writers.ts';

export const FAILOVER_FAULTS = ['killed', 'silent'] as const;
/** `killed`: SIGKILL, its connections break at once. `silent`: SIGSTOP, its connections stay and say nothing. */
export type FailoverFault = (typeof FAILOVER_FAULTS)[number];

export interface FailoverResult {
  readonly fault: FailoverFault;
  /** Of each round, the longest time in which no writer had a write acknowledged. */
  readonly gapsMs: readonly number[];
  readonly medianMs: number;
  readonly maxMs: number;
  /** Writes acknowledged after the faults, over all rounds. */
  readonly writes: number;
}

/** What the slowest round may take; of a silent leader the issue says "about a second". */
export const failoverGoalMs: Readonly<Record<FailoverFault, number>> = { killed: 150, silent: 1_500 };

const WRITERS = 6;
const WARM_UP_MS = 3_000;
const SETTLE_MS = 1_500;
/** How long a round is watched after the fault, at least. */
const WATCH_MS = 2_500;
/** A round is over when so many writes were acknowledged after the fault; otherwise the ensemble did not come back. */
const MIN_WRITES = 100;
const MAX_WATCH_MS = 60_000;

/** Stops the leader, again and again, under six writers; the ensemble is whole again after each round. */
export async function runFailoverWorkload(
  ensemble: Ensemble,
  fault: FailoverFault,
  rounds: number,
): Promise<FailoverResult> {
  const writers = await Writers.start(ensemble.endpoints, WRITERS);
  const gapsMs: number[] = [];
  let writes = 0;
  try {
    await pause(WARM_UP_MS);
    for (let round = 0; round < rounds; round++) {
      await writers.goHome();
      await pause(SETTLE_MS);
      gapsMs.push(await runRound(ensemble, fault, writers));
      writes += writers.clock.count;
    }
  } finally {
    await writers.stop();
  }
  const sorted = [...gapsMs].sort((a, b) => a - b);
  return {
    fault,
    gapsMs,
    medianMs: sorted[Math.floor((sorted.length - 1) / 2)]!,
    maxMs: sorted[sorted.length - 1]!,
    writes,
  };
}

/** Returns the longest time without an acknowledged write, in ms. */
async function runRound(ensemble: Ensemble, fault: FailoverFault, writers: Writers): Promise<number> {
  const leader = await ensemble.leader();
  writers.clock.restart();
  const startMs = performance.now();
  leader.signal(fault === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  while (writers.clock.count < MIN_WRITES || performance.now() - startMs < WATCH_MS) {
    await pause(50);
    if (performance.now() - startMs > MAX_WATCH_MS) {
      throw new Error(
        `no writes again ${MAX_WATCH_MS} ms after the leader was ${fault}; logs: ${ensemble.folder}`,
      );
    }
  }
  const gapMs = writers.clock.longestGapMs;
  if (fault === 'killed') {
    await leader.kill();
    leader.start();
  } else {
    leader.signal('SIGCONT');
  }
  await ensemble.serving();
  return gapMs;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
