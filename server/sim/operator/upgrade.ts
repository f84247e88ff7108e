import { THIS_BUILD } from '../../src/replica/build.ts';
import { type FaultWorld, moments, restartLater } from '../faults/fault.ts';
import type { Host } from '../host.ts';
import { NEXT_BUILD, NEXT_LEVEL } from '../next-build.ts';
import type { Prng } from '../prng.ts';

/** Time between two looks at what is left to do. */
const LOOK_MS = 100;
/** Shares of the span by whose end each machine has been upgraded, and by which the last one is where one is late. */
const UPGRADED_BY = 0.3;
const LAST_UPGRADED_BY = 0.6;
const STRAGGLER_RATE = 0.3;
/** An upgrade is to come to its end in the midst of faults, not only after them: who asks does not wait. */
const ASK_RATE = 0.6;
const ANSWER_MS = 300;
const GAPS_MS = [1_500, 4_000] as const;

/**
 * Those who bring the next release to an ensemble while faults happen: to one machine after the other, each of which is started again with it; and
 * ask for its feature level all the while, also when it is to be refused. Now and then one brings the release of before back to a machine, or to all
 * of them when the level has just been raised: their members stop where it is in force, and have to be given the newer one again.
 */
export class UpgradeOperator {
  readonly #world: FaultWorld;
  readonly #prng: Prng;
  #isHurried = false;
  #isAsking = false;
  /** They have the release of before again. */
  #rolledBack: readonly Host[] = [];

  constructor(world: FaultWorld, prng: Prng, fromMs: number, untilMs: number) {
    this.#world = world;
    this.#prng = prng;
    const upgradedMs = fromMs + (untilMs - fromMs) * UPGRADED_BY;
    const straggler = prng.chance(STRAGGLER_RATE) ? prng.pick(world.ensemble.members) : undefined;
    for (const host of world.ensemble.hosts) {
      if (host !== straggler)
        world.time.at(prng.between(fromMs, upgradedMs), () => {
          host.build = NEXT_BUILD;
        });
    }
    if (straggler !== undefined) {
      world.time.at(upgradedMs, () => this.#away(straggler));
      world.time.at(fromMs + (untilMs - fromMs) * LAST_UPGRADED_BY, () => {
        straggler.build = NEXT_BUILD;
      });
    }
    for (const atMs of moments(prng, upgradedMs, untilMs, prng.pick(GAPS_MS)))
      world.time.at(atMs, () => this.#rollBack([prng.pick(world.ensemble.members)]));
    this.#look();
  }

  /** No machine gets the release of before any more, and nothing is put off. */
  hurry(): void {
    this.#isHurried = true;
    for (const host of this.#world.ensemble.hosts) host.build = NEXT_BUILD;
    this.#rolledBack = [];
  }

  /** Every member runs the next release, and its level is in force at all of them. */
  get isDone(): boolean {
    return this.#world.ensemble.members.every(
      (host) => host.startedAs === NEXT_BUILD && levelOf(host) === NEXT_LEVEL,
    );
  }

  #look(): void {
    if (this.#isHurried && this.isDone) return;
    for (const host of this.#world.ensemble.hosts) this.#startAnew(host);
    this.#raise();
    this.#world.time.after(LOOK_MS, () => this.#look());
  }

  /** What is installed is not what runs. */
  #startAnew(host: Host): void {
    if (!host.up || host.startedAs === host.build || !(this.#isHurried || this.#prng.chance(0.2))) return;
    const { totals } = this.#world;
    totals.add(host.build === NEXT_BUILD ? 'members upgraded' : 'members rolled back');
    const pauseMs = this.#prng.between(10, 500);
    if (this.#prng.chance(0.3)) {
      host.kill();
      restartLater(this.#world, host, pauseMs);
    } else host.stop(() => restartLater(this.#world, host, pauseMs));
  }

  #raise(): void {
    const { ensemble, totals, trace } = this.#world;
    const { leader } = ensemble;
    if (leader === undefined || this.#isAsking || levelOf(leader) === NEXT_LEVEL) return;
    if (!(this.#isHurried || this.#prng.chance(ASK_RATE))) return;
    this.#isAsking = true;
    const { member } = leader;
    const outside = this.#outside(leader);
    // The answer of one that ends meanwhile never comes.
    this.#world.time.after(ANSWER_MS, () => {
      this.#isAsking = false;
    });
    leader.ask((view) => {
      view.raiseFeatureLevel(NEXT_LEVEL).then((result) => {
        if (leader.member !== member) return;
        trace.add(leader.name, `is asked for the feature level ${NEXT_LEVEL}: ${result.ok || result.code}`);
        totals.add(result.ok ? 'feature levels raised' : `feature level refused: ${result.code}`);
        if (!result.ok) return;
        for (const host of outside) host.mayBeTooOld = true;
        if (this.#prng.chance(0.5)) this.#rollBackAll();
      });
    });
  }

  /** They are no members, so that nobody asks what they run: where that is the release of before, they stop once they are some. */
  #outside({ member }: Host): readonly Host[] {
    const { contexts } = member!.running!.replica.raft.configuration;
    const inside = new Set([...contexts.keys()].map((raftId) => member!.serverIdOf(raftId)));
    return this.#world.ensemble.hosts.filter(({ serverId }) => !inside.has(serverId));
  }

  /** Is not there while all others run the next release, and comes back as what it was. */
  #away(host: Host): void {
    if (this.#isHurried || !host.up || this.#world.ensemble.copyMissing) return;
    this.#world.totals.add('members away from an upgrade');
    host.kill();
    restartLater(this.#world, host, this.#prng.between(1_000, 4_000));
  }

  /** Before anybody has a snapshot of the level: what brings the members to it is in their logs alone. */
  #rollBackAll(): void {
    const { members } = this.#world.ensemble;
    if (!this.#rollBack(members)) return;
    this.#world.totals.add('ensembles rolled back');
    for (const host of members) {
      host.kill();
      restartLater(this.#world, host, this.#prng.between(10, 100));
    }
  }

  /** One or all: with some of them there might be no majority for long. */
  #rollBack(hosts: readonly Host[]): boolean {
    const { ensemble, time } = this.#world;
    if (this.#isHurried || this.#rolledBack.length > 0 || ensemble.copyMissing) return false;
    if (hosts.some((host) => host.startedAs !== NEXT_BUILD)) return false;
    this.#rolledBack = hosts;
    for (const host of hosts) {
      host.build = THIS_BUILD;
      host.mayBeTooOld = true;
    }
    time.after(this.#prng.between(500, 4_000), () => {
      for (const host of hosts) host.build = NEXT_BUILD;
      this.#rolledBack = [];
    });
    return true;
  }
}

function levelOf(host: Host): number | undefined {
  return host.member?.running?.machine.featureLevel;
}
