import { Random } from '../../../testkit/src/random.ts';
import type * as RaftCore from '../../src/index.ts';
import { type Configuration, type Message, MessageType, type NodeId } from '../../src/index.ts';
import { Checker } from './checker.ts';
import { Faults } from './faults.ts';
import { encodeState, Member } from './member.ts';
import { Network } from './network.ts';
import { Operator } from './operator.ts';
import type { Profile } from './profile.ts';
import { Schedule } from './schedule.ts';
import { emptyTotals } from './totals.ts';

export type Core = typeof RaftCore;

const GENESIS_STATE = 1;

/** One cluster on a virtual clock, with its network, disks, operator and checker. */
export class World {
  readonly core: Core;
  readonly profile: Profile;
  readonly random: Random;
  readonly schedule = new Schedule();
  readonly totals = emptyTotals();
  readonly checker: Checker;
  readonly network: Network;
  readonly operator: Operator;
  readonly faults: Faults;
  readonly members: Member[] = [];
  readonly #byId = new Map<NodeId, Member>();
  readonly #print: ((line: string) => void) | undefined;
  #nextToken = 1;
  #nextProposal = 1;
  /** Where a leadership transfer under way should end. */
  #transfer: { readonly to: NodeId; readonly term: number } | undefined;

  constructor(core: Core, seed: number, profile: Profile, print: ((line: string) => void) | undefined) {
    this.core = core;
    this.profile = profile;
    this.random = new Random(seed);
    this.#print = print;
    this.checker = new Checker(profile.members, GENESIS_STATE, (member, term) => this.#elected(member, term));
    this.network = new Network(this);
    const genesis = genesisConfiguration(profile.members);
    this.operator = new Operator(this, genesis);
    this.faults = new Faults(this);
    const meta = { index: profile.members, term: 0, configuration: genesis };
    for (const id of genesis.voters)
      this.#add(new Member(this, id, { meta, data: encodeState(GENESIS_STATE) }));
    for (const member of this.members) this.start(member);
  }

  #add(member: Member): void {
    this.members.push(member);
    this.#byId.set(member.id, member);
  }

  /** A process that has been added to the configuration and knows nothing yet. */
  addBlankMember(id: NodeId): void {
    const member = new Member(this, id, { meta: this.core.blankSnapshot, data: encodeState(0) });
    this.#add(member);
    this.schedule.after(this.random.between(1, 500), () => this.start(member));
  }

  member(id: NodeId): Member | undefined {
    return this.#byId.get(id);
  }

  isRunning(id: NodeId): boolean {
    return this.#byId.get(id)?.running === true;
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
    this.trace(`${member.id} starts`);
    member.start();
    for (const other of this.members) {
      if (other === member || !other.running) continue;
      this.schedule.after(this.random.between(1, 30), () => this.network.bringUp(member.id, other.id));
    }
  }

  crash(member: Member, noticeMs: number | undefined): void {
    if (!member.running) return;
    this.totals.crashes += 1;
    this.trace(`${member.id} crashes`);
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
    const { nowMs } = this.schedule;
    for (let i = 0; i < this.members.length; i += 1) {
      if ((nowMs + i * 3) % 10 === 0) this.members[i]?.tick();
    }
  }

  /** Clients: writes, reads, and now and then a transfer. */
  work(): void {
    const { random, profile } = this;
    if (random.chance(profile.proposeChance)) this.propose();
    if (random.chance(0.01)) this.#read();
    if (random.chance(0.000_4)) this.#transferLeadership();
  }

  /** Proposes at any member that takes itself for the leader. */
  propose(): void {
    const leaders = this.members.filter((member) => member.raft?.role === 'leader');
    const leader = this.random.pickAny(leaders);
    if (leader === undefined) return;
    const batch: Uint8Array[] = [];
    for (let count = this.random.between(1, 5); count > 0; count -= 1) batch.push(this.#newData());
    leader.input((raft) => {
      const { refused } = raft.propose(batch);
      this.totals.proposals += 1;
      if (refused !== undefined) this.totals.proposalsRefused += 1;
    });
  }

  #newData(): Uint8Array {
    const data = new Uint8Array(this.random.between(4, 60));
    new DataView(data.buffer).setUint32(0, this.#nextProposal);
    this.#nextProposal += 1;
    return data;
  }

  #read(): void {
    const member = this.random.pick(this.members);
    const token = this.#nextToken;
    this.#nextToken += 1;
    if (member?.raft === undefined) return;
    this.checker.onReadAsked(token);
    member.input((raft) => raft.readIndex(token));
  }

  #transferLeadership(): void {
    const leader = this.leader();
    const to = this.random.pickAny(leader?.raft?.configuration.voters ?? []);
    if (leader === undefined || to === undefined) return;
    leader.input((raft) => {
      const refused = raft.transferLeadership(to);
      if (refused !== undefined) return;
      this.#transfer = { to, term: raft.term };
      this.trace(`${leader.id} transfers leadership to ${to}`);
    });
  }

  #elected(member: Member, term: number): void {
    this.trace(`${member.id} leads term ${term}`);
    this.totals.elections += 1;
    if (this.#transfer?.to === member.id && this.#transfer.term + 1 === term) this.totals.transfers += 1;
  }

  trace(line: string): void {
    this.#print?.(`${String(this.schedule.nowMs).padStart(6)} ${line}`);
  }

  traceMessage(message: Message): void {
    if (this.#print === undefined) return;
    const { type, from, to, ...rest } = message;
    const name = Object.entries(MessageType).find((each) => each[1] === type)?.[0];
    const shown = JSON.stringify(rest, (key, value: unknown) => {
      if (key === 'entries' && Array.isArray(value))
        return value.map((entry: RaftCore.Entry) => `${entry.index}/${entry.term}`).join(' ');
      if (key === 'snapshot') return (value as RaftCore.SnapshotMeta).index;
      return key === 'data' ? undefined : value;
    });
    this.trace(`${from}→${to} ${name} ${shown}`);
  }
}

function genesisConfiguration(members: number): Configuration {
  const voters = Array.from({ length: members }, (_, i) => i + 1);
  const contexts = new Map(voters.map((id) => [id, `member-${id}`]));
  return { index: members, voters, outgoing: [], learners: [], contexts };
}
