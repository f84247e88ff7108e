import type { ConfigurationChange, Raft } from 'raft-ts-lite';
import { decodeContext, memberOf } from '../../src/replica/membership/membership.ts';
import { address, type Ensemble } from '../ensemble.ts';
import { type FaultWorld, restartLater } from '../faults/fault.ts';
import { cutOff } from '../faults/network.ts';
import type { Host } from '../host.ts';
import type { Prng } from '../prng.ts';
import { ReconfigAsker } from './reconfig.ts';

/** Time between two looks at what is left to do. */
const LOOK_MS = 100;
/** Fewer voters could not go on without a member that is suspect and one that is away. */
export const FEWEST_VOTERS = 3;
/** Of the changes that two disjoint majorities could decide differently. */
const SPLIT_RATE = 0.5;
/** Of the runs: clients decide, and no longer the files. */
const RECONFIG_RATE = 0.4;

/** What people decide; named as in the totals. */
export type Decision = 'join' | 'removal' | 'replacement' | 'promotion' | 'demotion' | 'removal and return';

export const DECISIONS: readonly Decision[] = [
  'join',
  'removal',
  'replacement',
  'promotion',
  'demotion',
  'removal and return',
];

/**
 * Those who decide who is a member. In some runs they ask for it by reconfigs (reconfig.ts). In the others a decision changes the configuration file of each machine and starts its member again, one by one and
 * at a time of its own; additions and promotions are then the leader's own work. It never removes or demotes by itself: that is
 * proposed where it leads, as its own changes are. One decision at a time; level-based, so that what a fault or a leader that has the old
 * file undoes is done again.
 */
export class MembershipOperator {
  readonly #world: FaultWorld;
  readonly #ensemble: Ensemble;
  readonly #prng: Prng;
  readonly #reconfigs: ReconfigAsker;
  #decision: Decision | undefined;
  #hurried = false;
  #splitUntilMs = 0;
  /** Raft id to be removed though its server id stays. */
  #expelled = 0;
  /** By server id: when its member is started again with the new file. */
  readonly #restarts = new Map<number, number>();
  /** By server id: when a member that was removed is stopped. */
  readonly #stops = new Map<number, number>();
  /** By server id: the other voters of each configuration that the log of a member that is removed may end with, when it was last seen. */
  readonly #knew = new Map<number, readonly (readonly number[])[]>();

  constructor(world: FaultWorld, prng: Prng) {
    this.#world = world;
    this.#ensemble = world.ensemble;
    this.#prng = prng;
    this.#ensemble.roster.isByReconfig = prng.chance(RECONFIG_RATE);
    this.#reconfigs = new ReconfigAsker(world, prng.fork('reconfigs'));
    this.#look();
  }

  /** Begins to carry it out; false where it cannot be, or not now. */
  decide(decision: Decision): boolean {
    const ensemble = this.#ensemble;
    if (this.#decision !== undefined || !ensemble.whole || ensemble.copyMissing) return false;
    if (!this.#change(decision)) return false;
    this.#decision = decision;
    this.#world.trace.add('operator', `${decision}: ${this.#describe()}`);
    for (const host of ensemble.members) {
      host.configure(ensemble.roster.members);
      if (host.startedWith !== ensemble.roster.members && !ensemble.roster.isByReconfig)
        this.#restarts.set(host.serverId, this.#world.time.nowMs + this.#prng.between(0, 2_500));
    }
    return true;
  }

  /** Nothing is put off any more. */
  hurry(): void {
    this.#hurried = true;
  }

  #change(decision: Decision): boolean {
    switch (decision) {
      case 'join':
        return this.#join();
      case 'removal':
        return this.#remove(this.#spareVoters());
      case 'replacement':
        return this.#free.length > 0 && this.#remove(1) && this.#join();
      case 'promotion':
        return this.#promote();
      case 'demotion':
        return this.#demote();
      case 'removal and return':
        return this.#expel();
      default:
        return decision satisfies never;
    }
  }

  /** Machines without a member. */
  get #free(): Host[] {
    return this.#ensemble.hosts.filter((host) => !host.inService && !host.up);
  }

  /** A machine that has none gets a member: one that is new, or one that comes back with an empty disk or with what it had. */
  #join(): boolean {
    const { roster } = this.#ensemble;
    if (this.#free.length === 0) return false;
    const host = this.#prng.pick(this.#free);
    // Those of before tell it that its data are outdated; where too few of them are left, people empty its folder.
    const knew = this.#knew.get(host.serverId) ?? [];
    const hasTooFew = knew.some((others) => {
      const left = others.filter((serverId) => roster.isVoter(serverId));
      return left.length * 2 <= others.length;
    });
    if (knew.length > 0 && (hasTooFew || this.#prng.chance(0.5))) host.wipe();
    roster.set(address(host.serverId, true));
    host.configure(roster.members);
    this.#world.time.after(this.#prng.between(0, 1_500), () => {
      host.inService = true;
      host.startAgain();
    });
    return true;
  }

  /** How many voters may go at once: one or two, where enough are left. */
  #spareVoters(): number {
    const spare = this.#ensemble.roster.voters.length - FEWEST_VOTERS;
    return Math.min(spare, this.#prng.chance(0.7) ? 2 : 1);
  }

  /** So many of those that are there, and not on their way. */
  #remove(count: number): boolean {
    const { roster } = this.#ensemble;
    const there = roster.voters
      .map(({ serverId }) => serverId)
      .filter((serverId) => this.#ensemble.host(serverId).inService);
    for (const serverId of this.#prng.sample(there, count)) {
      roster.remove(serverId);
      this.#noteVoters(this.#ensemble.host(serverId));
    }
    return count > 0;
  }

  /** What it knew once it is gone: it may be behind, or have joined anew meanwhile and not know of that. */
  #noteVoters({ serverId, member }: Host): void {
    const running = member?.running;
    if (running === undefined) return;
    // Its disk may have the newest one or not.
    const known = [running.replica.raft.configuration, running.machine.configuration];
    this.#knew.set(
      serverId,
      known.map(({ voters, contexts }) =>
        voters
          .filter((id) => id !== running.identity.raftId)
          .map((id) => decodeContext(contexts.get(id) ?? '').serverId),
      ),
    );
  }

  #promote(): boolean {
    const { roster } = this.#ensemble;
    const learners = roster.members.filter((member) => member.role === 'learner');
    if (learners.length === 0) return false;
    roster.set(address(this.#prng.pick(learners).serverId, true));
    return true;
  }

  #demote(): boolean {
    const { roster } = this.#ensemble;
    const count = this.#spareVoters();
    for (const { serverId } of this.#prng.sample(roster.voters, count)) roster.set(address(serverId, false));
    return count > 0;
  }

  /** Its id goes though the files name it still: it has to set its data aside, and joins anew. */
  #expel(): boolean {
    const { roster } = this.#ensemble;
    if (roster.voters.length <= FEWEST_VOTERS || roster.isByReconfig) return false;
    const { serverId } = this.#prng.pick(roster.voters);
    this.#expelled = this.#ensemble.host(serverId).member?.running?.identity.raftId ?? 0;
    return this.#expelled !== 0;
  }

  #look(): void {
    this.#world.time.after(LOOK_MS, () => {
      if (this.#decision !== undefined) this.#step();
      this.#look();
    });
  }

  #step(): void {
    const { nowMs } = this.#world.time;
    // Who is parted from the others decides by itself meanwhile.
    if (nowMs < this.#splitUntilMs && !this.#hurried) return;
    const { hosts, roster, leader } = this.#ensemble;
    for (const host of hosts) {
      if (!roster.has(host.serverId)) this.#retire(host, nowMs);
      else if (!roster.isByReconfig) this.#renew(host, nowMs);
    }
    if (roster.isByReconfig) {
      this.#reconfigs.step();
      if (this.#ensemble.whole) this.#done();
      return;
    }
    const replica = leader?.member?.running?.replica;
    if (leader === undefined || replica === undefined) return;
    leader.process?.post(() => {
      this.#propose(replica.raft);
      replica.wake();
    });
    this.#handOn(leader, replica.raft);
    if (this.#expelled === 0 && this.#ensemble.whole) this.#done();
  }

  #done(): void {
    const decision = this.#decision as Decision;
    this.#decision = undefined;
    this.#restarts.clear();
    this.#stops.clear();
    this.#world.totals.add(`membership: ${decision}`);
    // It may have taken the place of others: they wait until an ensemble is whole.
    this.#world.totals.add('faults');
    this.#world.trace.add('operator', `${decision} is done`);
  }

  /** A leader that is to go has the old file, and does nothing for those who are to come: somebody else leads until it can go. */
  #handOn(leader: Host, raft: Raft): void {
    const { roster } = this.#ensemble;
    if (roster.has(leader.serverId)) return;
    const heirs = roster.voters.filter(
      ({ serverId }) => memberOf(raft.configuration, serverId) !== undefined,
    );
    const heir = this.#prng.pick(heirs).serverId;
    leader.ask((view) => {
      if (!raft.changeInFlight) view.transferLeadership(heir);
    });
  }

  /** Starts a member again that has the old file. */
  #renew(host: Host, nowMs: number): void {
    if (!host.up || host.startedWith === this.#ensemble.roster.members) return;
    if (!this.#hurried && nowMs < (this.#restarts.get(host.serverId) ?? 0)) return;
    this.#restarts.set(host.serverId, Number.POSITIVE_INFINITY);
    if (this.#prng.chance(0.3)) {
      host.kill();
      restartLater(this.#world, host, this.#prng.between(10, 500));
    } else host.stop(() => restartLater(this.#world, host, this.#prng.between(10, 500)));
  }

  /** Ends a member once the log has no place for it any more, some a good while later. */
  #retire(host: Host, nowMs: number): void {
    if (!host.inService) return;
    this.#noteVoters(host);
    const { committed } = this.#ensemble.memberships;
    // Of an ensemble whose membership has never changed no configuration is known to be committed: all are in it.
    const isMember = committed.index === 0 || memberOf(committed, host.serverId) !== undefined;
    if (isMember || committed.outgoing.length > 0) {
      this.#stops.delete(host.serverId);
      return;
    }
    const dueMs =
      this.#stops.get(host.serverId) ?? nowMs + (this.#prng.chance(0.5) ? 0 : this.#prng.between(300, 3_000));
    this.#stops.set(host.serverId, dueMs);
    if (nowMs < dueMs && !this.#hurried) return;
    host.inService = false;
    if (this.#prng.chance(0.5)) host.kill();
    else host.stop(() => {});
  }

  /** What a leader does not do by itself. */
  #propose(raft: Raft): void {
    const { roster } = this.#ensemble;
    const { configuration } = raft;
    if (raft.changeInFlight) return;
    if (this.#expelled !== 0 && !configuration.contexts.has(this.#expelled)) this.#expelled = 0;
    const remove: number[] = [];
    const demote: number[] = [];
    const promote: number[] = [];
    for (const [id, text] of configuration.contexts) {
      const { serverId } = decodeContext(text);
      const isVoter = configuration.voters.includes(id);
      if (!roster.has(serverId) || id === this.#expelled) remove.push(id);
      else if (isVoter && !roster.isVoter(serverId)) demote.push(id);
      else if (!isVoter && roster.isVoter(serverId) && hasAll(raft, id)) promote.push(id);
    }
    // A replacement may be one change: whoever comes takes over the vote of whoever goes.
    const voters = configuration.voters.filter((id) => !remove.includes(id) && !demote.includes(id));
    if (remove.length + demote.length === 0) return;
    if (voters.length + promote.length < FEWEST_VOTERS) return;
    const change: ConfigurationChange = { expectedIndex: configuration.index, remove, demote, promote };
    const result = raft.proposeConfiguration(change);
    if (result.refused === undefined) {
      this.#world.totals.add('membership changes proposed');
      this.#world.trace.add('operator', `proposes ${JSON.stringify(change)}`);
      if (this.#prng.chance(SPLIT_RATE)) this.#split(raft);
    }
  }

  /**
   * Where a majority of the new voters and one of the old ones may have no member in common: at the moment at which only the leader knows of
   * the change the network parts them.
   */
  #split({ id, configuration }: Raft): void {
    const { voters, outgoing, contexts } = configuration;
    if (this.#world.calm || !voters.includes(id)) return;
    const others = this.#prng.sample(voters, voters.length).filter((voter) => voter !== id);
    const newcomers = others.filter((voter) => !outgoing.includes(voter));
    const known = others.filter((voter) => outgoing.includes(voter));
    const apart = [id, ...newcomers, ...known].slice(0, (voters.length >> 1) + 1);
    const old = apart.filter((voter) => outgoing.includes(voter));
    if ((outgoing.length - old.length) * 2 <= outgoing.length) return;
    const serverIds = apart.map((voter) => decodeContext(contexts.get(voter) ?? '').serverId);
    const hosts = new Set(serverIds.map((serverId) => this.#ensemble.host(serverId)));
    const forMs = this.#prng.between(1_500, 3_500);
    cutOff(this.#world, hosts, 'both', forMs);
    this.#splitUntilMs = this.#world.time.nowMs + forMs;
    this.#world.totals.add('membership changes split');
  }

  #describe(): string {
    return this.#ensemble.roster.members.map(({ serverId, role }) => `${serverId} ${role}`).join(', ');
  }
}

function hasAll(raft: Raft, id: number): boolean {
  return raft.peers().some((peer) => peer.id === id && peer.match === raft.lastIndex);
}
