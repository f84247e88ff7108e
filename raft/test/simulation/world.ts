import type { Configuration, NodeId } from '../../src/index.ts';
import { Cluster } from './cluster.ts';
import { type Core, Environment } from './environment.ts';
import { Faults } from './faults.ts';
import { Operator } from './operator.ts';
import type { Profile } from './profile.ts';

/** One cluster on a virtual clock, with whoever runs it, what befalls it, and its clients. */
export class World {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly operator: Operator;
  readonly faults: Faults;
  #nextToken = 1;
  #nextProposal = 1;
  /** Where a leadership transfer under way should end. */
  #transfer: { readonly to: NodeId; readonly term: number } | undefined;

  constructor(core: Core, seed: number, profile: Profile, print: ((line: string) => void) | undefined) {
    this.environment = new Environment(core, seed, profile, print);
    const genesis = genesisConfiguration(profile.members);
    this.cluster = new Cluster(this.environment, genesis, {
      onElected: (id, term) => this.#onElected(id, term),
      onConfigurationApplied: (configuration) => this.operator.onConfigurationApplied(configuration),
    });
    this.operator = new Operator(this.environment, this.cluster, genesis, (leader) =>
      this.faults.strikeAmidChange(leader),
    );
    this.faults = new Faults(this.environment, this.cluster, this.operator);
    for (const member of this.cluster.members) this.cluster.start(member);
  }

  /** Clients: writes, reads, and now and then a transfer. */
  work(): void {
    const { random, profile } = this.environment;
    if (random.chance(profile.proposeChance)) this.propose();
    if (random.chance(0.01)) this.#read();
    if (random.chance(0.000_4)) this.#transferLeadership();
  }

  /** Proposes at any member that takes itself for the leader. */
  propose(): void {
    const leaders = this.cluster.members.filter((member) => member.raft?.role === 'leader');
    const leader = this.environment.random.pickAny(leaders);
    if (leader === undefined) return;
    const batch: Uint8Array[] = [];
    for (let count = this.environment.random.between(1, 5); count > 0; count -= 1)
      batch.push(this.#newData());
    leader.input((raft) => {
      const { refused } = raft.propose(batch);
      this.environment.totals.proposals += 1;
      if (refused !== undefined) this.environment.totals.proposalsRefused += 1;
    });
  }

  #newData(): Uint8Array {
    const data = new Uint8Array(this.environment.random.between(4, 60));
    new DataView(data.buffer).setUint32(0, this.#nextProposal);
    this.#nextProposal += 1;
    return data;
  }

  #read(): void {
    const member = this.environment.random.pick(this.cluster.members);
    const token = this.#nextToken;
    this.#nextToken += 1;
    if (member?.raft === undefined) return;
    this.cluster.checker.onReadAsked(token);
    member.input((raft) => raft.readIndex(token));
  }

  #transferLeadership(): void {
    const leader = this.cluster.leader();
    const to = this.environment.random.pickAny(leader?.raft?.configuration.voters ?? []);
    if (leader === undefined || to === undefined) return;
    leader.input((raft) => {
      const refused = raft.transferLeadership(to);
      if (refused !== undefined) return;
      this.#transfer = { to, term: raft.term };
      this.environment.trace(`${leader.id} transfers leadership to ${to}`);
    });
  }

  #onElected(id: NodeId, term: number): void {
    this.environment.trace(`${id} leads term ${term}`);
    this.environment.totals.elections += 1;
    if (this.#transfer?.to === id && this.#transfer.term + 1 === term) this.environment.totals.transfers += 1;
  }
}

function genesisConfiguration(members: number): Configuration {
  const voters = Array.from({ length: members }, (_, i) => i + 1);
  const contexts = new Map(voters.map((id) => [id, `member-${id}`]));
  return { index: members, voters, outgoing: [], learners: [], contexts };
}
