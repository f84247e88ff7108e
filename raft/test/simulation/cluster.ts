import type { Configuration, NodeId } from '../../src/index.ts';
import { Checker } from './checker.ts';
import type { StoredSnapshot } from './disk.ts';
import type { Environment } from './environment.ts';
import { encodeState, Member, type Outside } from './member.ts';
import { Network } from './network.ts';

const GENESIS_STATE = 1;

/** What whoever looks on from outside is told. */
export interface Onlooker {
  onElected(id: NodeId, term: number): void;
  onConfigurationApplied(configuration: Configuration): void;
}

/** The members of one cluster with their network, each step checked. */
export class Cluster {
  readonly checker: Checker;
  readonly network: Network;
  readonly members: Member[] = [];
  readonly #byId = new Map<NodeId, Member>();
  readonly #environment: Environment;
  readonly #outside: Outside;

  constructor(environment: Environment, genesis: Configuration, onlooker: Onlooker) {
    this.#environment = environment;
    this.checker = new Checker(genesis.index, GENESIS_STATE, (id, term) => onlooker.onElected(id, term));
    this.network = new Network(environment, this.#byId);
    this.#outside = {
      send: (message) => this.network.send(message),
      onConfigurationApplied: (configuration) => onlooker.onConfigurationApplied(configuration),
    };
    const meta = { index: genesis.index, term: 0, configuration: genesis };
    for (const id of genesis.voters) this.#add(id, { meta, data: encodeState(GENESIS_STATE) });
  }

  #add(id: NodeId, first: StoredSnapshot): Member {
    const member = new Member(this.#environment, this.checker, this.#outside, id, first);
    this.members.push(member);
    this.#byId.set(id, member);
    return member;
  }

  /** A process that has been added to the configuration and knows nothing yet. */
  addBlankMember(id: NodeId): void {
    const { core, random, schedule } = this.#environment;
    const member = this.#add(id, { meta: core.blankSnapshot, data: encodeState(0) });
    schedule.after(random.between(1, 500), () => this.start(member));
  }

  member(id: NodeId): Member | undefined {
    return this.#byId.get(id);
  }

  /** The running leader of the newest term. */
  leader(): Member | undefined {
    let newest: Member | undefined;
    for (const member of this.members) {
      const { raft } = member;
      if (raft?.role === 'leader' && raft.term > (newest?.raft?.term ?? -1)) newest = member;
    }
    return newest;
  }

  start(member: Member): void {
    if (member.running || member.wiped || member.retired) return;
    const { random, schedule } = this.#environment;
    this.#environment.trace(`${member.id} starts`);
    member.start();
    for (const other of this.members) {
      if (other === member || !other.running) continue;
      schedule.after(random.between(1, 30), () => this.network.bringUp(member.id, other.id));
    }
  }

  crash(member: Member, noticeMs: number | undefined): void {
    if (!member.running) return;
    this.#environment.totals.crashes += 1;
    this.#environment.trace(`${member.id} crashes`);
    member.crash();
    for (const other of this.members) {
      if (other !== member) this.network.bringDown(member.id, other.id, noticeMs);
    }
  }

  linkAll(): void {
    for (const a of this.members) {
      for (const b of this.members) {
        if (a.id < b.id) this.network.bringUp(a.id, b.id);
      }
    }
  }

  tick(): void {
    const { nowMs } = this.#environment.schedule;
    for (let i = 0; i < this.members.length; i += 1) {
      if ((nowMs + i * 3) % 10 === 0) this.members[i]?.tick();
    }
  }
}
