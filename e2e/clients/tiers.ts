/** How much of each scenario is run. */
export interface Tier {
  readonly name: string;
  /** Each kills every member once, and all at once. */
  readonly durabilityRounds: number;
  /** Each kills every member once, under clients that use recipes. */
  readonly recipeRounds: number;
  /** Leaders killed under one client of each library. */
  readonly libraryRounds: number;
  /** Leaders killed, and leaders silenced. */
  readonly failoverRounds: number;
  readonly badInputs: number;
  readonly steadySeconds: number;
  readonly steadyNodes: number;
  /** Of mixed load on small machines, with faults. */
  readonly longRunMinutes: number;
  /** How long a client may wait while an ensemble of ZooKeeper's is taken over: what is promised, where the machine does nothing else. */
  readonly takeOverGapMs: number;
}

export const tiers = {
  /** While developing. */
  fast: {
    name: 'fast',
    durabilityRounds: 2,
    recipeRounds: 1,
    libraryRounds: 1,
    failoverRounds: 3,
    badInputs: 1_500,
    steadySeconds: 10,
    steadyNodes: 50_000,
    longRunMinutes: 1,
    takeOverGapMs: 10_000,
  },
  /** On every push. */
  ci: {
    name: 'ci',
    durabilityRounds: 10,
    recipeRounds: 3,
    libraryRounds: 3,
    failoverRounds: 5,
    badInputs: 10_000,
    steadySeconds: 20,
    steadyNodes: 100_000,
    longRunMinutes: 4,
    takeOverGapMs: 10_000,
  },
  /** What the issue asks for in full: ten minutes of load on a million nodes. */
  nightly: {
    name: 'nightly',
    durabilityRounds: 10,
    recipeRounds: 10,
    libraryRounds: 20,
    failoverRounds: 15,
    badInputs: 10_000,
    steadySeconds: 600,
    steadyNodes: 1_000_000,
    longRunMinutes: 60,
    takeOverGapMs: 2_000,
  },
} as const satisfies Record<string, Tier>;

export type TierName = keyof typeof tiers;
