import { type Configuration, decodeConfiguration, EntryKind } from '../../src/index.ts';
import type { Cluster } from './cluster.ts';
import type { Environment } from './environment.ts';
import type { Member } from './member.ts';
import type { Operator } from './operator.ts';
import { FAULT_KINDS } from './profile.ts';

/** What goes wrong, drawn at random; whatever begins here also ends, at the latest in `heal`. */
export class Faults {
  readonly #environment: Environment;
  readonly #cluster: Cluster;
  readonly #operator: Operator;

  constructor(environment: Environment, cluster: Cluster, operator: Operator) {
    this.#environment = environment;
    this.#cluster = cluster;
    this.#operator = operator;
  }

  strike(): void {
    const { random, profile } = this.#environment;
    this.#environment.totals.faults += 1;
    switch (random.chance(0.3) ? profile.bias : random.below(FAULT_KINDS)) {
      case 0:
      case 1:
        return this.#crashOne(random.chance(0.5) ? this.#cluster.leader() : random.pickAny(this.#running()));
      case 2:
        return this.#crashAll();
      case 3:
      case 4:
        return this.#partition();
      case 5:
        return this.#breakLinks();
      case 6:
        return this.#stall();
      case 7:
        return this.#slowDisk();
      case 8:
        return this.#damageTail();
      case 9:
        return this.#hangDisk();
      case 10:
      case 11:
        return this.#fillDisk();
      default:
        return this.#wipe();
    }
  }

  /** The leader fails, or is cut off, while a change of members is under way: elections amid joint consensus. */
  strikeAmidChange(leader: Member): void {
    const { random, schedule } = this.#environment;
    schedule.after(random.between(1, 60), () => {
      this.#environment.totals.faults += 1;
      if (random.chance(0.5)) this.#crashOne(leader);
      else this.#partition();
    });
  }

  #running(): Member[] {
    return this.#cluster.members.filter((member) => member.running);
  }

  #crashOne(member: Member | undefined): void {
    const { random } = this.#environment;
    if (member === undefined) return;
    this.#cluster.crash(member, random.pick([0, 20, undefined]));
    this.#startLater(member);
  }

  #startLater(member: Member): void {
    const { random, schedule } = this.#environment;
    schedule.after(random.between(10, random.chance(0.5) ? 200 : 4_000), () => this.#cluster.start(member));
  }

  #crashAll(): void {
    for (const member of this.#running()) this.#crashOne(member);
  }

  #partition(): void {
    const { random, totals } = this.#environment;
    const { network } = this.#cluster;
    totals.partitions += 1;
    const oneWay = random.chance(0.3);
    const alone = random.chance(0.4) ? this.#cluster.leader() : undefined;
    const inside = this.#cluster.members.filter((member) =>
      alone === undefined ? random.chance(0.4) : member === alone,
    );
    this.#environment.trace(`partition of ${inside.map((member) => member.id)}${oneWay ? ', one way' : ''}`);
    for (const a of inside) {
      for (const b of this.#cluster.members) {
        if (inside.includes(b)) continue;
        network.block(a.id, b.id);
        if (!oneWay) network.block(b.id, a.id);
      }
    }
    if (random.chance(0.2)) network.lossChance = 0.4;
    this.#environment.schedule.after(random.between(100, 5_000), () => network.unblockAll());
  }

  #breakLinks(): void {
    const { random, schedule, totals } = this.#environment;
    const { network } = this.#cluster;
    totals.brokenLinks += 1;
    const member = random.chance(0.5) ? this.#cluster.leader() : random.pickAny(this.#running());
    if (member === undefined) return;
    const all = random.chance(0.5);
    const back = random.between(5, random.chance(0.5) ? 100 : 3_000);
    for (const other of this.#running()) {
      if (other === member || !(all || random.chance(0.5))) continue;
      network.bringDown(member.id, other.id, random.pick([0, 20, undefined]));
      schedule.after(back, () => network.bringUp(member.id, other.id));
    }
  }

  #stall(): void {
    const member = this.#environment.random.chance(0.5)
      ? this.#cluster.leader()
      : this.#environment.random.pickAny(this.#running());
    if (member === undefined) return;
    this.#environment.totals.stalls += 1;
    member.stalledUntilMs = this.#environment.schedule.nowMs + this.#environment.random.between(20, 3_000);
    this.#environment.trace(`${member.id} stalls until ${member.stalledUntilMs}`);
  }

  #slowDisk(): void {
    const { random, schedule } = this.#environment;
    const member = random.pickAny(this.#running());
    if (member === undefined) return;
    member.syncFactor = random.between(5, 40);
    schedule.after(random.between(200, 4_000), () => {
      member.syncFactor = 1;
    });
  }

  /** Of the leader more often than not: the others commit without it. */
  #hangDisk(): void {
    const { random, schedule, totals } = this.#environment;
    const member = random.chance(0.6) ? this.#cluster.leader() : random.pickAny(this.#running());
    if (member === undefined) return;
    totals.hungDisks += 1;
    member.diskHangsUntilMs = schedule.nowMs + random.between(50, 6_000);
    this.#environment.trace(`the disk of ${member.id} hangs until ${member.diskHangsUntilMs}`);
  }

  /** One disk, or several: then nothing can commit for a while. */
  #fillDisk(): void {
    const { random, schedule, totals } = this.#environment;
    const first = random.chance(0.6) ? this.#cluster.leader() : random.pickAny(this.#running());
    const others = random.chance(0.2) ? this.#running().filter(() => random.chance(0.5)) : [];
    for (const member of first === undefined ? others : [first, ...others]) {
      totals.fullDisks += 1;
      member.diskIsFull = true;
      this.#environment.trace(`the disk of ${member.id} is full`);
      schedule.after(random.between(50, 6_000), () => {
        member.diskIsFull = false;
        this.#environment.trace(`the disk of ${member.id} has room`);
      });
    }
  }

  /** Every member's newest configuration, running or not, is the one that has committed. */
  #isSettled(): boolean {
    const { members } = this.#cluster;
    const operator = this.#operator;
    const { index, outgoing } = operator.known;
    if (outgoing.length > 0) return false;
    return members.every(
      (member) => member.wiped || member.retired || configurationOf(member).index === index,
    );
  }

  #healthyVoters(except: Member): Member[] {
    const { voters } = this.#operator.known;
    return this.#cluster.members.filter(
      (each) => each !== except && voters.includes(each.id) && isWhole(each),
    );
  }

  /** The newest entries turn out unreadable after a crash; never the last copy of something committed. */
  #damageTail(): void {
    const { random } = this.#environment;
    const { checker, members } = this.#cluster;
    const operator = this.#operator;
    const { voters } = operator.known;
    const member = random.pickAny(this.#running().filter((each) => voters.includes(each.id)));
    if (member === undefined || !this.#isSettled()) return;
    this.#cluster.crash(member, random.pick([0, 20, undefined]));
    const count = random.between(0, 6);
    const healthyMajority = this.#healthyVoters(member).length * 2 > voters.length;
    const keepsConfiguration = member.disk.lastIndex - count >= operator.known.index;
    const everyVoterReturns = members.every((each) => !each.wiped || !voters.includes(each.id));
    if (healthyMajority || (keepsConfiguration && everyVoterReturns)) {
      const last = member.disk.lastIndex - count;
      const cut = { has: (index: number, term: number) => index <= last && member.has(index, term) };
      const others = members.filter((each) => each !== member && voters.includes(each.id));
      if (checker.copiesRemain([cut, ...others])) {
        this.#environment.totals.damagedTails += 1;
        member.disk.damage(count);
        this.#environment.trace(`${member.id} lost ${count} entries: suspect from ${member.disk.lastIndex}`);
      }
    }
    this.#startLater(member);
  }

  /** A disk is lost whole: the id never comes back. */
  #wipe(): void {
    const { random } = this.#environment;
    const { members } = this.#cluster;
    const operator = this.#operator;
    const { voters } = operator.known;
    const member = random.pickAny(this.#running().filter((each) => voters.includes(each.id)));
    if (member === undefined || !this.#isSettled()) return;
    if (members.some((each) => voters.includes(each.id) && !isWhole(each))) return;
    if (this.#healthyVoters(member).length * 2 <= voters.length) return;
    this.#environment.totals.wipedDisks += 1;
    this.#cluster.crash(member, random.pick([0, 20, undefined]));
    member.wiped = true;
    this.#environment.trace(`${member.id} lost its disk`);
  }

  /** Everything that can work again does. */
  heal(): void {
    this.#cluster.network.unblockAll();
    this.#cluster.network.lossChance = 0;
    for (const member of this.#cluster.members) {
      member.stalledUntilMs = 0;
      member.syncFactor = 1;
      member.diskHangsUntilMs = 0;
      member.diskIsFull = false;
      this.#cluster.start(member);
    }
    this.#cluster.linkAll();
  }
}

/** The newest one in the member's log, committed or not, as its disk holds it. */
function configurationOf({ disk, raft }: Member): Configuration {
  if (raft !== undefined) return raft.configuration;
  const newest = disk.entries.findLast((entry) => entry.kind === EntryKind.configuration);
  return newest === undefined ? disk.configuration : decodeConfiguration(newest.data);
}

/** Its disk has all that it ever acknowledged, and something: it can vote. */
function isWhole({ wiped, disk }: Member): boolean {
  return !wiped && !disk.suspect && disk.lastIndex > 0;
}
