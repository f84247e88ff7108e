import type { Configuration } from 'raft-ts-lite';
import { canRun, type FeatureLevel, type LevelRange, rangeOf, tellRange } from '../../model/feature-level.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import type { Links } from '../peers/links.ts';
import type { Hello } from '../peers/peer-frames.ts';
import type { Replica } from '../replica.ts';
import type { StateMachine } from '../state-machine.ts';
import { UnrunnableLevel } from '../unusable-data.ts';
import { decodeContext, type WantedMember } from './membership.ts';

/** As far as hellos are about feature levels. */
type Said = Pick<Hello, 'serverId' | 'clusterId' | 'levels' | 'featureLevel'>;

interface RunningState {
  readonly machine: Pick<StateMachine, 'featureLevel'>;
  readonly replica: Pick<Replica, 'raft'>;
}

/** Whether each of the two can run what is in force at the other; where that is not known yet, nothing speaks against it. */
function canGoTogether(self: Said, other: Said): boolean {
  return isRunnable(self.levels, other.featureLevel) && isRunnable(other.levels, self.featureLevel);
}

function isRunnable(range: LevelRange, level: number): boolean {
  return level === 0 || canRun(range, level);
}

/**
 * What the other members say of feature levels: which this build and theirs can run, and which is in force there. Whoever cannot run what is in force is
 * let in nowhere; a member of which a majority of the other voters says so stops. The word of one is not enough, as it is not for a
 * removal (outdated-voices.ts).
 */
export class LevelWatch {
  readonly range: LevelRange;
  readonly #levels: readonly FeatureLevel[];
  readonly #log: Logger;
  readonly #complaints: ComplaintLog;

  constructor(levels: readonly FeatureLevel[], { log, clock }: { log: Logger; clock: Clock }) {
    this.range = rangeOf(levels);
    this.#levels = levels;
    this.#log = log;
    this.#complaints = new ComplaintLog(log, clock);
  }

  /** Whether anything is exchanged with it, or given to it. Where not, the log says what has to be done. */
  admits(self: Said, other: Said): boolean {
    if (canGoTogether(self, other) || areStrangers(self, other)) return true;
    const { serverId, levels, featureLevel } = other;
    this.#complaints.say(
      `level ${serverId}`,
      `member ${serverId} runs feature ${tellRange(levels)}, this one ${tellRange(self.levels)}, and the level in force is ${Math.max(self.featureLevel, featureLevel)}: nothing is exchanged with it until both run a version that can`,
      { serverId, theirs: levels, ours: self.levels, featureLevel: self.featureLevel },
    );
    return false;
  }

  /**
   * Tells the log and the other members what is in force here now.
   *
   * @param wanted whom the configuration file names: who votes, as long as this member has no log
   * @returns why this member must not go on
   */
  review(
    links: Links,
    running: RunningState | undefined,
    wanted: readonly WantedMember[],
  ): UnrunnableLevel | undefined {
    if (running !== undefined) this.#observe(running.machine.featureLevel, links);
    const voters = (): readonly number[] =>
      running === undefined ? wantedVoters(wanted) : votersOf(running.replica.raft.configuration);
    const level = unrunnableLevel(links.self, links.hellos(), voters);
    return level === undefined ? undefined : new UnrunnableLevel(level, this.range);
  }

  #observe(featureLevel: number, links: Links): void {
    if (featureLevel === links.self.featureLevel) return;
    const brings = this.#levels.find(({ level }) => level === featureLevel)?.brings;
    this.#log.info({ featureLevel, brings }, 'feature level in force');
    links.announce({ featureLevel });
  }
}

/**
 * The feature level of the ensemble, where a member does not run it: that of which a majority of the other voters says that it is in force.
 *
 * @param voters server ids
 */
export function unrunnableLevel(
  self: Said,
  hellos: ReadonlyMap<number, Said>,
  voters: () => readonly number[],
): number | undefined {
  const voices = [...hellos.values()].filter(
    (other) => isOfCluster(self, other) && !isRunnable(self.levels, other.featureLevel),
  );
  if (voices.length === 0) return undefined;
  const others = voters().filter((serverId) => serverId !== self.serverId);
  const levels = voices.flatMap(({ serverId, featureLevel }) =>
    others.includes(serverId) ? [featureLevel] : [],
  );
  return levels.length > Math.floor(others.length / 2) ? Math.max(...levels) : undefined;
}

function wantedVoters(wanted: readonly WantedMember[]): readonly number[] {
  return wanted.filter(({ role }) => role === 'voter').map(({ serverId }) => serverId);
}

function votersOf({ voters, contexts }: Configuration): readonly number[] {
  return voters.map((raftId) => decodeContext(contexts.get(raftId)!).serverId);
}

/** Of two clusters: nothing is exchanged anyway. */
function areStrangers(self: Said, other: Said): boolean {
  return self.clusterId !== '' && other.clusterId !== '' && self.clusterId !== other.clusterId;
}

/** A process without data may become a member of any. */
function isOfCluster(self: Said, other: Said): boolean {
  return other.clusterId !== '' && !areStrangers(self, other);
}
