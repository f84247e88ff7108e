/**
 * What the replicated state machine can do, by number. All members apply the log alike, whatever build each of them is: what a build can do beyond
 * the others is switched on by an entry of the log, once all of them can.
 */
export interface FeatureLevel {
  readonly level: number;
  /** In one sentence, for people. */
  readonly brings: string;
}

/** That of data from before there were levels, and of the builds that wrote these. */
export const FIRST_LEVEL = 1;
/** What people who come from ZooKeeper have beyond that: it is not asked for where a level below is in force. */
export const ZOOKEEPER_LEVEL = 2;
/** What ClickHouse Keeper writes beside ZooKeeper's operations. */
export const KEEPER_LEVEL = 3;

/** Those that this build can run, without gaps. It must still run that of its neighbours, or an ensemble cannot be upgraded member by member. */
export const FEATURE_LEVELS: readonly FeatureLevel[] = [
  { level: FIRST_LEVEL, brings: 'nodes, sessions and what their clients have proved' },
  { level: ZOOKEEPER_LEVEL, brings: 'reconfig by clients, quotas, and restores of snapshots' },
  { level: KEEPER_LEVEL, brings: "ClickHouse Keeper's writes, where a member takes them" },
];

/** What a member can run, as it tells the others. */
export interface LevelRange {
  readonly lowest: number;
  readonly highest: number;
}

/** Of a build that does not say. */
export const FIRST_LEVEL_ONLY: LevelRange = { lowest: FIRST_LEVEL, highest: FIRST_LEVEL };

export function rangeOf(levels: readonly FeatureLevel[]): LevelRange {
  return { lowest: levels[0]!.level, highest: levels.at(-1)!.level };
}

export function canRun({ lowest, highest }: LevelRange, level: number): boolean {
  return level >= lowest && level <= highest;
}

/** "level 1", or "levels 1 to 2". */
export function tellRange({ lowest, highest }: LevelRange): string {
  return lowest === highest ? `level ${lowest}` : `levels ${lowest} to ${highest}`;
}
