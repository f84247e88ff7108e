import {
  type Configuration,
  type ConfigurationChange,
  isMember,
  membersOf,
  type NodeId,
} from '../../src/index.ts';
import type { Cluster } from './cluster.ts';
import type { Environment } from './environment.ts';
import type { Member } from './member.ts';

const MAX_MEMBERS = 7;
const MIN_VOTERS = 3;

/** Whoever runs the cluster: changes its members, replaces the one that lost its disk, starts and stops processes. */
export class Operator {
  /** The newest configuration that anybody has applied. */
  known: Configuration;
  readonly #environment: Environment;
  readonly #cluster: Cluster;
  readonly #onChange: (leader: Member) => void;

  /** `onChange` is called now and then while a change of the configuration is under way. */
  constructor(
    environment: Environment,
    cluster: Cluster,
    genesis: Configuration,
    onChange: (leader: Member) => void,
  ) {
    this.#environment = environment;
    this.#cluster = cluster;
    this.known = genesis;
    this.#onChange = onChange;
  }

  onConfigurationApplied(configuration: Configuration): void {
    if (configuration.index <= this.known.index) return;
    this.known = configuration;
    this.#environment.totals.membershipChanges += 1;
    this.#environment.trace(
      `configuration ${configuration.index}: voters ${configuration.voters}, outgoing ${configuration.outgoing}, learners ${configuration.learners}`,
    );
    for (const id of membersOf(configuration)) {
      if (this.#cluster.member(id) === undefined) this.#cluster.addBlankMember(id);
    }
    if (configuration.outgoing.length > 0) return;
    for (const member of this.#cluster.members) {
      if (isMember(configuration, member.id) || member.retired) continue;
      member.retired = true;
      // It disturbs the others for a while before its process ends.
      this.#environment.schedule.after(this.#environment.random.between(1, 1_500), () =>
        this.#cluster.crash(member, 20),
      );
    }
  }

  /** Starts whom a change adds that cannot commit without it. */
  startPending(): void {
    for (const { raft } of [...this.#cluster.members]) {
      for (const id of raft === undefined ? [] : membersOf(raft.configuration)) {
        if (this.#cluster.member(id) === undefined) this.#cluster.addBlankMember(id);
      }
    }
  }

  act(repairOnly: boolean): void {
    const leader = this.#cluster.leader();
    const raft = leader?.raft;
    if (leader === undefined || raft === undefined) return;
    const drawn = this.#repair(leader) ?? (repairOnly ? undefined : this.#draw(leader));
    if (drawn === undefined) return;
    const change = this.#withContexts(drawn, raft.configuration);
    leader.input(() => {
      const result = raft.proposeConfiguration(change);
      if (result.refused !== undefined) this.#environment.totals.membershipRefusals += 1;
      this.#environment.trace(`${leader.id} ${JSON.stringify(change)}: ${result.refused ?? result.index}`);
    });
    if (!repairOnly && raft.changeInFlight && this.#environment.random.chance(0.3)) this.#onChange(leader);
  }

  /** Some changes give members new contexts, too: whoever stays, and whoever gets another role. */
  #withContexts(change: ConfigurationChange, configuration: Configuration): ConfigurationChange {
    const { random } = this.#environment;
    if (!random.chance(0.25)) return change;
    const stay = membersOf(configuration).filter((id) => !change.remove?.includes(id));
    const context = `as of ${configuration.index}`;
    const update = stay.filter(() => random.chance(0.5)).map((id) => ({ id, context }));
    return update.length === 0 ? change : { ...change, update };
  }

  /** A member whose disk is gone is replaced by a new one in a single change. */
  #repair(leader: Member): ConfigurationChange | undefined {
    const configuration = leader.raft?.configuration;
    if (configuration === undefined) return undefined;
    const lost = this.#cluster.members.find((each) => each.wiped && isMember(configuration, each.id));
    if (lost !== undefined)
      return {
        expectedIndex: configuration.index,
        remove: [lost.id],
        add: [{ context: 'new', role: 'learner' }],
      };
    if (configuration.voters.length < MIN_VOTERS) {
      const ready = this.#readyLearner(leader, configuration);
      if (ready !== undefined) return { expectedIndex: configuration.index, promote: [ready] };
    }
    return undefined;
  }

  #readyLearner(leader: Member, configuration: Configuration): NodeId | undefined {
    const raft = leader.raft;
    const ready = raft?.peers().filter((peer) => peer.match + 20 >= raft.commit) ?? [];
    return configuration.learners.find((id) => ready.some((peer) => peer.id === id));
  }

  #draw(leader: Member): ConfigurationChange | undefined {
    const { random } = this.#environment;
    const configuration = leader.raft?.configuration;
    if (configuration === undefined) return undefined;
    const expectedIndex = configuration.index - (random.chance(0.05) ? 1 : 0);
    const { voters, learners } = configuration;
    const room = voters.length + learners.length < MAX_MEMBERS;
    const spare = voters.length > MIN_VOTERS;
    const voter = random.pickAny(voters);
    const learner = random.pickAny(learners);
    const ready = this.#readyLearner(leader, configuration) ?? learner;
    switch (random.below(8)) {
      case 0:
      case 1:
        return room ? { expectedIndex, add: [{ context: 'learner', role: 'learner' }] } : undefined;
      case 2:
        return room ? { expectedIndex, add: [{ context: 'voter', role: 'voter' }] } : undefined;
      case 3:
      case 4:
        return ready === undefined ? undefined : { expectedIndex, promote: [ready] };
      case 5:
        return voter === undefined || !spare
          ? undefined
          : { expectedIndex, [random.chance(0.5) ? 'remove' : 'demote']: [voter] };
      case 6:
        return learner === undefined ? undefined : { expectedIndex, remove: [learner] };
      default:
        return voter === undefined || ready === undefined
          ? undefined
          : { expectedIndex, promote: [ready], [random.chance(0.5) ? 'remove' : 'demote']: [voter] };
    }
  }
}
