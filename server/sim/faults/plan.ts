import { transferLeadership } from '../operator/handover.ts';
import type { Prng } from '../prng.ts';
import {
  damageTail,
  failingDisk,
  fewDescriptors,
  fullDisk,
  hungDisk,
  lateReturn,
  slowDisk,
  slowDisks,
  slowSyncs,
  wipeDisk,
} from './disks.ts';
import { attempt, type Fault, type FaultWorld, moments } from './fault.ts';
import { crash, crashAll, crashInDiskCall, crashLeader, jumpClock, stall, stopAndStart } from './machines.ts';
import {
  breakLinks,
  cutClients,
  hideMemberFromClients,
  leaveBehind,
  narrowLinks,
  partition,
  slowNetwork,
} from './network.ts';
import { powerFailure } from './power.ts';

/** Name as in the totals, weight, what it does. */
const FAULTS: readonly (readonly [string, number, Fault])[] = [
  ['crash', 4, crash],
  ['crash of the leader', 4, crashLeader],
  ['crash of all', 2, crashAll],
  ['crash in a disk call', 3, crashInDiskCall],
  ['power failure', 4, powerFailure],
  ['stop and start', 2, stopAndStart],
  ['leadership transfer', 2, transferLeadership],
  ['broken links', 3, breakLinks],
  ['partition', 5, partition],
  ['left behind', 3, leaveBehind],
  ['slow network', 2, slowNetwork],
  ['narrow links', 2, narrowLinks],
  ['stall', 3, stall],
  ['clock jump', 1, jumpClock],
  ['slow disk', 2, slowDisk],
  ['slow disks', 3, slowDisks],
  ['slow syncs', 2, slowSyncs],
  ['hung disk', 3, hungDisk],
  ['few descriptors', 2, fewDescriptors],
  ['late return', 3, lateReturn],
  ['failing disk', 2, failingDisk],
  ['full disk', 2, fullDisk],
  ['wiped disk', 3, wipeDisk],
  ['damaged tail', 3, damageTail],
  ['clients cut', 2, cutClients],
  ['clients partitioned', 2, hideMemberFromClients],
];

export const FAULT_NAMES = FAULTS.map(([name]) => name);

/** How many kinds of faults a run has: what is rare among all kinds is common among few. */
const FEW_KINDS = [3, 4, 6, 9] as const;
const FEW_RATE = 0.6;
/** A fault that cannot be now is tried again, and given up. */
const AGAIN_MS = 250;
const PATIENCE_MS = 1_750;

/** Plans faults over a span of time. Each run has kinds of its own and its own pace, so that rare combinations come about. */
export function planFaults(world: FaultWorld, prng: Prng, fromMs: number, untilMs: number): void {
  const kinds = prng.chance(FEW_RATE) ? prng.sample(FAULTS, prng.pick(FEW_KINDS)) : FAULTS;
  const favoured = kinds.map(([name, weight, fault]) => ({
    name,
    fault,
    weight: prng.chance(0.5) ? weight : weight * 0.1,
  }));
  const total = favoured.reduce((sum, { weight }) => sum + weight, 0);
  const meanGapMs = prng.pick([150, 250, 800, 2_000]);
  for (const atMs of moments(prng, fromMs, untilMs, meanGapMs)) {
    let roll = prng.fraction() * total;
    const chosen = favoured.find(({ weight }) => {
      roll -= weight;
      return roll < 0;
    });
    if (chosen === undefined) continue;
    const stream = prng.fork(chosen.name);
    const act = (): boolean => {
      const isDone = chosen.fault(world, stream);
      if (isDone) {
        world.totals.add(`fault: ${chosen.name}`);
        world.totals.add('faults');
      }
      return isDone;
    };
    world.time.at(atMs, () => attempt(world.time, AGAIN_MS, Math.min(untilMs, atMs + PATIENCE_MS), act));
  }
}
