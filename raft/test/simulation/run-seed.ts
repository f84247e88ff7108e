import * as currentCore from '../../src/index.ts';
import { membersOf } from '../../src/index.ts';
import type { Core } from './environment.ts';
import { drawProfile } from './profile.ts';
import type { Totals } from './totals.ts';
import { World } from './world.ts';

const QUIET_START_MS = 500;
const FAULTS_END_MS = 24_000;
const LEAST_MS = 30_000;
const LEAST_FAULTS = 3;

export interface RunOptions {
  /** The core to simulate; a test gives a mutated copy of the sources. */
  readonly core?: Core;
  /** Receives a readable line for everything that happens. */
  readonly print?: (line: string) => void;
}

/** Faults have stopped, and still nothing commits everywhere. */
export class NoProgress extends Error {
  override readonly name = 'NoProgress';
  constructor(detail: string) {
    super(`no progress after the faults stopped: ${detail}`);
  }
}

/**
 * Simulates one cluster for at least 30 seconds.
 *
 * @throws SafetyViolation, NoProgress, or what the core itself throws
 */
export function runSeed(seed: number, options: RunOptions = {}): Totals {
  const profile = drawProfile(seed);
  const world = new World(options.core ?? currentCore, seed, profile, options.print);
  const { environment, cluster } = world;
  environment.trace(`seed ${seed} ${JSON.stringify(profile)}`);
  const { schedule, random, totals } = environment;
  let nextFaultMs = QUIET_START_MS + random.below(profile.maxFaultGapMs);
  let nextActMs = 1_000 + random.below(2_000);
  while (schedule.nowMs < FAULTS_END_MS || totals.faults < LEAST_FAULTS) {
    schedule.next();
    cluster.tick();
    world.work();
    if (schedule.nowMs >= nextFaultMs) {
      world.faults.strike();
      nextFaultMs += 1 + random.below(profile.maxFaultGapMs);
    }
    if (schedule.nowMs >= nextActMs) {
      world.operator.act(false);
      nextActMs += random.between(100, 2_500);
    }
  }
  world.faults.heal();
  converge(world);
  while (schedule.nowMs < LEAST_MS) {
    schedule.next();
    cluster.tick();
    world.work();
  }
  totals.seeds = 1;
  totals.simulatedSeconds = schedule.nowMs / 1_000;
  totals.reads = cluster.checker.readsAnswered;
  return totals;
}

/** Liveness: a leader, a commit after the faults, the same everywhere, nobody suspect, no lost member left. */
function converge(world: World): void {
  const { environment, cluster } = world;
  const { schedule, profile } = environment;
  const { checker } = cluster;
  const deadlineMs = schedule.nowMs + 15_000 + profile.electionTicks * 10 * 20;
  const before = checker.maxCommit;
  while (!hasConverged(world, before)) {
    if (schedule.nowMs > deadlineMs) throw new NoProgress(describe(world));
    for (let i = 0; i < 20; i += 1) {
      schedule.next();
      cluster.tick();
    }
    if (schedule.nowMs % 200 === 0) {
      world.operator.startPending();
      world.operator.act(true);
      cluster.linkAll();
      if (checker.maxCommit < before + 10) world.propose();
    }
  }
}

function hasConverged(world: World, before: number): boolean {
  const { cluster, operator } = world;
  const { checker } = cluster;
  if (checker.maxCommit <= before || operator.known.outgoing.length > 0) return false;
  return membersOf(operator.known).every((id) => {
    const raft = world.cluster.member(id)?.raft;
    return (
      raft !== undefined &&
      raft.applied >= checker.maxCommit &&
      raft.persistedIndex >= checker.maxCommit &&
      !raft.isSuspect
    );
  });
}

function describe(world: World): string {
  return world.cluster.members
    .map(({ id, raft, disk, wiped, retired }) => {
      if (raft === undefined) return `${id} down${wiped ? ' wiped' : ''}${retired ? ' retired' : ''}`;
      const { role, term, commit, applied, lastIndex } = raft;
      const { voters, outgoing } = raft.configuration;
      return `${id} ${role} term ${term} commit ${commit} applied ${applied} last ${lastIndex} disk ${disk.lastIndex}${raft.isSuspect ? ' suspect' : ''} voters ${voters}/${outgoing}`;
    })
    .join('; ');
}
