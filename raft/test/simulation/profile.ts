import { Random } from '../../../testkit/src/random.ts';

/** Among so many a profile chooses the one that it draws from more often: the cases of `Faults.strike`. */
export const FAULT_KINDS = 13;

/** What one seed simulates: drawn once, so that seeds differ in kind and not only in timing. */
export interface Profile {
  readonly members: number;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly linkDownTicks: number;
  readonly maxMessageBytes: number;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
  readonly maxUncommittedBytes: number;
  readonly maxLogBytes: number;
  /** In order and without loss while a link is up, as TCP; else any order, with losses and duplicates, even across links. */
  readonly orderly: boolean;
  readonly lossChance: number;
  readonly duplicateChance: number;
  readonly maxDelayMs: number;
  readonly maxSyncMs: number;
  /** Entries applied between snapshots, and kept in storage below one. */
  readonly snapshotEvery: number;
  readonly keptBelowSnapshot: number;
  readonly proposeChance: number;
  readonly maxFaultGapMs: number;
  /** Faults that this seed draws from more often. */
  readonly bias: number;
}

export function drawProfile(seed: number): Profile {
  const random = new Random(seed ^ 0x2545f491);
  const electionTicks = random.pick([10, 20, 40, 100]);
  const orderly = random.chance(0.5);
  return {
    members: random.chance(0.6) ? 3 : 5,
    electionTicks,
    heartbeatTicks: Math.max(1, Math.floor(electionTicks / random.between(4, 10))),
    linkDownTicks: Math.min(5, electionTicks),
    maxMessageBytes: random.pick([400, 1_000, 100_000]),
    maxInflightMessages: random.between(2, 16),
    maxUncommittedBytes: random.pick([2_000, 20_000]),
    maxLogBytes: random.pick([0, 1_000, 100_000]),
    orderly,
    lossChance: orderly ? 0 : random.pick([0, 0.02, 0.1]),
    duplicateChance: orderly ? 0 : random.pick([0, 0.05]),
    maxDelayMs: random.pick([2, 10, 40]),
    maxSyncMs: random.pick([3, 15, 60]),
    snapshotEvery: random.pick([20, 60, 200]),
    keptBelowSnapshot: random.pick([0, 5, 50]),
    proposeChance: random.pick([0.01, 0.03, 0.06]),
    maxFaultGapMs: random.pick([800, 2_000, 4_000]),
    bias: random.below(FAULT_KINDS),
    maxInflightBytes: random.pick([1, 300, 2_000, 100_000]),
  };
}
